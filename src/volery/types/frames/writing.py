"""Frames become content: written, hashed and summed up while their rows pass by once."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from volery.data.content import write_content
from volery.errors import TypeMismatch
from volery.ir.content import Content
from volery.ir.types import FrameType
from volery.types.frames import faults
from volery.types.frames.arrow import Rows, batches_of, pa
from volery.types.frames.formats import FORMATS, Write, format_of
from volery.types.frames.metadata import index_columns
from volery.types.frames.schema import check_columns, names_of
from volery.types.frames.summary import Summary
from volery.types.mismatch import at

DEFAULT = "parquet"
"""The format of frames that nobody asked another one for."""


def store(rows: Rows, kind: FrameType, path: str, uri: str = "") -> Content:
    """Write a frame.

    Args:
        rows: of any number of columns; those that are not declared are left out, except for levels
            of the index.
        kind: its declared columns and format.
        path: where the frame stands in the whole.
        uri: where to write it; empty: into the storage.

    Raises:
        TypeMismatch: declared columns are missing or hold something else, or the format cannot
            hold what the columns hold.
    """
    name = kind.format or DEFAULT
    write = _writer(name, path)
    check_columns(rows.schema, kind.columns, path)
    rows = _declared(rows, kind)
    with faults.writing(name, path):
        summary = Summary(rows.schema)

        def dump(file: BinaryIO) -> None:
            write(file, rows.schema, summary.watch(batches_of(rows)))

        content = _write_to(uri, dump) if uri else write_content(dump)
    return summary.told(content, name, with_schema=not FORMATS[name].says_schema)


def _writer(name: str, path: str) -> Write:
    write = format_of(name, path).write
    if write is None:
        raise TypeMismatch(
            f"the frame{at(path)} cannot be written as {name}, which is only read",
            hint=f"declare {' or '.join(each for each, how in FORMATS.items() if how.write)}",
            path=path,
        )
    return write


def _declared(rows: Rows, kind: FrameType) -> Rows:
    """The rows with their declared columns only, and what pandas needs of the index."""
    names = names_of(rows.schema, kind.columns)
    if names is None:
        return rows
    names += [name for name in index_columns(rows.schema) if name not in names]
    if names == rows.schema.names:
        return rows
    if isinstance(rows, pa.Table):
        return rows.select(names)
    schema = pa.schema([rows.schema.field(name) for name in names], rows.schema.metadata)
    return pa.RecordBatchReader.from_batches(schema, (batch.select(names) for batch in rows))


def _write_to(uri: str, dump: Callable[[BinaryIO], None]) -> Content:
    from volery.data.remote import open_writer

    with open_writer(uri) as file:
        dump(file)
    return Content(uri=uri)
