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


def newest() -> int:
    """The version of the schema that this Volery reads and writes."""
    return len(_files())


def after(version: int) -> list[Migration]:
    """The steps that a database of this version has yet to take, in order."""
    files = _files()[version:]
    return [
        Migration(number, file.read_text(encoding="utf-8"))
        for number, file in enumerate(files, start=version + 1)
    ]


@cache
def _files() -> tuple[Path, ...]:
    return tuple(sorted(_FOLDER.glob("[0-9]*.sql")))
