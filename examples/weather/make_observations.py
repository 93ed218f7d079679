"""Makes ``observations.csv``: two years of daily weather at four stations that do not exist.

    python examples/weather/make_observations.py > examples/weather/observations.csv

The seed is fixed, so the file comes out the same every time. Temperatures follow the year as a
sine with a warm or cold spell on top, rain falls on some days and in amounts of a gamma
distribution, and wind grows with the rain. Instruments fall silent now and then, and three readings
are broken on purpose: a spike, an error code in place of a value, and two columns exchanged.
"""

from __future__ import annotations

import csv
import math
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

FIRST_DAY = date(2023, 1, 1)
DAYS = 731
WARMEST_DAY = 203  # of the year: late July
SILENT = 0.006  # share of single values that an instrument does not deliver
COLUMNS = ("date", "station", "low_c", "high_c", "rain_mm", "wind_kmh")


@dataclass(frozen=True)
class Climate:
    """What the weather of one station is like."""

    station: str
    mean: float  # of the year, in degrees Celsius
    swing: float  # between the mean and the warmest time of the year, in degrees
    wet_days: float  # share of days with rain
    wind: float  # usual, in kilometres per hour


CLIMATES = (
    Climate("Heron Bay", mean=11.4, swing=7.0, wet_days=0.46, wind=24.0),
    Climate("Kestrel Ridge", mean=4.1, swing=8.8, wet_days=0.52, wind=33.0),
    Climate("Lark Meadow", mean=10.2, swing=10.6, wet_days=0.38, wind=13.0),
    Climate("Swift Valley", mean=12.9, swing=11.6, wet_days=0.27, wind=9.0),
)

BROKEN = {
    ("2023-08-14", "Lark Meadow"): {"low_c": "31.5", "high_c": "14.2"},
    ("2024-02-11", "Heron Bay"): {"high_c": "71.3"},
    ("2024-10-05", "Kestrel Ridge"): {"rain_mm": "-99.9"},
}


def observations(climate: Climate, random: Random) -> list[dict[str, str]]:
    """The readings of one station, day by day."""
    rows: list[dict[str, str]] = []
    spell = 0.0
    for number in range(DAYS):
        day = FIRST_DAY + timedelta(days=number)
        season = math.cos(2 * math.pi * (number - WARMEST_DAY) / 365.25)
        spell = 0.82 * spell + random.gauss(0, 1.9)
        rain = random.gammavariate(0.75, 9.0) if random.random() < climate.wet_days else 0.0
        middle = climate.mean + climate.swing * season + spell
        half_range = max(1.2, 4.0 + 1.6 * season - 0.09 * rain + random.gauss(0, 1.0))
        wind = climate.wind * random.lognormvariate(0, 0.35) + 0.4 * rain
        measured = (middle - half_range, middle + half_range, rain, wind)
        texts = ["" if random.random() < SILENT else f"{value:z.1f}" for value in measured]
        row = dict(zip(COLUMNS, (day.isoformat(), climate.station, *texts), strict=True))
        rows.append(row | BROKEN.get((row["date"], climate.station), {}))
    return rows


def main() -> None:
    """Write the file, ordered by day."""
    random = Random(20230101)  # noqa: S311 - the same data every time is the point
    rows = [row for climate in CLIMATES for row in observations(climate, random)]
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: (row["date"], row["station"])))


if __name__ == "__main__":
    main()
