"""The values that are measured: the same on both sides, and in every run. Imports no side."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 20_26
PIECE = 8 * 1024 * 1024


@dataclass
class Point:
    """A small dataclass."""

    x: float
    y: float
    name: str
    weight: int


SCALARS: dict[str, Any] = {
    "int": 1_234_567,
    "float": 0.1,
    "str": "a name of some length",
    "bool": True,
    "datetime": dt.datetime(2026, 11, 22, 12, 30, 15, 250_000, tzinfo=dt.UTC),
    "dataclass": Point(x=0.1, y=2.5, name="a point", weight=3),
}
"""Values of one thing each, by the name of their type."""


def floats(n: int) -> list[float]:
    """Numbers with all their digits."""
    draw = random.Random(SEED).random  # noqa: S311 - the same in every run
    return [draw() for _ in range(n)]


def write_file(path: Path, size: int) -> None:
    """A file that no compression makes smaller."""
    source = random.Random(SEED)  # noqa: S311 - the same in every run
    with path.open("wb") as file:
        for start in range(0, size, PIECE):
            file.write(source.randbytes(min(PIECE, size - start)))


def frame(rows: int) -> Any:
    """A pandas frame of ten columns: seven of floats, two of ints, one of short texts."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(SEED)
    columns: dict[str, Any] = {f"float_{i}": draw.random(rows) for i in range(7)}
    columns |= {f"int_{i}": draw.integers(0, 1_000_000, rows) for i in range(2)}
    columns["text"] = np.array([f"name {i}" for i in range(1_000)])[draw.integers(0, 1_000, rows)]
    return pd.DataFrame(columns)
