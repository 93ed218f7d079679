"""``SQLite3Task``: a query of an SQLite file, wherever that is."""

from __future__ import annotations

import datetime as dt
import sqlite3
import zipfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Unpack

from volery.data.places import path_of
from volery.errors import DefinitionError, StorageError
from volery.kinds.sql import Connection, SQLTask, Style
from volery.sdk.context import current_context
from volery.sdk.options import flag, text
from volery.sdk.setting import Setting
from volery.sdk.source import here, show
from volery.types.file import File

if TYPE_CHECKING:
    from volery.sdk.options import TaskOptions
    from volery.sdk.secret import Secret

MOST: Final = 64 * 1024**3
"""Bytes of a database that is unpacked."""


class SQLite3Config(Setting, frozen=True):
    """An SQLite file. It is only read.

    Args:
        uri: a path, or a URI that files can have; one elsewhere is brought here first.
        compressed: it is a zip archive with the database as its only file.

    Raises:
        DefinitionError: a value cannot be used.
    """

    uri: str
    compressed: bool = False

    def __post_init__(self) -> None:
        place = f"SQLite3Config ({show(here())})"
        if not text(self.uri, "uri", place):
            raise DefinitionError(f"{place}: uri= takes a path or a URI, and is empty")
        flag(self.compressed, "compressed", place)

    @property
    def style(self) -> Style:
        return "named"

    @property
    def secrets(self) -> Sequence[Secret]:
        return ()

    @contextmanager
    def connect(self) -> Generator[Connection]:
        path = path_of(self.uri) or Path(File(self.uri).path)
        if self.compressed:
            path = _unpacked(path)
        if not path.is_file():
            raise StorageError(f"there is no SQLite file at {self.uri}")
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            yield opened


class SQLite3Task(SQLTask):
    """A query of an SQLite file: see `SQLTask`. Times are bound as texts in ISO 8601.

    Args:
        name, query_template, inputs, outputs, options: see `SQLTask`.
        task_config: the file.
    """

    def __init__(
        self,
        name: str,
        query_template: str,
        task_config: SQLite3Config,
        *,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        **options: Unpack[TaskOptions],
    ) -> None:
        super().__init__(
            name, query_template, task_config, inputs=inputs, outputs=outputs, **options
        )

    def execute(self, **inputs: Any) -> Any:
        return super().execute(**{name: _adapted(each) for name, each in inputs.items()})


def _adapted(value: Any) -> Any:
    """A value of a type that SQLite has not, as a text."""
    match value:
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _unpacked(path: Path) -> Path:
    try:
        with zipfile.ZipFile(path) as archive:
            files = [each for each in archive.infolist() if not each.is_dir()]
            if len(files) != 1 or files[0].file_size > MOST:
                raise StorageError(
                    f"{path} has {len(files)} files, expected the database and nothing else"
                )
            target = Path(current_context().working_directory, f"{path.name}.db")
            with archive.open(files[0]) as packed, target.open("wb") as unpacked:
                while chunk := packed.read(1 << 20):
                    unpacked.write(chunk)
            return target
    except zipfile.BadZipFile as error:
        raise StorageError(f"{path} is no zip archive: {error}") from None
