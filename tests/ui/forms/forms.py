"""A task that takes one of everything, and gives back what it got as Python writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import msgspec
import pandas as pd
import pydantic

from volery import Directory, File, Pickle, task

Dozen = Annotated[int, msgspec.Meta(ge=1, le=12)]
Code = Annotated[str, msgspec.Meta(pattern="^(?P<letter>[a-z])")]
"""Its pattern is one that only Python knows: the server alone can tell."""


class Colour(Enum):
    RED = 1
    BLUE = 2


@dataclass
class Item:
    name: str
    price: Annotated[float, msgspec.Meta(gt=0)]
    tags: list[str] = field(default_factory=list)


class Point(NamedTuple):
    x: int
    y: int


class Shop(pydantic.BaseModel):
    owner: str
    staff: pydantic.PositiveInt = 1


class Route(msgspec.Struct):
    stops: list[str]


class Address(TypedDict):
    street: str


class Engine:
    """Only a program can make one."""

    def __repr__(self) -> str:
        return "Engine()"


ENGINE = Engine()


@task
def everything(
    *,
    count: Dozen,
    large: int,
    share: float,
    agreed: bool,
    note: str,
    raw: bytes,
    start: datetime,
    day: date,
    clock: time,
    span: timedelta,
    price: Decimal,
    wave: complex,
    key: UUID,
    place: Path,
    colour: Colour,
    mode: Literal["fast", "slow"],
    numbers: list[int],
    names: set[str],
    pair: tuple[int, str],
    rates: tuple[float, ...],
    stock: dict[str, Dozen],
    items: list[Item],
    point: Point,
    shop: Shop,
    route: Route,
    address: Address,
    either: int | str,
    maybe: float | None,
    json: dict[str, Any],
    file: File,
    folder: Directory,
    table: pd.DataFrame,
    engine: Annotated[Engine, Pickle] = ENGINE,
) -> dict[str, str]:
    """Take one of everything.

    Args:
        count: how many
    """
    got = dict(locals())
    got["names"] = sorted(names)
    got["file"] = Path(file).read_text()
    got["folder"] = sorted(each.name for each in Path(folder.download()).iterdir())
    got["table"] = table.to_dict("list")
    return {name: repr(value) for name, value in got.items()}


@task
def coded(codes: list[Code], by_name: dict[str, Code]) -> int:
    return len(codes) + len(by_name)


@task
def first_line(file: File) -> str:
    return Path(file).read_text().splitlines()[0]
