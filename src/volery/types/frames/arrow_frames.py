"""``pyarrow.Table``, and ``pyarrow.RecordBatchReader`` for rows that come piece by piece."""

from __future__ import annotations

from volery.errors import TypeMismatch
from volery.types.frames.arrow import Rows, Table
from volery.types.frames.library import FrameLibrary
from volery.types.frames.reading import StoredFrame
from volery.types.mismatch import at


class Tables(FrameLibrary):
    """Tables are what is written and read."""

    def to_rows(self, frame: Rows, path: str) -> Rows:
        names = frame.schema.names
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise TypeMismatch(
                f"the table{at(path)} has several columns called {', '.join(twice)}",
                hint="give every column a name of its own",
                path=path,
            )
        return frame

    def from_table(self, table: Table, declared: list[str] | None) -> Table:
        return table if declared is None else table.select(declared)


class Readers(Tables):
    """Readers are used up when they are written, and read the file while they are used."""

    def from_table(self, table: Table, declared: list[str] | None) -> Rows:
        return super().from_table(table, declared).to_reader()

    def read(self, stored: StoredFrame) -> Rows:
        return stored.rows(stored.declared)
