"""A helper module: it goes along with the code that imports it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PRICES = Path(__file__).with_name("prices.csv")


def prices() -> dict[str, float]:
    """What each thing costs, from a file that lies beside this module."""
    rows = (line.split(",") for line in PRICES.read_text().splitlines()[1:])
    return {name: float(price) for name, price in rows}


def known(orders: list[str]) -> Iterator[str]:
    """The orders of things that have a price."""
    return (name for each in orders if (name := each.strip().lower()) in prices())
