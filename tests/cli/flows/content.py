"""Files, exact numbers and a long list, for the tests of the command line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

from volery import File, task, workflow

CSV = File[Literal["csv"]]


@task
def price(table: CSV, each: Decimal, labels: set[str]) -> tuple[File, Decimal, set[str]]:
    """What the rows of a table cost, and a receipt."""
    count = len(Path(table).read_text().splitlines())
    receipt = File.new("receipt.txt")
    Path(receipt).write_text(f"{count} rows\n")
    return receipt, count * each, labels


@task
def ramp(length: int) -> list[float]:
    """A long list."""
    return [float(each) for each in range(length)]


@workflow
def shop(table: CSV, each: Decimal = Decimal("1.10")) -> tuple[File, Decimal, list[float]]:
    """Price a table."""
    receipt, total, _ = price(table=table, each=each, labels={"a"})
    return receipt, total, ramp(length=100_000)
