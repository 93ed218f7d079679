"""What the tests in a browser act on: what is quick, what waits for somebody, and what talks."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path

from volery import (
    CronSchedule,
    LaunchPlan,
    approve,
    current_context,
    task,
    wait_for_input,
    workflow,
)

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
LINES = 300
"""Of the log of each attempt at `talk`, before it waits."""


@task
def add(x: int, y: int) -> int:
    return x + y


@workflow
def plus(x: int, y: int = 1) -> int:
    """Add two numbers."""
    return add(x=x, y=y)


nightly = LaunchPlan.get_or_create(
    plus,
    name="nightly",
    default_inputs={"x": 1},
    schedule=CronSchedule("30 2 * * *", timezone="Europe/Berlin"),
)


@task
def go_through(door: str, number: int) -> int:
    """It cannot be done as long as a file is not there."""
    if not Path(door).exists():
        raise FileNotFoundError(f"the door {door} is closed")
    return number


@workflow
def pass_door(door: str) -> int:
    """Two steps, of which the second one may fail."""
    return go_through(door=door, number=add(x=1, y=2))


@task
def rest(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@workflow
def long(seconds: float = 3600.0) -> float:
    """Be there for a while."""
    return rest(seconds=seconds)


@workflow
def ask() -> int:
    """Ask for a number, and whether it may be used."""
    number = wait_for_input("number", timeout=DAY, expected_type=int)
    return approve(number, "agreed", timeout=DAY)


# -- what talks --------------------------------------------------------------------------------


@task(retries=1)
def talk(doors: str) -> int:
    """Print much, and then a line whenever another file is in a folder. The first attempt fails."""
    attempt = current_context().attempt
    for number in range(1, LINES):
        print(f"line {number} of attempt {attempt}")
    print("\x1b[31mred\x1b[0m and plain", flush=True)
    if attempt == 1:
        raise ValueError("once more")
    for door in ("first", "second", "last"):
        while not (Path(doors) / door).exists():
            time.sleep(0.05)
        print(f"the {door} door is open", flush=True)
    log.warning("it is over")
    return attempt


@workflow
def talking(doors: str) -> int:
    """Something that prints while it is looked at."""
    return talk(doors=doors)
