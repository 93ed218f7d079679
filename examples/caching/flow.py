"""Outputs that are kept: what was done once is not done again.

Run it twice by ``volery run examples/caching/flow.py survey``: the second time nothing runs but
`largest`. Then give it other numbers, or change `MOST`, and ask ``volery cache explain`` why.
"""

from __future__ import annotations

import time
from datetime import timedelta

from volery import Cache, map_task, task, workflow

MOST = 1000
"""Factors up to here are looked for. It is part of the code that counts."""


@task(cache=True)
def factors(number: int) -> list[int]:
    """All factors of a number, found the slow way."""
    time.sleep(0.1)
    return [each for each in range(1, min(number, MOST) + 1) if number % each == 0]


@task(cache=Cache(ttl=timedelta(hours=1), serialize=True, ignored_inputs=("note",)))
def report(counts: list[list[int]], note: str) -> str:
    """A report that is made once an hour, by one execution at a time, whatever the note says."""
    return f"{sum(map(len, counts))} factors ({note})"


@task
def largest(counts: list[list[int]]) -> int:
    """The number with the most factors. This one runs always."""
    return max(max(each) for each in counts if len(each) == max(map(len, counts)))


@workflow
def survey(numbers: list[int] = [12, 28, 36], note: str = "first") -> tuple[int, str]:
    """Which number has the most factors, and a report on all of them."""
    counts = map_task(factors)(number=numbers)
    return largest(counts=counts), report(counts=counts, note=note)


if __name__ == "__main__":
    print(survey())
