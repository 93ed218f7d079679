"""The work that is measured: chains and fan-outs of tasks that do next to nothing.

In a module of its own, because worker processes have to import it.
"""

from volery import map_task, task, workflow


@task
def inc(x: int) -> int:
    return x + 1


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def chain_1000() -> int:
    last = inc(x=0)
    for _ in range(999):
        last = inc(x=last)
    return last


@workflow
def fan_100() -> int:
    return total(xs=[inc(x=i) for i in range(100)])


@workflow
def fan_1000() -> int:
    return total(xs=[inc(x=i) for i in range(1_000)])


@workflow
def fan_10000() -> int:
    return total(xs=[inc(x=i) for i in range(10_000)])


@workflow
def chain_10000() -> int:
    last = inc(x=0)
    for _ in range(9_999):
        last = inc(x=last)
    return last


@workflow
def chain_3() -> int:
    return inc(x=inc(x=inc(x=0)))


@workflow
def map_over(xs: list[int]) -> int:
    return total(xs=map_task(inc)(x=xs))


@workflow
def chain_100() -> int:
    last = inc(x=0)
    for _ in range(99):
        last = inc(x=last)
    return last
