"""In the body of a workflow there are no values yet, only promises of them.

The body runs once, when the workflow is compiled. What it prints is printed then, before any task
has run; what a task prints comes when the task runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from scaling import mean, standard_deviation, standard_scale

from volery import task, workflow


@workflow
def scale_and_print(values: list[float]) -> list[float]:
    mu = mean(values=values)
    print("in the body, mu is", mu)
    sigma = standard_deviation(values=values, mu=mu)
    return standard_scale(values=values, mu=mu, sigma=sigma)


@dataclass
class Spread:
    """The smallest and the largest value."""

    least: float
    most: float


@task
def spread(values: list[float]) -> Spread:
    return Spread(min(values), max(values))


@task
def difference(high: float, low: float) -> float:
    return high - low


@workflow
def width(values: list[float]) -> float:
    """Parts of a promise are promises too: a field, an element, the entry of a key."""
    found = spread(values=values)
    return difference(high=found.most, low=found.least)


if __name__ == "__main__":
    scaled = scale_and_print(values=[1.0, 2.0, 3.0])
    print("outside, the workflow returns", [round(value, 3) for value in scaled])
    scale_and_print(values=[4.0, 5.0])  # compiled already: the body does not run again
    print("the width is", width(values=[3.0, -1.0, 4.0]))
