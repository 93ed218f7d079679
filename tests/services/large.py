"""Workflows whose values are too large to travel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from tests.sdk.parts import shop

from volery import LaunchPlan, conditional, map_task, task, workflow

COUNT = 12_000


@dataclass
class Table:
    name: str
    rows: list[str]
    good: bool


@task
def rows(count: int = COUNT) -> list[str]:
    return [f"row {each}" for each in range(count)]


@task
def table(count: int = COUNT) -> Table:
    return Table("numbers", [f"row {each}" for each in range(count)], good=count > 10)


@task
def stream(count: int) -> Iterator[str]:
    for each in range(count):
        yield f"row {each}"


@task
def total(values: Iterator[str]) -> int:
    return sum(map(len, values))


@task
def length(values: list[str]) -> int:
    return len(values)


@task
def shout(value: str) -> str:
    return value.upper()


@task
def refuse(value: str) -> str:
    if value.endswith("7"):
        raise ValueError(value)
    return value


@task
def name_of(value: str) -> str:
    return value


@task
def number_of(value: float) -> float:
    return value


@task
def optional(values: list[str] | None) -> int:
    return -1 if values is None else len(values)


@workflow
def handed_on(count: int = COUNT) -> int:
    return length(values=rows(count=count))


@workflow
def streamed(count: int = COUNT) -> tuple[int, int]:
    made = stream(count=count)
    return total(values=made), length(values=made)


@workflow
def parts(count: int = COUNT) -> tuple[str, int, str]:
    made = table(count=count)
    return name_of(value=made.name), length(values=made.rows), name_of(value=made.rows[4_999])


@workflow
def deep_parts(count: int = COUNT) -> tuple[str, float, str]:
    """Parts of a list of records of every kind, with a large list in it."""
    made = shop(count=count)[0]
    return (
        name_of(value=made.orders[-1].customer.address.city),
        number_of(value=made.totals["EUR"]["cents"]),
        name_of(value=made.orders[0].customer.names["last"].text),
    )


@workflow
def chosen(count: int = COUNT) -> int:
    made = table(count=count)
    return (
        conditional("good")
        .if_(made.good.is_true())
        .then(length(values=made.rows))
        .else_()
        .then(length(values=rows(count=1)))
    )


@workflow
def mapped(count: int = COUNT) -> list[str]:
    return map_task(shout)(value=rows(count=count))


@workflow
def mapped_with_gaps(count: int = COUNT) -> list[str | None]:
    return map_task(refuse, min_success_ratio=0.5)(value=rows(count=count))


@workflow
def shouted(value: str) -> str:
    return shout(value=value)


@workflow
def mapped_workflow() -> list[str]:
    return map_task(shouted)(value=big_rows())


@task
def big_rows() -> list[str]:
    return [letter * 100_000 for letter in "abc"]


@workflow
def below(values: list[str]) -> int:
    return length(values=values)


plan = LaunchPlan.get_or_create(below, name="tests.large.below")


@workflow
def handed_down(count: int = COUNT) -> tuple[int, int]:
    made = rows(count=count)
    return below(values=made), plan(values=made)


@workflow
def widened(count: int = COUNT) -> int:
    return optional(values=rows(count=count))


CONSTANT = [f"constant {each}" for each in range(COUNT)]


@workflow
def constant() -> tuple[int, int]:
    return length(values=CONSTANT), length(values=CONSTANT)


@workflow
def defaulted(values: list[str] = CONSTANT) -> int:
    return length(values=values)


@workflow
def gathered(count: int = COUNT) -> int:
    made = shout(value="x")
    return length(values=[made, big(size=100_000), big(size=200_000)])


@task
def big(size: int) -> str:
    return "v" * size


@task
def lose(values: list[str], storage: str) -> list[str]:
    """Remove everything that is stored, as an operator's mistake would."""
    rmtree(Path(storage) / "blobs")
    return values[:1]


@workflow
def lost_map(storage: str, count: int = COUNT) -> list[str]:
    made = rows(count=count)
    gone = lose(values=made, storage=storage)
    mapped = map_task(shout)(value=made)
    gone >> mapped
    return mapped


@task(retries=1)
def fetch(values: list[str]) -> int:
    return len(values)


@workflow
def lost(storage: str, count: int = COUNT) -> int:
    made = rows(count=count)
    gone = lose(values=made, storage=storage)
    found = fetch(values=made)
    gone >> found
    return found
