"""Scalars and a small dataclass through a task boundary. Microseconds."""

from typing import Any

from boundaries import storage, through
from measure import report, timed
from samples import SCALARS
from volery import task
from volery.sdk.task import Task

ROUNDS, REPETITIONS = 5_000, 5

tasks: dict[str, Task[..., Any]] = {}
for name, value in SCALARS.items():

    @task
    def passed(o0: type(value)) -> type(value):
        return o0

    tasks[name] = passed


def boundary(task: Task[..., Any], value: object) -> float:
    def rounds() -> object:
        for _ in range(ROUNDS):
            result = through(task, value)
        return result

    return timed(rounds, value) / ROUNDS * 1e6


with storage():
    for name, value in SCALARS.items():
        boundary(tasks[name], value)  # code and libraries are loaded
    report(
        {
            name: [boundary(tasks[name], value) for _ in range(REPETITIONS)]
            for name, value in SCALARS.items()
        }
    )
