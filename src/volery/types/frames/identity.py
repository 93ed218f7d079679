"""The identity of a frame: a digest of what it says, whatever file, chunks and encodings it has.

Every column gives streams of bytes: where its nulls are, the lengths of texts and lists, the
values. Each has a hash of its own that takes the rows as they come, so memory stays bounded and
neither chunks nor slices matter; a hash over all of them, over names and types, and over what
pandas says besides is the identity. What lies behind a null is not looked at, nor is the width of
offsets (``large_string``). Of a dictionary the categories count, and their order, where they mean
something: when they are ordered, and for pandas.
"""

from __future__ import annotations

import json
from typing import Any, Final

from volery.data.hashing import hasher
from volery.types.frames.arrow import (
    BINARIES,
    TEXTS,
    Array,
    ArrowType,
    Batch,
    Schema,
    compute,
    pa,
    types,
)
from volery.types.frames.metadata import beyond_arrow, categories_of, said_by_pandas

_VERSION: Final = b"volery.frame.1\n"
"""Begins every identity. Raise it when the form changes: identities are kept."""

_ONE_NAME: Final = (("string", TEXTS), ("binary", BINARIES))
"""Types that differ in their offsets only."""

_WIDEST: Final = 32
"""Bytes of the widest scalar of a fixed width: a decimal of 256 bits."""


