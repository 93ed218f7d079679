"""What the tests of `Remote` register and run: a project with a module of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path

from remote_parts import DOUBLE

from volery import Directory, File, LaunchPlan, approve, task, workflow


class Colour(Enum):
    RED = "r"
    BLUE = "b"


@dataclass
class Point:
    x: float
    name: str
    colour: Colour = Colour.RED
    when: datetime | None = None


@task
def moved(points: list[Point], by: timedelta) -> list[Point]:
    print("moving", len(points))
    return [
        Point(each.x * DOUBLE, each.name, Colour.BLUE, (each.when or datetime.now(UTC)) + by)
        for each in points
    ]


@task
def told(points: list[Point]) -> str:
    return ", ".join(f"{each.name} {each.x:g} {each.colour.name}" for each in points)


@workflow
def move(points: list[Point], by: timedelta = timedelta(hours=1)) -> tuple[str, list[Point]]:
    """Points, twice as far away."""
    there = moved(points=points, by=by)
    return told(points=there), there


@task
def longer(text: File, many: list[float]) -> tuple[File, list[float], Directory]:
    twice = File.new("longer.txt")
    Path(twice).write_text(Path(text).read_text() * 2)
    folder = Directory.new("folder")
    (Path(folder) / "inside.txt").write_text("inside")
    return twice, [each + 1 for each in many], folder


@task
def divided(by: int) -> float:
    return 1 / by


@task
def waited(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@workflow
def asked(value: int = 2) -> int:
    return approve(value, "fine", timeout=timedelta(hours=1))


plan = LaunchPlan.get_or_create(move, name="remote-move", fixed_inputs={"by": timedelta(minutes=1)})
