"""Dynamic and eager tasks keep the types of their functions; so do awaited calls."""

from __future__ import annotations

import asyncio
from typing import assert_type

from volery import (
    ConcurrencyPolicy,
    LaunchPlan,
    WorkflowFailure,
    approve,
    dynamic,
    eager,
    sleep,
    task,
    wait_for_input,
    workflow,
)


@task
def double(n: int) -> int:
    return n * 2


@task(retries=1)
async def fetch(url: str) -> bytes:
    return url.encode()


@task
def clean(err: WorkflowFailure | None = None) -> None:
    if err is not None:
        assert_type(err.message, str)


@dynamic
def grow(n: int) -> int:
    return double(n=n) if n > 1 else grow(n=n - 1)


@dynamic(cache=True, retries=2)
def grow_again(n: int) -> list[int]:
    return [grow(n=each) for each in range(n)]


@workflow(on_failure=clean, max_parallelism=2, timeout=60)
def flow(n: int) -> int:
    return approve(grow(n=n), "release", timeout=3600)


@eager
async def main(n: int) -> int:
    assert_type(await double.aio(n=n), int)
    assert_type(await fetch.aio(url="x"), bytes)
    assert_type(await flow.aio(n=n), int)
    assert_type(await grow_again.aio(n=n), list[int])
    first, second = await asyncio.gather(double.aio(n=1), fetch.aio(url="x"))
    assert_type((first, second), tuple[int, bytes])
    await double.aio(n="x")  # pyright: ignore[reportArgumentType]
    await double.aio(m=1)  # pyright: ignore[reportCallIssue]
    await flow.aio()  # pyright: ignore[reportCallIssue]
    return await main.aio(n=n)


@eager(retries=1)
async def again(n: int) -> str:
    return str(await main.aio(n=n))


assert_type(grow(n=1), int)
assert_type(grow_again(n=1), list[int])
assert_type(main(n=1), int)
assert_type(again(n=1), str)
grow(n="x")  # pyright: ignore[reportArgumentType]
grow_again(m=1)  # pyright: ignore[reportCallIssue]
main(n="x")  # pyright: ignore[reportArgumentType]


@eager  # pyright: ignore[reportArgumentType]
def plain(n: int) -> int:
    return n


dynamic(retrys=1)  # pyright: ignore[reportCallIssue]
eager(retries="x")  # pyright: ignore[reportArgumentType]
workflow(on_failure=print)  # pyright: ignore[reportArgumentType]
workflow(timeout="1h")  # pyright: ignore[reportArgumentType]

assert_type(approve(1, "a"), int)
assert_type(wait_for_input("a", None, int), int)
assert_type(wait_for_input("a", 60, list[int]), list[int])
wait_for_input("a", "1h", int)  # pyright: ignore[reportArgumentType, reportCallIssue]
sleep("1d")  # pyright: ignore[reportArgumentType]

LaunchPlan.get_or_create(flow, "plan", max_parallelism=1, concurrency=ConcurrencyPolicy(1))
LaunchPlan.get_or_create(flow, "plan", overwrite_cache="x")  # pyright: ignore[reportArgumentType]
LaunchPlan.get_or_create(flow, "plan", max_paralelism=1)  # pyright: ignore[reportCallIssue]
