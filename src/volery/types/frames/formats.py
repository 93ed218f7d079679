"""The formats of files that hold frames, by name: how each is written and read with pyarrow.

Parquet and Arrow keep a schema of their own. CSV and JSON do not: what wrote a CSV file tells the
schema to whoever reads it, and for files of others types are guessed where none are declared.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple, Protocol

from volery.errors import TypeMismatch, suggest
from volery.types.frames.arrow import ArrowType, Batch, Schema, Table, is_text, pa, types
from volery.types.mismatch import at

Source = Path | BinaryIO
"""A file in a folder, or one that is open for reading, with ``seek``."""


class Known(NamedTuple):
    """What is known about a file whose format does not say it.

    Attributes:
        schema: of the whole, from what wrote it; None for files of others.
        types: of some columns, as they are declared.
    """

    schema: Schema | None = None
    types: Mapping[str, ArrowType] = {}


class Reader(Protocol):
    """An open file."""

    schema: Schema
    """Of all the columns."""

    def batches(self, names: list[str] | None) -> Iterator[Batch]:
        """The rows, piece by piece; of some columns, in this order, or of all."""
        ...

    def table(self, names: list[str] | None) -> Table:
        """The rows at once."""
        ...


class ParquetReader:
    """A Parquet file; only the columns that are asked for are read."""

    def __init__(self, source: Source, known: Known) -> None:  # noqa: ARG002 - it says all itself
        parquet = import_module("pyarrow.parquet")
        self._file: Any = parquet.ParquetFile(_native(source))
        self.schema = _original(self._file) or self._file.schema_arrow

    def batches(self, names: list[str] | None) -> Iterator[Batch]:
        schema = _part(self.schema, names)
        for batch in self._file.iter_batches(columns=names):
            yield from _cast(pa.Table.from_batches([batch]), schema).to_batches()

    def table(self, names: list[str] | None) -> Table:
        return _cast(self._file.read(columns=names), _part(self.schema, names))


class ArrowReader:
    """An Arrow file (IPC, also known as Feather), whose columns need no decoding."""

    def __init__(self, source: Source, known: Known) -> None:  # noqa: ARG002 - it says all itself
        self._file: Any = pa.ipc.open_file(_native(source))
        self.schema = self._file.schema

    def batches(self, names: list[str] | None) -> Iterator[Batch]:
        names = _part(self.schema, names).names
        for index in range(self._file.num_record_batches):
            yield self._file.get_batch(index).select(names)

    def table(self, names: list[str] | None) -> Table:
        return self._file.read_all().select(_part(self.schema, names).names)


class CsvReader:
    """A CSV file with a header.

    An empty field is null and ``""`` is an empty text. In files of others words such as ``NA`` are
    null too, unless they stand in quotes.
    """

    def __init__(self, source: Source, known: Known) -> None:
        csv = import_module("pyarrow.csv")
        columns, nulls = known.types, {}
        if known.schema is not None:
            columns = {field.name: _undecoded(field.type) for field in known.schema}
            nulls = {"null_values": [""]}
        self._file: Any = csv.open_csv(
            _native(source),
            parse_options=csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=known.schema is None
            ),
            convert_options=csv.ConvertOptions(
                column_types=columns,
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                **nulls,
            ),
        )
        self.schema = known.schema or self._file.schema

    def batches(self, names: list[str] | None) -> Iterator[Batch]:
        schema = _part(self.schema, names)
        for batch in self._file:
            yield from _cast(pa.Table.from_batches([batch]), schema).to_batches()

    def table(self, names: list[str] | None) -> Table:
        return pa.Table.from_batches(self.batches(names), _part(self.schema, names))


class JsonReader:
    """A file of JSON lines, an object each; it is read at once."""

    def __init__(self, source: Source, known: Known) -> None:
        json = import_module("pyarrow.json")
        schema = pa.schema([*known.types.items()])
        options = json.ParseOptions(explicit_schema=schema, newlines_in_values=True)
        self._table: Any = json.read_json(_native(source), parse_options=options)
        self.schema = self._table.schema

    def batches(self, names: list[str] | None) -> Iterator[Batch]:
        yield from self.table(names).to_batches()

    def table(self, names: list[str] | None) -> Table:
        return self._table.select(_part(self.schema, names).names)


def _write_parquet(file: BinaryIO, schema: Schema, batches: Iterable[Batch]) -> None:
    parquet = import_module("pyarrow.parquet")
    rows = max(1024, min(_GROUP_ROWS, _GROUP_CELLS // max(1, len(schema))))
    # Numbers seldom repeat enough for dictionaries, and trying it costs a fifth of the time.
    texts = [field.name for field in schema if is_text(_undecoded(field.type))]
    with parquet.ParquetWriter(_sink(file), schema, use_dictionary=texts) as writer:
        for batch in batches:
            writer.write_batch(batch, row_group_size=rows)


def _write_arrow(file: BinaryIO, schema: Schema, batches: Iterable[Batch]) -> None:
    if any(types.is_dictionary(field.type) for field in schema):
        batches = pa.Table.from_batches(batches, schema).unify_dictionaries().to_batches()
    with pa.ipc.new_file(_sink(file), schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _write_csv(file: BinaryIO, schema: Schema, batches: Iterable[Batch]) -> None:
    csv = import_module("pyarrow.csv")
    if not len(schema) or any(types.is_float16(field.type) for field in schema):
        raise NotImplementedError("it holds neither frames without columns nor half floats")
    plain = pa.schema([field.with_type(_undecoded(field.type)) for field in schema])
    with csv.CSVWriter(_sink(file), plain) as writer:
        for batch in batches:
            writer.write_batch(batch.cast(plain))


class Write(Protocol):
    """Writes a frame to a file of which only ``write`` is used."""

    def __call__(self, file: BinaryIO, schema: Schema, batches: Iterable[Batch], /) -> None: ...


class Format(NamedTuple):
    """A format; `write` is None where it cannot hold everything that a frame may."""

    reader: Callable[[Source, Known], Reader]
    write: Write | None
    says_schema: bool


FORMATS: Final = {
    "parquet": Format(ParquetReader, _write_parquet, says_schema=True),
    "csv": Format(CsvReader, _write_csv, says_schema=False),
    "arrow": Format(ArrowReader, _write_arrow, says_schema=True),
    "json": Format(JsonReader, None, says_schema=False),
}
"""All formats, by name."""


def format_of(name: str, path: str) -> Format:
    """The format of a name.

    Raises:
        TypeMismatch: there is none; a newer version may know it.
    """
    if name in FORMATS:
        return FORMATS[name]
    raise TypeMismatch(
        f"the frame{at(path)} is in format {name!r}, which is not known here",
        hint=suggest(name, FORMATS),
        path=path,
    )


_GROUP_ROWS: Final = 1024 * 1024
_GROUP_CELLS: Final = 16 * _GROUP_ROWS
"""The size of a part of a Parquet file, which is held in memory while it is written."""


class _Sink(RawIOBase):
    """A file that can only be written to, with all that pyarrow asks of files."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return self._file.write(data)


