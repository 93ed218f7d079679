"""The formats of frames by name, and the names of files in them. Loads nothing."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

SUFFIXES: Final = {
    "parquet": (".parquet", ".pq"),
    "csv": (".csv",),
    "arrow": (".arrow", ".feather", ".ipc"),
    "json": (".json", ".jsonl", ".ndjson"),
}
"""How files in each format are called."""


def format_by_name(file: str) -> str | None:
    """The format that the name of a file tells."""
    suffix = PurePosixPath(file).suffix.lower()
    return next((name for name, suffixes in SUFFIXES.items() if suffix in suffixes), None)
