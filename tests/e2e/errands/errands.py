"""What clients ask of a server that is killed: each is short, or waits for whoever asked."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path

from volery import LaunchPlan, current_context, map_task, task, wait_for_input, workflow


@task
def double(x: int) -> int:
    return 2 * x


@task
def several(x: int) -> list[int]:
    return list(range(x, x + 8))


@task
def total(parts: list[int], more: int) -> int:
    return sum(parts) + more


@task
def endless() -> None:
    """Waits for a process that outlives everybody."""
    subprocess.run(["sleep", "600"], check=False)


@task
def held(folder: str, x: int) -> int:
    """Leaves a line, and goes on when somebody writes into its FIFO."""
    path = current_context().node_path
    with Path(folder, "ran").open("a") as file:
        file.write(f"{path}\n")
    return x + int(Path(folder, path).read_text())


@workflow
def doubled(x: int) -> int:
    return double(x=x)


plan = LaunchPlan.get_or_create(doubled, name="errands.plan")


@workflow
def errand(x: int) -> int:
    mapped = map_task(double)(x=several(x=x))
    return total(parts=mapped, more=plan(x=double(x=x)))


@workflow
def gated(x: int) -> int:
    answer = wait_for_input("go", timeout=timedelta(hours=1), expected_type=int)
    return total(parts=several(x=x), more=double(x=answer))


@workflow
def stuck() -> None:
    endless()


@workflow
def steps(folder: str) -> int:
    return held(folder=folder, x=held(folder=folder, x=0))
