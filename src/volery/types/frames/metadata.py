"""What a schema says for pandas: its index, and what Arrow has no place for.

pandas keeps its own description in the schema, under ``pandas``. What it leaves out stands beside
it: the categories that are no texts (Parquet has dictionaries of texts only) and the frequency of
an index of times.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from volery.types.frames.arrow import Array, Schema, Table, pa

_CATEGORIES: Final = b"volery.categories"
_FREQUENCY: Final = b"volery.frequency"
_UNNAMED: Final = "__index_level_"
"""How pandas calls the columns of index levels that have no name."""


class Described(msgspec.Struct, frozen=True):
    """What pandas says about a column."""

    field_name: str | None = None
    pandas_type: str | None = None
    numpy_type: str | None = None
    metadata: dict[str, Any] | None = None


class Said(msgspec.Struct, frozen=True):
    """The description that pandas leaves in a schema."""

    index_columns: list[str | dict[str, Any]] = []
    columns: list[Described] = []
    pandas_version: str | None = None


def said_by_pandas(schema: Schema) -> Said | None:
    """What pandas says in a schema; None if it says nothing that can be read."""
    told = _metadata(schema).get(b"pandas")
    try:
        return None if told is None else msgspec.json.decode(told, type=Said)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def index_of(schema: Schema) -> list[str | dict[str, Any]]:
    """The levels of the index: names of columns, or a dict where it is a range.

    Empty for the index that every frame has: 0, 1, 2, ...
    """
    said = said_by_pandas(schema)
    match said.index_columns if said else []:
        case [{"kind": "range", "name": None, "start": 0, "step": 1}]:
            return []
        case levels:
            return levels


def index_columns(schema: Schema) -> list[str]:
    """The columns that are levels of the index."""
    return [each for each in index_of(schema) if isinstance(each, str) and each in schema.names]


def described_columns(schema: Schema) -> dict[str, Described]:
    """What pandas says about each column."""
    said = said_by_pandas(schema)
    columns = said.columns if said else []
    return {each.field_name: each for each in columns if each.field_name is not None}


def pandas_version(schema: Schema) -> int:
    """The pandas that described a schema, without minor versions; 0: none that says which."""
    said = said_by_pandas(schema)
    major = ((said and said.pandas_version) or "").partition(".")[0]
    return int(major) if major.isdecimal() else 0


def unnamed_index_columns(schema: Schema) -> list[str]:
    """The columns that are levels of the index and have no name but the one pandas gave them."""
    return [name for name in index_columns(schema) if name.startswith(_UNNAMED)]


def with_categories(table: Table, categories: Mapping[str, Array]) -> Table:
    """A table whose schema tells categories of columns."""
    if not categories:
        return table
    lists = {
        name: pa.ListArray.from_arrays([0, len(each)], each) for name, each in categories.items()
    }
    batch = pa.RecordBatch.from_arrays([*lists.values()], names=[*lists])
    file = pa.BufferOutputStream()
    with pa.ipc.new_stream(file, batch.schema) as writer:
        writer.write_batch(batch)
    return _with(table, _CATEGORIES, file.getvalue().to_pybytes())


def categories_of(schema: Schema) -> dict[str, Array]:
    """The categories that `with_categories` told."""
    told = _metadata(schema).get(_CATEGORIES)
    if told is None:
        return {}
    batch = pa.ipc.open_stream(pa.py_buffer(told)).read_next_batch()
    lists = zip(batch.schema.names, batch.columns, strict=True)
    return {name: each.flatten() for name, each in lists if name in schema.names}


def with_frequency(table: Table, frequency: str | None) -> Table:
    """A table whose schema tells the frequency of the index."""
    return _with(table, _FREQUENCY, frequency.encode()) if frequency else table


def frequency_of(schema: Schema) -> str | None:
    """The frequency that `with_frequency` told."""
    told = _metadata(schema).get(_FREQUENCY)
    return None if told is None else told.decode()


def _metadata(schema: Schema) -> dict[bytes, bytes]:
    return schema.metadata or {}


def _with(table: Table, key: bytes, text: bytes) -> Table:
    return table.replace_schema_metadata({**_metadata(table.schema), key: text})
