"""Workflows of every kind of node, to be looked at and traced."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from volery import (
    File,
    LaunchPlan,
    approve,
    conditional,
    current_context,
    dynamic,
    eager,
    map_task,
    sleep,
    task,
    workflow,
)


@task
def add(a: float, b: float) -> float:
    return a + b


@task
def many(n: int) -> list[int]:
    return list(range(n))


@task
def one_more(x: int) -> int:
    return x + 1


@task
def total(values: list[int]) -> int:
    return sum(values)


def _file(name: str, text: str) -> File:
    file = File.new(name)
    Path(file.path).write_text(text)
    return file


@task
def write(text: str) -> File:
    return _file("written.txt", text)


@task
def length(file: File) -> int:
    return len(Path(file).read_text())


@dataclass
class Row:
    name: str
    file: File


@task
def rows(texts: list[str]) -> list[Row]:
    return [Row(text, _file(f"{number}.txt", text)) for number, text in enumerate(texts)]


@task
def sizes(rows: list[Row]) -> list[int]:
    return [len(Path(row.file).read_text()) for row in rows]


@workflow
def sums(a: float, b: float = 2.0) -> float:
    return add(a=add(a=a, b=b), b=b)


@workflow
def outer(a: float) -> float:
    return add(a=sums(a=a), b=1.0)


plan = LaunchPlan.get_or_create(sums, "browsed-plan", fixed_inputs={"b": 5.0})


@workflow
def starting(a: float) -> float:
    return add(a=plan(a=a), b=1.0)


@workflow
def mapping(n: int) -> int:
    return total(values=map_task(one_more)(x=many(n=n)))


@workflow
def mapping_sums(values: list[float]) -> list[float]:
    return map_task(sums)(a=values)


@workflow
def choosing(x: int) -> int:
    return conditional("size").if_(x > 10).then(one_more(x=x)).else_().then(total(values=many(n=x)))


@dynamic
def chain(x: int, n: int) -> int:
    for _ in range(n):
        x = one_more(x=x)
    return x


@workflow
def chained(x: int) -> int:
    return chain(x=x, n=2)


@eager
async def awaiting(x: int) -> int:
    first = await one_more(x=x)
    return await total(values=[first, x])


@workflow
def awaited(x: int) -> int:
    return awaiting(x=x)


@eager
async def passing_on(text: str, x: int) -> int:
    """Passes on what it has had, and what it has made of that."""
    file = await write(text=text)
    other = await write(text="another text")
    size = await length(file=file)
    await length(file=other)
    return await one_more(x=size + x)


@workflow
def passed_on(text: str, x: int) -> int:
    return passing_on(text=text, x=x)


@task
def many_rows(texts: list[str], size: int) -> list[Row]:
    return [Row(text * size, _file(f"{at}.txt", text)) for at, text in enumerate(texts)]


@task
def count_rows(rows: list[Row]) -> int:
    return len(rows)


@workflow
def large(texts: list[str], size: int) -> int:
    return count_rows(rows=many_rows(texts=texts, size=size))


@workflow
def filed(text: str) -> int:
    return length(file=write(text=text))


@workflow
def writing(text: str) -> File:
    return write(text=text)


@workflow
def reading(file: File) -> int:
    return length(file=file)


@workflow
def tabled(texts: list[str]) -> list[int]:
    return sizes(rows=rows(texts=texts))


@workflow
def dated(day: dt.date, name: str = "x", on: bool = True) -> str:
    return named(day=day, name=name, on=on)


@task
def named(day: dt.date, name: str, on: bool) -> str:
    return f"{name} {day} {on}"


@workflow
def gated(x: int) -> int:
    waited = sleep(dt.timedelta(hours=1))
    asked = one_more(x=approve(x, "ship", timeout=dt.timedelta(hours=1)))
    waited >> asked
    return asked


@task(cache=True)
def remember(text: str) -> File:
    return _file("kept.txt", text)


@workflow
def remembering(text: str) -> File:
    return remember(text=text)


@task(retries=2)
def insist(x: int) -> int:
    if current_context().attempt < 3:
        raise ValueError(x)
    return x


@workflow
def insisting(x: int) -> int:
    return insist(x=x)


@task
def fail(x: int) -> int:
    raise ValueError(x)


@workflow
def half(x: int) -> int:
    return fail(x=one_more(x=x))


@workflow
def failing(x: int) -> int:
    return half(x=x)
