"""What is recovered, relaunched and signalled."""

from __future__ import annotations

import functools
from datetime import timedelta
from pathlib import Path

from volery import (
    WorkflowFailurePolicy,
    approve,
    dynamic,
    map_task,
    task,
    wait_for_input,
    workflow,
)

FACTOR = 2
HOUR = timedelta(hours=1)


def note(folder: str, name: str) -> None:
    with Path(folder, "ran").open("a") as file:
        file.write(f"{name}\n")


@task
def numbers(n: int, folder: str) -> list[int]:
    note(folder, "numbers")
    return list(range(n))


@task
def scale(x: int) -> int:
    return FACTOR * x


@task
def picky(x: int, folder: str) -> int:
    note(folder, f"picky({x})")
    if x == 2 and not Path(folder, "mended").exists():
        raise ValueError("not yet")
    return x


@dynamic
def scaled(xs: list[int], folder: str) -> list[int]:
    return [picky(x=scale(x=x), folder=folder) for x in xs]


@workflow
def mapped(folder: str, n: int = 4) -> list[int]:
    return map_task(functools.partial(picky, folder=folder))(x=numbers(n=n, folder=folder))


@workflow
def emitted(folder: str, n: int = 3) -> list[int]:
    return scaled(xs=numbers(n=n, folder=folder), folder=folder)


@task
def times(x: int, rate: float) -> float:
    return x * rate


@workflow
def asking(x: int = 3) -> float:
    passed = approve(scale(x=x), "ship", timeout=HOUR)
    return times(x=passed, rate=wait_for_input("rate", timeout=HOUR, expected_type=float))


@workflow
def checked(x: int) -> int:
    return approve(scale(x=x), "ship", timeout=HOUR)


@workflow
def all_checked(xs: list[int]) -> list[int]:
    return map_task(checked)(x=xs)


@workflow(failure_policy=WorkflowFailurePolicy.FAIL_AFTER_EXECUTABLE_NODES_COMPLETE)
def missing() -> tuple[bool, bool]:
    missed = wait_for_input("missed", timeout=timedelta(seconds=0.1), expected_type=bool)
    return missed, wait_for_input("open", timeout=HOUR, expected_type=bool)


@workflow
def timed(x: int = 1) -> bool:
    return wait_for_input("never", timeout=HOUR, expected_type=bool)
