"""``pandas.DataFrame``: its index, labels, dtypes and attrs come back as they were.

In columns of objects, missing values come back as None, whichever kind of nothing they were.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import Any, Final
from uuid import UUID

from volery.errors import TypeMismatch
from volery.types.frames import faults
from volery.types.frames.arrow import Array, ArrowType, Rows, Schema, Table, is_text, pa, types
from volery.types.frames.library import FrameLibrary
from volery.types.frames.metadata import (
    categories_of,
    dtypes_of,
    frequency_of,
    index_columns,
    ordered_columns,
    with_categories,
    with_frequency,
)
from volery.types.frames.reading import StoredFrame
from volery.types.mismatch import at, preview, step

_np: Any = import_module("numpy")
_pd: Any = import_module("pandas")

_OBJECTS: Final = {
    str, bytes, bool, int, float, Decimal, list, dict, _np.ndarray,
    dt.date, dt.datetime, dt.time, dt.timedelta, UUID,
}  # fmt: skip
"""The classes of objects that come back in a column of objects, if all are of one."""
_NOT_NAMED: Final = (
    types.is_nested, types.is_dictionary, types.is_decimal, types.is_fixed_size_binary,
)  # fmt: skip
"""The types of Arrow whose names pandas does not read."""


class DataFrames(FrameLibrary):
    """Frames in memory."""

    def to_rows(self, frame: Any, path: str) -> Rows:
        _check_names(frame, path)
        _check_columns(frame, path)
        try:
            table = pa.Table.from_pandas(frame)
        except faults.FAULTS as error:
            raise _refused(frame, error, path) from error
        with faults.writing("Arrow data", path):
            table = _with_categories(table, frame)
            table = with_frequency(table, getattr(_frequency(frame.index), "freqstr", None))
        try:
            back = self.from_table(table.slice(0, 0), None)
        except faults.FAULTS as error:  # what pandas describes and then does not understand
            raise TypeMismatch(
                f"the frame{at(path)} has labels or categories that Arrow does not keep: "
                f"{faults.first_line(error)}",
                hint="make them texts, with .astype(str)",
                path=path,
            ) from error
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


def _index_dtypes(index: Any) -> list[Any]:
    """The dtypes of the levels of an index."""
    levels = index.levels if isinstance(index, _pd.MultiIndex) else [index]
    return [each.dtype for each in levels]


def _frequency(index: Any) -> Any:
    times = (_pd.DatetimeIndex, _pd.TimedeltaIndex)
    return index.freq if isinstance(index, times) else None


# -- what does not come back ----------------------------------------------------------------------


def _check_names(frame: Any, path: str) -> None:
    """Refuse what pyarrow would change without more than a warning."""
    if not frame.columns.is_unique:
        twice = ", ".join(map(preview, frame.columns[frame.columns.duplicated()].unique()))
        raise TypeMismatch(
            f"the frame{at(path)} has several columns with the label {twice}",
            hint="give every column a label of its own",
            path=path,
        )
    if not isinstance(frame.columns, _pd.MultiIndex) and "mixed" in frame.columns.inferred_type:
        raise _labels_lost(frame, path)
    names = [*frame.index.names]
    if not all(name is None or isinstance(name, str) for name in names):
        raise TypeMismatch(
            f"the index of the frame{at(path)} has names that are no texts: {preview(names)}",
            hint="frame = frame.rename_axis(index=str)",
            path=path,
        )
    try:
        json.dumps(frame.attrs)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeMismatch(
            f"the frame{at(path)} has attrs that are no JSON: {preview(frame.attrs)}",
            hint=f"{error}: let them travel beside the frame, and clear frame.attrs",
            path=path,
        ) from None


def _labels_lost(frame: Any, path: str) -> TypeMismatch:
    return TypeMismatch(
        f"the frame{at(path)} has labels that Arrow does not keep: {preview([*frame.columns])}",
        hint="frame.columns = frame.columns.astype(str)",
        path=path,
    )


def _check_columns(frame: Any, path: str) -> None:
    """Refuse columns whose values would come back as others without a word of pyarrow."""
    lost = {step(path, str(label)): _lost(column) for label, column in frame.items()}
    wrong = {place: what for place, what in lost.items() if what}
    if wrong:
        listed = "; ".join(f"{place}: {what}" for place, what in wrong.items())
        raise TypeMismatch(
            f"the frame{at(path)} has columns that would change on the way: {listed}",
            hint="convert the column to one plain type, with .astype(...) or .map(...)",
            path=next(iter(wrong)) if len(wrong) == 1 else path,
        )


def _lost(column: Any) -> str:
    """What in a column would come back as something else; empty: nothing that is known here."""
    if isinstance(column.dtype, _pd.ArrowDtype):
        kind = column.dtype.pyarrow_dtype
        return f"dtype {column.dtype}" if any(holds(kind) for holds in _NOT_NAMED) else ""
    if not _pd.api.types.is_object_dtype(column.dtype):
        return ""
    values = column.dropna()
    classes: set[type] = {type(each) for each in values}
    if len(classes) > 1 or not classes <= _OBJECTS:
        return f"objects of {', '.join(sorted(each.__qualname__ for each in classes))}"
    zones: set[str] = set()
    if classes <= {dt.datetime, dt.time}:
        zones = {str(each.tzinfo) for each in values}
    if len(zones) > 1 or (classes == {dt.time} and zones != {"None"}):
        return f"times in the zones {', '.join(sorted(zones))}"
    return ""


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


def _check_returns(frame: Any, back: Any, path: str) -> None:
    """Refuse a frame that would come back as something else.

    Args:
        frame: the frame.
        back: what its first rows, none, come back as.
        path: where the frame stands in the whole.
    """
    if not back.columns.equals(frame.columns) or back.columns.names != frame.columns.names:
        raise _labels_lost(frame, path)
    columns = {
        step(path, str(label)): f"{mine} to {other}"
        for label, mine, other in zip(frame.columns, frame.dtypes, back.dtypes, strict=True)
        if mine != other and not _are_texts(mine, other)
    }
    about = {
        "the dtypes of its index": (_index_dtypes(frame.index), _index_dtypes(back.index)),
        "the frequency of its index": (_frequency(frame.index), _frequency(back.index)),
        "its attrs": (frame.attrs, back.attrs),
    }
    others = {
        what: f"{preview(mine)} to {preview(other)}"
        for what, (mine, other) in about.items()
        if mine != other
    }
    if lost := columns | others:
        listed = "; ".join(f"{what} from {how}" for what, how in lost.items())
        raise TypeMismatch(
            f"the frame{at(path)} would change on the way: {listed}",
            hint="convert them before, with .astype(...)" if columns else "convert them before",
            path=next(iter(columns)) if len(columns) == len(lost) == 1 else path,
        )


def _are_texts(mine: Any, other: Any) -> bool:
    """Whether two dtypes are one but for the memory that they keep texts in."""
    return isinstance(mine, _pd.StringDtype) and str(mine) == str(other)


# -- what Arrow does not tell ---------------------------------------------------------------------


def _with_categories(table: Table, frame: Any) -> Table:
    """A table that tells the categories of columns and levels, of which formats keep only texts."""
    told: dict[str, Array] = {}
    dtypes = [*frame.dtypes, *_index_dtypes(frame.index)]
    for place, (name, dtype) in enumerate(zip(table.schema.names, dtypes, strict=False)):
        if isinstance(dtype, _pd.CategoricalDtype):
            told[name] = pa.array(dtype.categories, from_pandas=True)
            if not is_text(told[name].type):
                table = _decoded(table, place)
    return with_categories(table, told)


def _decoded(table: Table, place: int) -> Table:
    """A table with the values in place of a column of categories."""
    chunks = [each.dictionary.take(each.indices) for each in table.column(place).chunks]
    kind = table.schema.field(place).type.value_type
    field = pa.field(table.schema.names[place], kind)
    return table.set_column(place, field, pa.chunked_array(chunks, kind))


def _restore(frame: Any, table: Table) -> None:
    """Give a frame what pandas itself does not make again of Arrow data."""
    schema, labels = table.schema, _labels(frame)
    dtypes = dict(_dtypes(schema))
    for name in dtypes.keys() & labels.keys():
        if frame[labels[name]].dtype != dtypes[name]:
            frame[labels[name]] = _values(table[name], dtypes[name]).set_axis(frame.index)
    _restore_index(frame, table, dtypes)
    frequency = frequency_of(schema)
    if frequency is not None:
        with contextlib.suppress(ValueError, AttributeError):  # rows were left out since
            frame.index.freq = frequency


def _restore_index(frame: Any, table: Table, dtypes: dict[str, Any]) -> None:
    index, names = frame.index, index_columns(table.schema)
    if dtypes.keys().isdisjoint(names) or len(names) != index.nlevels:
        return
    levels = [
        _pd.Index(_values(table[name], dtypes[name]), dtype=dtypes[name])
        if name in dtypes
        else index.get_level_values(place)
        for place, name in enumerate(names)
    ]
    if isinstance(index, _pd.MultiIndex):
        frame.index = _pd.MultiIndex.from_arrays(levels, names=index.names)
    else:
        frame.index = levels[0].rename(index.name)


def _dtypes(schema: Schema) -> Iterator[tuple[str, Any]]:
    """The columns and levels whose dtypes Arrow's types do not tell, and these."""
    for name, text in dtypes_of(schema).items():
        yield name, _dtype(text, schema.field(name).type)
    ordered = ordered_columns(schema)
    for name, categories in categories_of(schema).items():
        yield name, _pd.CategoricalDtype(categories.to_pandas(), ordered=name in ordered)


def _dtype(text: str, kind: ArrowType) -> Any:
    """The dtype that pandas calls so; of those that are Arrow's, the text says too little."""
    if text.endswith("[pyarrow]"):
        return _pd.ArrowDtype(kind)
    return _pd.api.types.pandas_dtype(text)


def _values(column: Any, dtype: Any) -> Any:
    """A column as a series of a dtype."""
    if _pd.api.types.is_object_dtype(dtype):
        return _pd.Series(column.to_pylist(), dtype=object)
    if isinstance(dtype, _pd.CategoricalDtype):
        return column.to_pandas(integer_object_nulls=True).astype(dtype)
    return _pd.Series(dtype.__from_arrow__(column))
