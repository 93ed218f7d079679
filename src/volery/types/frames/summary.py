"""What is said about a frame beside its bytes: facts for programs, a preview for people."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import msgspec

from volery.ir.content import MAX_OWN_PREVIEW, Content, Json
from volery.types.frames.arrow import Array, Batch, Schema, pa, types
from volery.types.frames.identity import FrameHash

_COLUMNS: Final = 200
"""Columns that the facts name."""
_HEAD: Final = 10
"""Rows that a preview has, at most."""
_WIDE: Final = 20
"""Columns of these rows."""
_LONG: Final = 60
"""Characters of a cell or a name that are shown."""
_CLOCKS: Final = (types.is_timestamp, types.is_date, types.is_time)


class Summary:
    """What is learned about a frame while its rows pass by once.

    Args:
        schema: of the rows.

    Raises:
        NotImplementedError: a column has no form that travels.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._hash = FrameHash(schema)
        self._rows = 0
        self._head: list[dict[str, Json]] = []

    def watch(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The same batches. Raises ValueError for rows of no columns, which no file can count."""
        for batch in batches:
            if batch.num_rows and not batch.num_columns:
                raise ValueError("it has rows and no columns: give it a column")
            self._hash.update(batch)
            if len(self._head) < _HEAD:
                self._head += _rows_of(batch.slice(0, _HEAD - len(self._head)))
            self._rows += batch.num_rows
            yield batch

    def told(self, content: Content, format: str, *, with_schema: bool) -> Content:
        """Content with identity, facts and preview of the rows that passed by.

        The facts are the number of rows, how many columns there are, and what the first of them
        hold.

        Args:
            content: the rows as they are written.
            format: how that is.
            with_schema: whether the facts hold the schema, for a format that does not say it.
        """
        facts: dict[str, Json] = {
            "rows": self._rows,
            "width": len(self._schema),
            "columns": _columns(self._schema, _COLUMNS),
        }
        if with_schema:
            facts["schema"] = base64.b64encode(self._schema.serialize()).decode()
        return msgspec.structs.replace(
            content,
            format=format,
            identity=self._hash.hexdigest(),
            facts=facts,
            preview=self._preview(),
        )

    def _preview(self) -> Json:
        """Columns and first rows, as many as `MAX_OWN_PREVIEW` bytes of JSON hold."""
        head, columns = self._head, _columns(self._schema, _WIDE)
        preview: dict[str, Json] = {"rows": self._rows, "width": len(self._schema)}
        while True:
            shown = preview | {"columns": columns, "head": head}
            if len(msgspec.json.encode(shown)) <= MAX_OWN_PREVIEW:
                return shown
            head = head[:-1]


def schema_of(facts: dict[str, Json]) -> Schema | None:
    """The schema that facts tell, if they do.

    Raises:
        ValueError: it cannot be read.
    """
    told = facts.get("schema")
    return None if told is None else pa.ipc.read_schema(pa.py_buffer(base64.b64decode(told)))


def _columns(schema: Schema, most: int) -> dict[str, str]:
    """Names and types of the first columns."""
    return {_cut(field.name): _cut(str(field.type)) for field in islice(schema, most)}


def _rows_of(batch: Batch) -> list[dict[str, Json]]:
    names = [_cut(name) for name in batch.schema.names[:_WIDE]]
    columns = [_cells(array) for array in batch.columns[:_WIDE]]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _cells(array: Array) -> list[Json]:
    """The values of a short array as JSON; dates and their like as Arrow writes them."""
    if any(holds(array.type) for holds in _CLOCKS):
        array = array.cast(pa.string())
    return [_cell(value) for value in array.to_pylist()]


def _cell(value: Any) -> Json:
    match value:
        case None | bool():
            return value
        case int() if -(2**53) <= value <= 2**53:
            return value
        case float() if math.isfinite(value):
            return value
        case str():
            return _cut(value)
        case bytes():
            return _cut(repr(value[:_LONG]))
        case _:
            return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
