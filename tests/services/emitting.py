"""Dynamic and eager tasks, and what they call."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import NamedTuple

from volery import (
    LaunchPlan,
    conditional,
    current_context,
    dynamic,
    eager,
    map_task,
    task,
    workflow,
)
from volery.errors import TaskFailed


@task
def double(x: int) -> int:
    return 2 * x


@task
def add(a: int, b: int) -> int:
    return a + b


@task
def refuse(x: int) -> int:
    raise ValueError(f"{x} is refused")


@task
def note(folder: str, name: str) -> str:
    """Leave a line for each time that this runs."""
    with (Path(folder) / name).open("a") as file:
        file.write("ran\n")
    return name


@workflow
def quadruple(x: int) -> int:
    return double(x=double(x=x))


plan = LaunchPlan.get_or_create(quadruple, name="tests-emitting-quadruple")


# -- dynamic -------------------------------------------------------------------------------------


class Sums(NamedTuple):
    total: int
    parts: list[int]


@dynamic
def tree(numbers: list[int]) -> int:
    """Recursive, with values as outputs at the leaves."""
    if len(numbers) <= 1:
        return sum(numbers)
    half = len(numbers) // 2
    return add(a=tree(numbers=numbers[:half]), b=tree(numbers=numbers[half:]))


@dynamic
def sums(numbers: list[int]) -> Sums:
    """Several outputs, some of promises and values mixed."""
    return Sums(tree(numbers=numbers), [0, *[double(x=x) for x in numbers]])


@dynamic
def every_kind(x: int) -> list[int]:
    """Every kind of node in one graph."""
    least, most = double(x=x), quadruple(x=x)
    chosen = conditional("larger").if_(most > least).then(plan(x=x)).else_().then(x)
    mapped = map_task(tree)(numbers=[[x, 1], [x, 2]])
    return [least, most, chosen, mapped[1], eager_tree(numbers=[x, x])]


@dynamic
def large(size: int) -> int:
    return length(text="x" * size)


@task
def length(text: str) -> int:
    return len(text)


@dynamic
def confused(x: int) -> str:
    double(x="one")
    return double(x=x)


@dynamic
def failing(x: int) -> int:
    return refuse(x=double(x=x))


@dynamic
def endless(x: int) -> int:
    return endless(x=x + 1)


@dynamic(retries=1)
def late(folder: str) -> str:
    """Its function fails the first time."""
    if current_context().attempt == 1:
        raise ConnectionError
    return note(folder=folder, name="late")


# -- eager ---------------------------------------------------------------------------------------


@eager
async def eager_tree(numbers: list[int]) -> int:
    """Calls inside of calls, side by side."""
    if len(numbers) <= 1:
        return sum(numbers)
    half = len(numbers) // 2
    left, right = await asyncio.gather(
        eager_tree.aio(numbers=numbers[:half]), eager_tree.aio(numbers=numbers[half:])
    )
    return await add.aio(a=left, b=right)


@eager
async def every_call(x: int) -> list[int]:
    """Every kind of entity, called."""
    mapped = await map_task(double).aio(x=[x, 1])
    return [
        await double.aio(x=x),
        await quadruple.aio(x=x),
        await plan.aio(x=x),
        mapped[1],
        await tree.aio(numbers=[x, x]),
    ]


@eager
async def collatz(n: int) -> int:
    """A loop that goes on until a result says so."""
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else await add.aio(a=await double.aio(x=n), b=n + 1)
        steps += 1
    return steps


@eager
async def catching(x: int) -> str:
    try:
        return str(await refuse.aio(x=x))
    except TaskFailed as error:
        return f"{error.code}: {error.message}"


@eager
async def not_catching(x: int) -> int:
    return await refuse.aio(x=x)


@eager
async def hasty(folder: str) -> str:
    """Ends before what it has called."""
    block.aio(folder=folder)
    return await note.aio(folder=folder, name="done")


@task
def block(folder: str) -> None:
    """Blocks until somebody writes to the pipe; nobody does."""
    (Path(folder) / "pipe").read_text()


@eager(retries=0)
async def killed_between(folder: str) -> list[str]:
    """Its own process dies, the first time, between two calls."""
    first = await note.aio(folder=folder, name="first")
    if current_context().attempt == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return [first, await note.aio(folder=folder, name="second")]


@eager
async def killing_its_engine(folder: str) -> list[str]:
    """The process that drives it dies, the first time, between two calls."""
    first = await note.aio(folder=folder, name="first")
    marker = Path(folder) / "killed"
    if not marker.exists():
        marker.touch()
        os.kill(os.getppid(), signal.SIGKILL)
        await asyncio.sleep(60)
    return [first, await note.aio(folder=folder, name="second")]


# -- both in workflows ---------------------------------------------------------------------------


@workflow
def mapped(lists: list[list[int]]) -> list[int]:
    """Maps over dynamic and eager tasks, which feed each other."""
    dynamically = map_task(tree)(numbers=lists)
    eagerly = map_task(eager_tree)(numbers=lists)
    return [tree(numbers=eagerly), eager_tree(numbers=dynamically)]
