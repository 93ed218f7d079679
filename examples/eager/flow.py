"""Ordinary Python around tasks: ``eager``."""

from __future__ import annotations

import asyncio

from volery import eager, task, workflow
from volery.errors import TaskFailed


@task
def guess(low: int, high: int) -> int:
    return (low + high) // 2


@task
def compare(number: int, secret: int) -> int:
    if number < 0:
        raise ValueError(f"{number} is no such number")
    return (number > secret) - (number < secret)


@eager
async def find(secret: int) -> list[int]:
    """A loop that goes on until a result says so. Every call is a node with a record of its own."""
    low, high = 0, 100
    guesses: list[int] = []
    while True:
        guesses.append(await guess.aio(low=low, high=high))
        side = await compare.aio(number=guesses[-1], secret=secret)
        if side == 0:
            return guesses
        low, high = (guesses[-1] + 1, high) if side < 0 else (low, guesses[-1] - 1)


@eager
async def nearest(numbers: list[int], secret: int) -> list[str]:
    """Calls side by side; one that fails raises, where it is awaited."""

    async def judged(number: int) -> str:
        try:
            side = await compare.aio(number=number, secret=secret)
        except TaskFailed as error:
            return f"{number}: {error.code}"
        return f"{number}: {['too small', 'right', 'too large'][side + 1]}"

    return await asyncio.gather(*map(judged, numbers))


@workflow
def both(secret: int = 42) -> list[str]:
    """To a workflow an eager task is a task."""
    return nearest(numbers=find(secret=secret), secret=secret)


if __name__ == "__main__":
    print(find(secret=42))
    print(nearest(numbers=[41, 42, -1], secret=42))
    print(both(secret=7))
