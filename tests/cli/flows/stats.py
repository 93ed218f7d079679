"""What the tests of the command line run."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from volery import LaunchPlan, map_task, task, workflow


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


@dataclass
class Window:
    """A part of a series."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError("start lies behind end")


@task
def mean(values: list[float]) -> float:
    """The mean of some values.

    Args:
        values: what to take the mean of.
    """
    print("summing", len(values))
    return sum(values) / len(values)


@task
def double(value: float) -> float:
    """Twice a value."""
    return 2 * value


@task
def describe(
    colour: Colour = Colour.RED,
    mode: Literal["fast", "slow"] = "fast",
    at: datetime | None = None,
    wait: timedelta = timedelta(minutes=5),
    *,
    loud: bool = False,
    window: Window | None = None,
) -> str:
    """Everything that an option can be."""
    return f"{colour.name} {mode} {at} {wait} {loud} {window}"


@task
def divide(value: float, by: float) -> float:
    """A task that can fail."""
    return value / by


@workflow
def pipeline(num_samples: int = 3, values: list[float] = [1.0, 2.0]) -> float:
    """The doubled mean of some values.

    More about it stands here.

    Args:
        num_samples: not used.
        values: what to take the mean of.
    """
    return double(value=mean(values=values))


@workflow
def failing(by: float) -> float:
    """Divides."""
    return divide(value=double(value=1.0), by=by)


@workflow
def doubled(values: list[float]) -> list[float]:
    """Doubles each value."""
    return map_task(double)(value=values)


daily = LaunchPlan.get_or_create(pipeline, name="daily", fixed_inputs={"values": [4.0]})
breaking = LaunchPlan.get_or_create(failing, name="breaking", fixed_inputs={"by": 0.0})


@workflow
def outer() -> float:
    """Fails in an execution of its own."""
    return breaking()
