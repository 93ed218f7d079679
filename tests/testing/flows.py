"""Workflows to be tested with what `volery.testing` offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from volery import (
    LaunchPlan,
    Retry,
    Timeout,
    approve,
    dynamic,
    eager,
    map_task,
    sleep,
    task,
    wait_for_input,
    workflow,
)

DAY = timedelta(days=1)


@dataclass
class Address:
    street: str
    number: int


@task(retries=2)
def fetch(x: int) -> int:
    return x + 1


@task(retries=Retry(attempts=5, on=(ConnectionError,)))
def picky(x: int) -> int:
    return x


@task(retries=Retry(attempts=3, backoff=timedelta(hours=1)))
def patient(x: int) -> int:
    return x


@task(timeout=Timeout(running=timedelta(minutes=5)))
def quick(x: int) -> int:
    return x


@task
async def later(x: int) -> int:
    return x


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task
def both(x: int) -> tuple[int, str]:
    return x, str(x)


@workflow
def twice(x: int = 1) -> int:
    return fetch(x=fetch(x=x))


@workflow
def around(x: int) -> int:
    return fetch(x=twice(x=x))


@workflow
def mapped(xs: list[int]) -> int:
    return total(xs=map_task(fetch)(x=xs))


@workflow
def side_by_side(x: int) -> tuple[int, int]:
    return fetch(x=x), later(x=x)


plan = LaunchPlan.get_or_create(twice, name="tests-testing-twice")


@workflow
def planned(x: int) -> int:
    return fetch(x=plan(x=x))


@workflow(timeout=timedelta(hours=1))
def hurried(x: int) -> int:
    return fetch(x=x)


@dynamic
def grown(x: int) -> int:
    return fetch(x=twice(x=x))


@eager
async def awaited(x: int) -> int:
    return await fetch.aio(x=x) + await twice.aio(x=x)


@workflow
def everything(x: int) -> int:
    return fetch(x=awaited(x=grown(x=x)))


@workflow
def asking(x: int) -> int:
    return fetch(x=wait_for_input("more", timeout=DAY, expected_type=int))


@workflow
def asking_for_an_address() -> Address:
    return wait_for_input("where", timeout=DAY, expected_type=Address)


@workflow
def asking_for_ever() -> list[int]:
    return wait_for_input("answers", timeout=None, expected_type=list[int])


@workflow
def approved(x: int) -> int:
    return fetch(x=approve(x, "release", timeout=DAY))


@workflow
def sleeping(x: int) -> int:
    pause = sleep(DAY)
    fetched = fetch(x=x)
    pause >> fetched
    return fetched
