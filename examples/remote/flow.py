"""A workflow that programs start by way of `client.py`."""

from __future__ import annotations

from dataclasses import dataclass

from volery import LaunchPlan, task, workflow


@dataclass
class Reading:
    """What a thermometer says."""

    station: str
    degrees: float


@task
def hottest(readings: list[Reading]) -> Reading:
    return max(readings, key=lambda reading: reading.degrees)


@task
def headline(reading: Reading, limit: float) -> str:
    word = "heat" if reading.degrees > limit else "weather"
    print("chose the word", word)
    return f"{word} at {reading.station}: {reading.degrees:.1f} °C"


@workflow
def report(readings: list[Reading], limit: float = 30.0) -> str:
    """A line about the hottest of some readings."""
    return headline(reading=hottest(readings=readings), limit=limit)


strict = LaunchPlan.get_or_create(report, name="strict-report", fixed_inputs={"limit": 20.0})

if __name__ == "__main__":
    print(report(readings=[Reading("Newark", 37.8), Reading("La Guardia", 36.1)]))
