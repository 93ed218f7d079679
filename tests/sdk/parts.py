"""A value in which every kind of record holds the next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, TypedDict

import attrs
import msgspec
import pydantic

from volery import task


class Currency(Enum):
    EUR = "EUR"


@dataclass
class Label:
    text: str


class Address(pydantic.BaseModel):
    street: str = ""
    city: str


@attrs.define
class Customer:
    address: Address
    names: dict[str, Label]


class Order(msgspec.Struct):
    customer: Customer


class Amount(TypedDict):
    cents: float


class Shop(NamedTuple):
    orders: list[Order]
    totals: dict[Currency, Amount]


@task
def shop(count: int = 2) -> list[Shop]:
    """A single shop with so many equal orders."""
    customer = Customer(Address(city="Bern"), {"last": Label("Doe")})
    return [Shop([Order(customer)] * count, {Currency.EUR: Amount(cents=1.5)})]
