"""What is kept in the cache, and what is tried again."""

from __future__ import annotations

from datetime import timedelta

from volery import Retry, current_context, task, workflow


@task(cache=True)
def compute(x: int) -> int:
    print("computed")
    return x


@workflow
def again(x: int) -> int:
    return compute(x=x)


@task(retries=Retry(attempts=2, backoff=timedelta(seconds=0.3)))
def unsteady(x: int) -> int:
    if current_context().attempt == 1:
        raise ValueError("once")
    return x


@workflow
def stumble(x: int = 1) -> int:
    return unsteady(x=x)


@task
def wrapping(x: int) -> int:
    try:
        return x // 0
    except ZeroDivisionError as error:
        raise ValueError("no such part") from error


@workflow
def wrapped(x: int = 1) -> int:
    return wrapping(x=x)