def _sink(file: BinaryIO) -> Any:
    return pa.PythonFile(_Sink(file), mode="w")


def _native(source: Source) -> Any:
    """A source as a file of Arrow; one in a folder is mapped, not copied."""
    if isinstance(source, Path):
        return pa.memory_map(str(source))
    return pa.PythonFile(source, mode="r")


def _original(file: Any) -> Schema | None:
    """The schema as it was written: Parquet itself has no seconds and fewer dictionaries."""
    metadata: dict[bytes, bytes] = file.metadata.metadata or {}
    told = metadata.get(b"ARROW:schema")
    return None if told is None else pa.ipc.read_schema(pa.py_buffer(base64.b64decode(told)))


def _undecoded(kind: ArrowType) -> ArrowType:
    return kind.value_type if types.is_dictionary(kind) else kind


def _cast(table: Table, schema: Schema) -> Table:
    """A table with the columns of a schema, and their types; values of categories are encoded."""
    for place, field in enumerate(table.schema):
        wanted = schema.field(field.name).type if field.name in schema.names else field.type
        if types.is_dictionary(wanted) and not types.is_dictionary(field.type):
            encoded = table.column(place).cast(wanted.value_type).dictionary_encode()
            table = table.set_column(place, field.with_type(encoded.type), encoded)
    return table.select(schema.names).cast(schema)


def _part(schema: Schema, names: list[str] | None) -> Schema:
    """Some columns of a schema."""
    if names is None:
        return schema
    return pa.schema([schema.field(name) for name in names], metadata=schema.metadata)