class FrameHash:
    """The identity of rows that come batch by batch.

    Args:
        schema: of the batches.

    Raises:
        NotImplementedError: a column is of a type that has no form here, such as a union.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._rows = 0
        self._columns = [_Column(field.type) for field in schema]
        self._categories = _with_categories(schema) | categories_of(schema)

    def update(self, batch: Batch) -> None:
        """Take more rows."""
        self._rows += batch.num_rows
        for column, array in zip(self._columns, batch.columns, strict=True):
            column.update(array)
        for name in self._categories:
            if types.is_dictionary(batch.schema.field(name).type):
                self._categories[name] = batch.column(name).dictionary

    def hexdigest(self) -> str:
        """The identity of what came so far."""
        whole = hasher()
        whole.update(_VERSION)
        names = self._schema.names
        columns = [
            [name, each.word, each.digests()]
            for name, each in zip(names, self._columns, strict=True)
        ]
        categories = {name: _digests_of(array) for name, array in self._categories.items()}
        said = [self._rows, columns, categories, beyond_arrow(self._schema)]
        whole.update(json.dumps(said, sort_keys=True).encode())
        return whole.hexdigest()


class _Column:
    """The hashes of a column, and of the columns inside it."""

    def __init__(self, kind: ArrowType) -> None:
        self.word = _word(kind)
        self._kind = kind = _decoded(kind)
        self._length = 0
        self._nulls = hasher()  # where they are
        self._lengths = hasher()  # of texts and lists
        self._values = hasher()
        self._inner = [_Column(each) for each in _inner(kind)]

    def digests(self) -> list[Any]:
        """What was hashed, as JSON."""
        own = [each.hexdigest() for each in (self._nulls, self._lengths, self._values)]
        return [self._length, *own, [[each.word, each.digests()] for each in self._inner]]

    def update(self, array: Array) -> None:
        array, kind = _plain(array), self._kind
        if array.null_count:
            nulls = compute.indices_nonzero(array.is_null()).cast(pa.int64())
            self._nulls.update(_bytes_of(compute.add(nulls, self._length)))
        self._length += len(array)
        if types.is_struct(kind):
            for inner, part in zip(self._inner, array.flatten(), strict=True):
                inner.update(part)
        elif self._inner:
            lengths = compute.list_value_length(array).fill_null(0).cast(pa.int64())
            self._lengths.update(_bytes_of(lengths))
            self._inner[0].update(array.flatten())
        elif _is_text(kind):
            filled = _without_nulls(array.cast(pa.large_binary()))
            self._lengths.update(_bytes_of(compute.binary_length(filled)))
            self._values.update(_text_of(filled))
        elif not types.is_null(kind):
            self._values.update(_bytes_of(_without_nulls(array)))


def _digests_of(array: Array | None) -> list[Any]:
    if array is None:
        return []
    column = _Column(array.type)
    column.update(array)
    return column.digests()


def _decoded(kind: ArrowType) -> ArrowType:
    """The type behind an encoding or an extension; a map is a list of its entries."""
    if isinstance(kind, pa.BaseExtensionType):
        return _decoded(kind.storage_type)
    if types.is_map(kind):
        return pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))
    return _decoded(kind.value_type) if types.is_dictionary(kind) else kind


def _plain(array: Array) -> Array:
    """The values behind an encoding or an extension."""
    if isinstance(array, pa.ExtensionArray):
        return _plain(array.storage)
    if types.is_map(array.type):
        return array.cast(_decoded(array.type))
    return _plain(array.dictionary_decode()) if types.is_dictionary(array.type) else array


def _word(kind: ArrowType) -> str:
    """What a type is called, parts excluded."""
    for word, family in _ONE_NAME:
        if any(holds(kind) for holds in family):
            return word
    if isinstance(kind, pa.BaseExtensionType):
        return f"{kind.extension_name} of {_word(kind.storage_type)}"
    if types.is_dictionary(kind):
        ordered = "ordered " if kind.ordered else ""
        return f"{ordered}dictionary of {_word(kind.value_type)}"
    if types.is_struct(kind):
        return f"struct {json.dumps([field.name for field in kind])}"
    if types.is_fixed_size_list(kind) and kind.list_size:
        return f"list {kind.list_size}"
    if _is_list(kind) or types.is_map(kind):
        return "map" if types.is_map(kind) else "list"
    # lists of no places are among the nested: Parquet writes them and then cannot read them
    if types.is_nested(kind) or types.is_run_end_encoded(kind):
        raise NotImplementedError(f"a column of {kind} has no form that travels")
    return str(kind)


def _inner(kind: ArrowType) -> list[ArrowType]:
    if types.is_struct(kind):
        return [field.type for field in kind]
    return [kind.value_type] if _is_list(kind) or types.is_fixed_size_list(kind) else []


def _is_list(kind: ArrowType) -> bool:
    return types.is_list(kind) or types.is_large_list(kind)


def _is_text(kind: ArrowType) -> bool:
    return any(holds(kind) for _, family in _ONE_NAME for holds in family)


def _without_nulls(array: Array) -> Array:
    """An array of scalars, its nulls set to zeros or empty texts."""
    if types.is_boolean(array.type):
        array = array.cast(pa.uint8())
    if not array.null_count:
        return array
    if types.is_large_binary(array.type):
        return array.fill_null(b"")
    if types.is_fixed_size_binary(array.type):
        return array.fill_null(bytes(array.type.byte_width))
    zero = pa.Array.from_buffers(array.type, 1, [None, pa.py_buffer(bytes(_WIDEST))])[0]
    return array.fill_null(zero)


def _bytes_of(array: Array) -> memoryview:
    """The bytes of an array of values of a fixed width, without nulls."""
    width = array.type.bit_width // 8
    start = array.offset * width
    return memoryview(array.buffers()[1])[start : start + len(array) * width]


def _text_of(array: Array) -> memoryview | bytes:
    """The bytes of all texts of an array without nulls, one after the other."""
    _, offsets, data = array.buffers()
    if data is None or not len(array):
        return b""
    places = memoryview(offsets)[array.offset * 8 : (array.offset + len(array) + 1) * 8].cast("q")
    return memoryview(data)[places[0] : places[-1]]


def _with_categories(schema: Schema) -> dict[str, Array | None]:
    """The columns whose categories mean something."""
    pandas = said_by_pandas(schema) is not None
    return {
        field.name: None
        for field in schema
        if types.is_dictionary(field.type) and (pandas or field.type.ordered)
    }
