"""``pandas.DataFrame``: its index, labels and dtypes come back as they were.

In columns of objects, missing values come back as None, whichever kind of nothing they were.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from volery.errors import TypeMismatch
from volery.types.frames import faults
from volery.types.frames.arrow import Array, ArrowType, Rows, Schema, Table, pa
from volery.types.frames.library import FrameLibrary
from volery.types.frames.metadata import (
    categories_of,
    described_columns,
    frequency_of,
    index_columns,
    pandas_version,
    with_categories,
    with_frequency,
)
from volery.types.frames.reading import StoredFrame
from volery.types.mismatch import at, preview, step

_pd: Any = import_module("pandas")


class DataFrames(FrameLibrary):
    """Frames in memory."""

    def to_rows(self, frame: Any, path: str) -> Rows:
        _check_labels(frame, path)
        table = _table(frame, path)
        with faults.writing("Arrow data", path):
            categories = _categories(frame)
            for place, each in categories.items():
                table = table if _is_text(each.type) else _decoded(table, place)
            named = {table.schema.names[place]: each for place, each in categories.items()}
            table = with_frequency(with_categories(table, named), _frequency(frame.index))
        try:
            back = self.from_table(table.slice(0, 0), None)
        except faults.FAULTS:  # labels that pandas describes and then does not understand
            raise _labels_lost(frame, path) from None
        _check_returns(frame, back, path)
        return table

    def columns(self, stored: StoredFrame) -> list[str] | None:
        names = stored.declared
        if names is None:
            return None
        return [*names, *(each for each in index_columns(stored.schema) if each not in names)]

    def from_table(self, table: Table, declared: list[str] | None) -> Any:
        frame = table.to_pandas()
        _restore(frame, table)
        if declared is None:
            return frame
        levels = [name for name in declared if name in frame.index.names]
        frame = frame.reset_index(level=levels) if levels else frame
        labels = _labels(frame)
        return frame[[labels[name] for name in declared]]


def _labels(frame: Any) -> dict[str, Any]:
    """The labels of the columns, by the names that they have in Arrow."""
    return {str(label): label for label in frame.columns}


def _check_labels(frame: Any, path: str) -> None:
    if not frame.columns.is_unique:
        twice = ", ".join(map(preview, frame.columns[frame.columns.duplicated()].unique()))
        raise TypeMismatch(
            f"the frame{at(path)} has several columns with the label {twice}",
            hint="give every column a label of its own",
            path=path,
        )
    if not isinstance(frame.columns, _pd.MultiIndex) and "mixed" in frame.columns.inferred_type:
        raise _labels_lost(frame, path)


def _labels_lost(frame: Any, path: str) -> TypeMismatch:
    return TypeMismatch(
        f"the frame{at(path)} has labels that Arrow does not keep: {preview([*frame.columns])}",
        hint="frame.columns = frame.columns.astype(str)",
        path=path,
    )


def _check_returns(frame: Any, back: Any, path: str) -> None:
    """Refuse a frame that would come back with other labels or dtypes than it has."""
    if not back.columns.equals(frame.columns):
        raise _labels_lost(frame, path)
    pairs = zip(frame.columns, frame.dtypes, back.dtypes, strict=True)
    lost = {label: (mine, other) for label, mine, other in pairs if mine != other}
    if lost:
        listed = [f"{step(path, name)} from {a} to {b}" for name, (a, b) in lost.items()]
        raise TypeMismatch(
            f"dtypes of the frame{at(path)} would change on the way: {'; '.join(listed)}",
            hint="convert them with .astype(...) before",
            path=step(path, next(iter(lost))) if len(lost) == 1 else path,
        )


def _table(frame: Any, path: str) -> Table:
    try:
        table = pa.Table.from_pandas(frame)
    except faults.FAULTS as error:
        raise _refused(frame, error, path) from error
    for field in list(table.schema)[len(frame.columns) :]:
        if pa.types.is_dictionary(field.type) and not _is_text(field.type.value_type):
            raise TypeMismatch(
                f"the frame{at(path)} has an index of categories that are no texts: {field.name}",
                hint="make it a column: frame.reset_index()",
                path=path,
            )
    return table


def _refused(frame: Any, error: Exception, path: str) -> TypeMismatch:
    """The error for a frame that Arrow cannot hold: it names every column that is to blame."""
    wrong: dict[str, str] = {}
    for label in frame.columns:
        try:
            pa.array(frame[label], from_pandas=True)
        except faults.FAULTS as reason:
            wrong[step(path, str(label))] = faults.first_line(reason)
    listed = "; ".join(f"{place}: {reason}" for place, reason in wrong.items())
    return TypeMismatch(
        f"the frame{at(path)} holds what Arrow does not: {listed or faults.first_line(error)}",
        hint="give every column one type, with .astype(...)",
        path=next(iter(wrong)) if len(wrong) == 1 else path,
    )


def _categories(frame: Any) -> dict[int, Array]:
    """The categories of columns, by their place: Parquet and CSV do not keep all of them."""
    return {
        place: pa.array(dtype.categories, from_pandas=True)
        for place, dtype in enumerate(frame.dtypes)
        if isinstance(dtype, _pd.CategoricalDtype)
    }


def _is_text(kind: ArrowType) -> bool:
    return kind in {pa.string(), pa.large_string()}


def _decoded(table: Table, place: int) -> Table:
    """A table with the values in place of a column of categories."""
    chunks = [each.dictionary.take(each.indices) for each in table.column(place).chunks]
    kind = table.schema.field(place).type.value_type
    field = pa.field(table.schema.names[place], kind)
    return table.set_column(place, field, pa.chunked_array(chunks, kind))


def _frequency(index: Any) -> str | None:
    times = (_pd.DatetimeIndex, _pd.TimedeltaIndex)
    return index.freqstr if isinstance(index, times) else None


def _restore(frame: Any, table: Table) -> None:
    """Give a frame what pandas itself does not make again of Arrow data."""
    schema, labels = table.schema, _labels(frame)
    for name in _objects(schema):
        label = labels.get(name)
        if label is not None and frame[label].dtype != object:
            values = table[name].to_pylist()
            frame[label] = _pd.Series(values, dtype=object, index=frame.index)
    for name, categories, ordered in _told_categories(schema):
        if name in labels:
            dtype = _pd.CategoricalDtype(categories.to_pandas(), ordered=ordered)
            if frame[labels[name]].dtype != dtype:
                frame[labels[name]] = frame[labels[name]].astype(dtype)
    frequency = frequency_of(schema)
    if frequency is not None:
        with contextlib.suppress(ValueError, AttributeError):  # rows were left out since
            frame.index.freq = frequency


def _objects(schema: Schema) -> Iterator[str]:
    """The columns that were objects on purpose: before pandas 3 all texts were."""
    others = {"categorical"} if pandas_version(schema) >= 3 else {"categorical", "unicode"}
    for name, said in described_columns(schema).items():
        if said.numpy_type == "object" and said.pandas_type not in others:
            yield name


def _told_categories(schema: Schema) -> Iterator[tuple[str, Array, bool]]:
    """Columns, their categories, and whether they are ordered."""
    described = described_columns(schema)
    for name, categories in categories_of(schema).items():
        told = described[name].metadata if name in described else None
        yield name, categories, bool(told and told.get("ordered"))
