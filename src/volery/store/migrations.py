"""The numbered steps that bring a database to the newest schema; forward only."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

_FOLDER = Path(__file__).with_name("migrations")


class Migration(msgspec.Struct, frozen=True):
    """A step: a SQL script that takes a database from version `version` - 1 to `version`."""

    version: int
    script: str


def newest(dialect: str) -> int:
    """The version of the schema that this Volery reads and writes.

    `dialect` is the name of a folder in `migrations`.
    """
    return len(_files(dialect))


def after(version: int, dialect: str) -> list[Migration]:
    """The steps that a database of this version has yet to take, in order."""
    files = _files(dialect)[version:]
    return [
        Migration(number, file.read_text(encoding="utf-8"))
        for number, file in enumerate(files, start=version + 1)
    ]


@cache
def _files(dialect: str) -> tuple[Path, ...]:
    return tuple(sorted(_FOLDER.joinpath(dialect).glob("[0-9]*.sql")))
