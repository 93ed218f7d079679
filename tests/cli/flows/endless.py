"""What never ends by itself, and what grows large."""

from __future__ import annotations

from volery import dynamic, eager, task


@task
def one(x: int) -> int:
    return x


@dynamic
def deeper(x: int = 0) -> int:
    return deeper(x=one(x=x))


@eager
async def calling(x: int = 0) -> int:
    return await calling.aio(x=x + 1)


@dynamic
def wide(nodes: int) -> list[int]:
    return [one(x=number) for number in range(nodes)]
