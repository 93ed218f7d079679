"""``polars.DataFrame`` and ``polars.LazyFrame``.

polars has no index: the levels that a pandas frame has arrive as columns if they have names, and
are left out if not, as ``polars.from_pandas`` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Final

from volery.errors import TypeMismatch
from volery.types.frames.arrow import Batch, Rows, Schema, Table, pa
from volery.types.frames.library import FrameLibrary
from volery.types.frames.metadata import unnamed_index_columns
from volery.types.frames.reading import StoredFrame
from volery.types.mismatch import at, step

_pl: Any = import_module("polars")
_Panic: Any = _pl.exceptions.PanicException
"""What polars raises where it did not expect the data; no child of Exception."""


class DataFrames(FrameLibrary):
    """Frames in memory; their columns are shared with Arrow, not copied."""

    def to_rows(self, frame: Any, path: str) -> Rows:
        _check(frame.schema, path)
        try:
            return frame.to_arrow()
        except (pa.ArrowException, _Panic) as error:  # 128-bit integers, or a zero in a name
            raise _failed("made Arrow data", error, path) from error

    def columns(self, stored: StoredFrame) -> list[str] | None:
        hidden = unnamed_index_columns(stored.schema)
        if stored.declared is not None or not hidden:
            return stored.declared
        return [name for name in stored.schema.names if name not in hidden]

    def from_table(self, table: Table, declared: list[str] | None) -> Any:
        return _frame(table if declared is None else table.select(declared))


class LazyFrames(DataFrames):
    """Plans: collected batch by batch while they are written, a scan of the file when read."""

    def to_rows(self, frame: Any, path: str) -> Rows:
        try:
            schema = frame.collect_schema()
        except _pl.exceptions.PolarsError as error:
            raise _failed("collected", error, path) from error
        empty = super().to_rows(_pl.DataFrame(schema=schema), path).schema
        return pa.RecordBatchReader.from_batches(empty, _collected(frame, empty, path))

    def from_table(self, table: Table, declared: list[str] | None) -> Any:
        return super().from_table(table, declared).lazy()

    def read(self, stored: StoredFrame) -> Any:
        names, file = self.columns(stored), stored.file()
        if file is not None and stored.format in _SCANS:
            plan = _SCANS[stored.format](file, glob=False)
            return plan if names is None else plan.select(names)
        return _scan(stored, names)


_SCANS: Final = {"parquet": _pl.scan_parquet, "arrow": _pl.scan_ipc}
"""The formats whose types polars reads as pyarrow wrote them."""


def _collected(frame: Any, schema: Schema, path: str) -> Iterator[Batch]:
    try:
        for part in frame.collect_batches():
            table = part.to_arrow()
            if schema.names:  # a cast of no columns loses the number of rows
                table = table.cast(schema)
            yield from table.to_batches()
    except _pl.exceptions.PolarsError as error:
        raise _failed("collected", error, path) from error


def _scan(stored: StoredFrame, names: list[str] | None) -> Any:
    """A scan of what polars does not open itself: what is in a bucket or a value, or in CSV."""
    from polars.io.plugins import register_io_source

    def read(
        columns: list[str] | None, predicate: Any, rows: int | None, _: int | None
    ) -> Iterator[Any]:
        for batch in stored.batches(names if columns is None else columns):
            part = _frame(pa.Table.from_batches([batch]))
            if rows is not None:
                part = part.head(rows)
                rows -= len(part)
            yield part if predicate is None else part.filter(predicate)
            if rows == 0:
                return

    return register_io_source(read, schema=_frame(stored.empty(names)).schema)


def _frame(table: Table) -> Any:
    try:
        frame = _pl.from_arrow(table.rename_columns([*map(str, range(table.num_columns))]))
        frame.columns = table.column_names  # polars itself would give a name to one without
    except _Panic as error:
        raise ValueError(str(error)) from error
    return frame


def _check(schema: Any, path: str) -> None:
    """Refuse columns of Python objects, which Arrow would take for their addresses."""
    objects = [name for name, kind in schema.items() if kind == _pl.Object]
    if objects:
        raise TypeMismatch(
            f"the frame has Python objects in {', '.join(step(path, name) for name in objects)}",
            hint="cast them to a type of polars",
            path=step(path, objects[0]) if len(objects) == 1 else path,
        )


def _failed(what: str, error: Exception, path: str) -> TypeMismatch:
    return TypeMismatch(
        f"the frame cannot be {what}{at(path)}",
        hint=f"{type(error).__name__}: {str(error).partition(chr(10))[0]}",
        path=path,
    )
