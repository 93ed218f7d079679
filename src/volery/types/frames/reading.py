"""Frames that are kept somewhere, and read when and as far as they are asked for."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import quote

from volery.data.content import open_content
from volery.data.places import path_of
from volery.errors import MissingContent
from volery.ir.content import Content
from volery.ir.types import Field
from volery.types.frames import faults
from volery.types.frames.arrow import Batch, Rows, Schema, Table, pa
from volery.types.frames.formats import Known, Reader, format_of
from volery.types.frames.schema import arrow_types, check_alike, check_columns, names_of
from volery.types.frames.suffixes import format_by_name
from volery.types.frames.summary import schema_of

if TYPE_CHECKING:
    from volery.data.storage import Storage

_ESCAPED: Final = ("file:", "memory:")
"""The schemes of folders in whose URIs names are escaped (see `data.places`)."""


class StoredFrame:
    """A frame in the storage, or in a file or folder of somebody else.

    Args:
        content: what a value says about it.
        storage: where it is, unless it is somebody else's.
        columns: those that are declared; they are checked, and only they are read.
        path: where the frame stands in the whole.

    Everything raises TypeMismatch for what cannot be read or has other columns, and StorageError
    and its children for bytes that cannot be reached.
    """

    def __init__(
        self, content: Content, storage: Storage, columns: tuple[Field, ...], path: str
    ) -> None:
        self.content = content
        self.storage = storage
        self._columns = columns
        self.path = path

    @cached_property
    def schema(self) -> Schema:
        """Of all the columns that the files have, declared or not."""
        with self._open(self._files[0]) as reader:
            return reader.schema

    @cached_property
    def declared(self) -> list[str] | None:
        """The columns that are declared; they are there. None: all."""
        if not self._columns:
            return None
        self.check()
        return names_of(self.schema, self._columns)

    def check(self) -> None:
        """Check that it is there, and has the declared columns."""
        check_columns(self.schema, self._columns, self.path)

    @property
    def uri(self) -> str:
        """Where it is, for people and other programs; empty where it is in the value."""
        content = self.content
        if content.uri or content.data is not None:
            return content.uri
        return self.storage.uri(content.digest)

    @property
    def rows_told(self) -> int | None:
        """How many rows it has, if that is told."""
        told = self.content.facts.get("rows")
        return told if type(told) is int else None

    @property
    def format(self) -> str:
        """The format that is told, or that the name of somebody else's file tells."""
        content = self.content
        return content.format or format_by_name(content.uri) or "parquet"

    def batches(self, names: list[str] | None) -> Iterator[Batch]:
        """The rows of some columns, or of all, piece by piece, with bounded memory."""
        for reader in self._readers(names):
            yield from reader.batches(names)

    def rows(self, names: list[str] | None) -> Rows:
        """The same as a ``RecordBatchReader``."""
        return pa.RecordBatchReader.from_batches(self.empty(names).schema, self.batches(names))

    def empty(self, names: list[str] | None) -> Table:
        """A table of some columns, or of all, without rows."""
        table = self.schema.empty_table()
        return table if names is None else table.select(names)

    def table(self, names: list[str] | None) -> Table:
        """The rows at once; those of an Arrow file on this machine are not copied."""
        return pa.concat_tables([reader.table(names) for reader in self._readers(names)])

    def file(self) -> Path | None:
        """The one file on this machine that has it all, if there is such a file."""
        files = self._files
        return self._place(files[0]) if len(files) == 1 else None

    @cached_property
    def _files(self) -> list[str]:
        """URIs of the files; an empty one stands for what is in the storage."""
        uri = self.content.uri
        if not uri:
            return [""]
        from volery.data.remote import is_folder, listing

        if not is_folder(uri):
            return [uri]
        files = sorted(name for name, _ in listing(uri) if self._is_part(name))
        if not files:
            raise MissingContent(
                f"{uri} has no {self.format} files", hint="check the URI and the format"
            )
        escape = quote if uri.startswith(_ESCAPED) else str
        return [f"{uri.rstrip('/')}/{escape(name)}" for name in files]

    def _is_part(self, name: str) -> bool:
        hidden = any(part.startswith(("_", ".")) for part in PurePosixPath(name).parts)
        return not hidden and format_by_name(name) == self.format

    def _readers(self, names: list[str] | None) -> Iterator[Reader]:
        """The files, open, one after the other."""
        for file in self._files:
            with self._open(file) as reader:
                if file != self._files[0]:
                    check_alike(file, reader.schema, self.schema, names, self.path)
                yield reader

    @contextmanager
    def _open(self, uri: str) -> Generator[Reader]:
        """One of the files, open."""
        form = format_of(self.format, self.path)
        with faults.reading(self.format, self.path, uri):
            known = Known(schema_of(self.content.facts), arrow_types(self._columns))
            place = self._place(uri)
            if place is not None:
                yield form.reader(place, known)
                return
            with self._stream(uri) as file:
                yield form.reader(file, known)

    def _place(self, uri: str) -> Path | None:
        """Where a file is on this machine, if it is."""
        if uri:
            return path_of(uri)
        content = self.content
        if content.data is not None:
            return None
        return self.storage.in_place(content.digest, content.size)

    def _stream(self, uri: str) -> BinaryIO:
        """A file that is elsewhere; only what is read of it is fetched."""
        if not uri:
            return open_content(self.content, self.storage)
        from volery.data.remote import open_uri

        return open_uri(uri)
