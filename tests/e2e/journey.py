"""A workflow of every shape, whose tasks leave a line each time that they run."""

from __future__ import annotations

import hashlib
import subprocess
from functools import partial
from pathlib import Path

from volery import LaunchPlan, conditional, current_context, map_task, task, workflow

ELEMENTS = 12


def _note(folder: str) -> None:
    context = current_context()
    with Path(folder, "ran").open("a") as file:
        file.write(f"{context.execution_id} {context.node_path}\n")


@task(retries=1)
def step(folder: str, value: int) -> int:
    """One more, after some milliseconds of work."""
    _note(folder)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10_000)
    return value + 1


@task
def wander(folder: str) -> int:
    """Leaves a process behind."""
    _note(folder)
    subprocess.Popen(["sleep", "600"])
    return 0


@task
def several(value: int) -> list[int]:
    return list(range(value, value + ELEMENTS))


@task
def total(parts: list[int], mapped: list[int]) -> int:
    return sum(parts) + sum(mapped)


@workflow
def stretch(folder: str, value: int) -> int:
    return step(folder=folder, value=step(folder=folder, value=value))


plan = LaunchPlan.get_or_create(stretch, name="stretch")


@workflow
def journey(folder: str) -> int:
    begun = step(folder=folder, value=wander(folder=folder))
    chained = step(folder=folder, value=begun)
    fan = [step(folder=folder, value=chained) for _ in range(6)]
    mapped = map_task(partial(step, folder=folder))(value=several(value=chained))
    branch = (
        conditional("which")
        .if_(chained > 1)
        .then(step(folder=folder, value=chained))
        .else_()
        .then(begun)
    )
    inner = stretch(folder=folder, value=chained)
    child = plan(folder=folder, value=chained)
    return total(parts=[*fan, branch, inner, child], mapped=mapped)


RESULT = 6 * 3 + 3 + 4 + 4 + sum(range(3, 3 + ELEMENTS))
"""What `journey` gives back."""
