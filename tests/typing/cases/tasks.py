"""Tasks keep the types of their functions."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple, assert_type

from volery import Cache, Resources, Retry, Timeout, task


class Stats(NamedTuple):
    mean: float
    size: int


@task
def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@task(retries=2, environment={"A": "1"}, docs="Scales.", deprecated="", pickle_untyped=False)
def scale(value: float, factor: float = 1.0) -> float:
    return value * factor


@task
def stats(values: list[float]) -> Stats:
    return Stats(mean(values=values), len(values))


@task
async def fetch(url: str) -> bytes:
    return url.encode()


@task(retries=1)
async def fetch_again(url: str) -> bytes:
    return url.encode()


@task
def nothing() -> None: ...


# What comes back.
assert_type(mean(values=[1.0]), float)
assert_type(scale(value=1.0), float)
assert_type(stats(values=[]).size, int)
assert_type(fetch(url="x"), bytes)
assert_type(fetch_again(url="x"), bytes)
assert_type(nothing(), None)
assert_type(mean.name, str)

# What goes in.
mean(values=["x"])  # pyright: ignore[reportArgumentType]
mean(values=1.0)  # pyright: ignore[reportArgumentType]
mean()  # pyright: ignore[reportCallIssue]
mean(valeus=[1.0])  # pyright: ignore[reportCallIssue]
scale(value=1.0, factor="x")  # pyright: ignore[reportArgumentType]
fetch(url=1)  # pyright: ignore[reportArgumentType]
fetch_again(url=1)  # pyright: ignore[reportArgumentType]
text: str = mean(values=[1.0])  # pyright: ignore[reportAssignmentType]

# Options.
task(retries="x")  # pyright: ignore[reportArgumentType]
task(retrys=1)  # pyright: ignore[reportCallIssue]
task(retries=Retry(3, backoff=1.5, on=(OSError,)), timeout=timedelta(minutes=1), cache=True)
task(cache=Cache(ttl=60), resources=Resources(cpu=("500m", 1), mem="1Gi"), priority=1)
task(timeout=Timeout(queued=1, total=timedelta(hours=1)), limits=Resources(gpu=1))
task(cache="yes")  # pyright: ignore[reportArgumentType]
task(timeout="1h")  # pyright: ignore[reportArgumentType]
task(requests={"cpu": 1})  # pyright: ignore[reportArgumentType]
Retry(3, on=("ValueError",))  # pyright: ignore[reportArgumentType]
Retry(tries=3)  # pyright: ignore[reportCallIssue]
Timeout(10)  # pyright: ignore[reportCallIssue]
Resources(cpu=[1, 2, {}])  # pyright: ignore[reportArgumentType]
task(3)  # pyright: ignore[reportArgumentType, reportCallIssue]
