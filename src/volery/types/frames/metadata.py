"""What a schema says for pandas: its index and dtypes, and what Arrow has no place for.

pandas keeps its own description in the schema, under ``pandas``. What it leaves out stands beside
it: the categories that are no texts (Parquet has dictionaries of texts only) and the frequency of
an index of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from volery.types.frames.arrow import Array, ArrowType, Schema, Table, is_text, pa, types

_CATEGORIES: Final = b"volery.categories"
_FREQUENCY: Final = b"volery.frequency"
_UNNAMED: Final = "__index_level_"
"""How pandas calls the columns of index levels that have no name."""
_OF_ARROW: Final = re.compile(r"bool|str|u?int\d+|float\d+|(datetime|timedelta)64\[\w+\]")
"""The dtypes that pandas gives to columns of Arrow by itself, objects aside."""
_NO_OBJECTS: Final = (
    types.is_boolean, types.is_integer, types.is_floating, types.is_timestamp, types.is_duration,
)  # fmt: skip
"""The types of Arrow that pandas does not make objects of by itself."""


class Described(msgspec.Struct, frozen=True):
    """What pandas says about a column, or about the labels of columns."""

    name: Any = None
    field_name: str | None = None
    pandas_type: str | None = None
    numpy_type: str | None = None
    metadata: dict[str, Any] | None = None


class Said(msgspec.Struct, frozen=True):
    """The description that pandas leaves in a schema."""

    index_columns: list[str | dict[str, Any]] = []
    columns: list[Described] = []
    column_indexes: list[Described] = []
    attributes: dict[str, Any] | None = None
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


def dtypes_of(schema: Schema) -> dict[str, str]:
    """The dtypes that Arrow's types do not tell, by column and level, as pandas calls them.

    Categories are told by `categories_of`.
    """
    said = said_by_pandas(schema)
    told = _told if said and _major(said.pandas_version) >= 3 else _told_before_3
    return {
        name: each.numpy_type
        for name, each in _described(schema)
        if each.numpy_type
        and each.pandas_type != "categorical"
        and not told(schema.field(name).type, each.numpy_type)
    }


def _told(kind: ArrowType, dtype: str) -> bool:
    """Whether pandas gives a dtype to columns of a type by itself."""
    if dtype == "object":
        return not (is_text(kind) or any(holds(kind) for holds in _NO_OBJECTS))
    return _OF_ARROW.fullmatch(dtype) is not None


def _told_before_3(kind: ArrowType, dtype: str) -> bool:
    """The same when all texts were objects."""
    return (dtype == "object" and is_text(kind)) or _told(kind, dtype)


def _major(version: str | None) -> int:
    major = (version or "").partition(".")[0]
    return int(major) if major.isdecimal() else 0


def ordered_columns(schema: Schema) -> list[str]:
    """The columns and levels of categories that are ordered."""
    return [
        name for name, each in _described(schema) if each.metadata and each.metadata.get("ordered")
    ]


def _described(schema: Schema) -> Iterator[tuple[str, Described]]:
    """What pandas says about the columns and levels that are there."""
    said, names = said_by_pandas(schema), set(schema.names)
    for each in said.columns if said else []:
        if each.field_name is not None and each.field_name in names:
            yield each.field_name, each


def beyond_arrow(schema: Schema) -> dict[str, Any]:
    """What pandas says of a frame that types and names do not; empty for an ordinary one."""
    said = said_by_pandas(schema)
    if said is None:
        return {}
    labels = [[each.name, each.pandas_type, each.numpy_type] for each in said.column_indexes]
    beyond = {
        "index": index_of(schema),
        "labels": [] if _are_texts(said.column_indexes) else labels,
        "dtypes": dtypes_of(schema),
        "ordered": ordered_columns(schema),
        "frequency": frequency_of(schema),
        "attributes": said.attributes,
    }
    return {name: each for name, each in beyond.items() if each}


def _are_texts(labels: list[Described]) -> bool:
    """Whether columns have one label each, a text, as all columns of Arrow do."""
    match labels:
        case [] | [Described(name=None, pandas_type="unicode" | "empty")]:
            return True
        case _:
            return False


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
