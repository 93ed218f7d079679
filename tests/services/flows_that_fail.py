"""A workflow whose task fails on a line that is known."""

from __future__ import annotations

from volery import task, workflow


@task
def divide(x: int) -> float:
    """The inverse."""
    return 1 / x  # the line that is shown


@workflow
def inside(x: int) -> float:
    return divide(x=x)


@workflow
def dividing(x: int) -> float:
    return inside(x=x)
