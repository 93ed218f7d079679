"""A year of daily weather: checked, summed up station by station, and reported."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from volery import conditional, map_task, task, workflow


@dataclass(frozen=True)
class Reading:
    """A station's day in °C, mm and km/h; None where an instrument was silent."""

    station: str
    day: date
    low: float | None
    high: float | None
    rain: float | None
    wind: float | None


@dataclass(frozen=True)
class Summary:
    """What is worth knowing about a station."""

    station: str
    days: int
    mean: float
    coldest: float
    hottest: float
    hottest_day: date
    rain_a_year: float
    longest_dry_spell: int


class Outcome(NamedTuple):
    """What the workflow gives back."""

    heat: str
    report: str


def number(text: str) -> float | None:
    return float(text) if text else None


@task
def read(path: str) -> list[Reading]:
    """Read observations from a CSV file."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        return [
            Reading(
                station=row["station"],
                day=date.fromisoformat(row["date"]),
                low=number(row["low_c"]),
                high=number(row["high_c"]),
                rain=number(row["rain_mm"]),
                wind=number(row["wind_kmh"]),
            )
            for row in csv.DictReader(file)
        ]


def fault(reading: Reading) -> str | None:
    """What an instrument cannot have meant, or None."""
    low, high, rain, wind = reading.low, reading.high, reading.rain, reading.wind
    if high is not None and high > 55:
        return f"a high of {high} °C"
    if low is not None and high is not None and low > high:
        return f"a low of {low} °C above a high of {high} °C"
    if rain is not None and rain < 0:
        return f"{rain} mm of rain"
    if wind is not None and wind > 250:
        return f"a wind of {wind} km/h"
    return None


@task
def check(readings: list[Reading]) -> tuple[list[Reading], list[str]]:
    """Tell readings that can be true from those that cannot."""
    faults = [(reading, fault(reading)) for reading in readings]
    good = [reading for reading, why in faults if why is None]
    rejected = [f"{reading.station}, {reading.day}: {why}" for reading, why in faults if why]
    return good, rejected


@task
def by_station(readings: list[Reading]) -> list[list[Reading]]:
    """Put the readings of each station together, in the order of their days."""
    ordered = sorted(readings, key=lambda each: (each.station, each.day))
    return [list(group) for _, group in groupby(ordered, key=lambda each: each.station)]


@task
def summarize(days: list[Reading]) -> Summary:
    """Sum up the days of one station."""
    lows = [each.low for each in days if each.low is not None]
    highs = [(each.high, each.day) for each in days if each.high is not None]
    hottest, hottest_day = max(highs)
    return Summary(
        station=days[0].station,
        days=len(days),
        mean=fmean(lows + [high for high, _ in highs]),
        coldest=min(lows),
        hottest=hottest,
        hottest_day=hottest_day,
        rain_a_year=fmean(each.rain for each in days if each.rain is not None) * 365.25,
        longest_dry_spell=max(
            len(list(spell)) for rain, spell in groupby(days, lambda each: each.rain) if rain == 0
        ),
    )


@workflow
def summarize_stations(readings: list[Reading]) -> list[Summary]:
    """Sum up every station."""
    return map_task(summarize)(days=by_station(readings=readings))


@task
def find_hottest(summaries: list[Summary]) -> Summary:
    """The station that had the hottest day."""
    return max(summaries, key=lambda each: each.hottest)


@task
def alert(at: Summary) -> str:
    """Say where and when it was too hot."""
    return f"ALERT: {at.hottest} °C at {at.station} on {at.hottest_day}"


@task
def all_clear(limit: float) -> str:
    """Say that it was not."""
    return f"no day was hotter than {limit} °C"


@task
def write_report(summaries: list[Summary], rejected: list[str]) -> str:
    """Lay the summaries out as a table, and name what was set aside."""
    head = f"\n{'station':14} days   mean  coldest  hottest  rain/year  longest dry spell"
    rows = [
        f"{each.station:14} {each.days:4} {each.mean:6.1f} {each.coldest:8.1f} {each.hottest:8.1f}"
        f" {each.rain_a_year:7.0f} mm {each.longest_dry_spell:13} days"
        for each in summaries
    ]
    return "\n".join([head, *rows, "", "set aside:", *rejected])


@workflow
def station_report(observations: str, heat_limit: float = 35.0) -> Outcome:
    """Report what the weather was like.

    Args:
        observations: CSV file of daily readings.
        heat_limit: degrees Celsius above which a day is worth an alert.
    """
    readings, rejected = check(readings=read(path=observations))
    summaries = summarize_stations(readings=readings)
    hottest = find_hottest(summaries=summaries)
    heat = (
        conditional("heat")
        .if_(hottest.hottest > heat_limit)
        .then(alert(at=hottest))
        .else_()
        .then(all_clear(limit=heat_limit))
    )
    return Outcome(heat=heat, report=write_report(summaries=summaries, rejected=rejected))


if __name__ == "__main__":
    outcome = station_report(observations=str(Path(__file__).with_name("observations.csv")))
    print(*outcome, sep="\n")
