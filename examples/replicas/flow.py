"""Work for several engines: see `engine.py`."""

from __future__ import annotations

import time

from volery import map_task, task, workflow


@task
def square(number: int) -> int:
    """A square, found the slow way."""
    time.sleep(0.02)
    return number * number


@task
def total(numbers: list[int]) -> int:
    return sum(numbers)


@workflow
def squares(numbers: list[int]) -> int:
    """The sum of all squares."""
    return total(numbers=map_task(square)(number=numbers))


if __name__ == "__main__":
    print(squares(numbers=[1, 2, 3]))
