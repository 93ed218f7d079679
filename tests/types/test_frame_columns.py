"""Columns that are declared for frames, and the identity of what is in them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, make_dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from volery import kwtypes
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.content import Content, content_of_wire
from volery.ir.types import (
    BOOL,
    BYTES,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    FLOAT,
    INT,
    STR,
    Field,
    FrameType,
    ListType,
)
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

PEOPLE = kwtypes(name=str, age=int)


@dataclass
class Place:
    city: str
    zip: int


@dataclass
class Person:
    name: str
    home: Place


@dataclass
class Parent:
    child: Parent


class Level(Enum):
    LOW = "low"
    HIGH = "high"


@pytest.fixture(autouse=True)
def storage(tmp_path: Path):
    storage = Storage((tmp_path / "blobs").as_uri())
    with using(storage):
        yield storage


def columns(*metadata: Any) -> dict[str, Any]:
    kind = codec_for(Annotated[pl.DataFrame, *metadata]).type
    assert isinstance(kind, FrameType)
    assert all(isinstance(field, Field) for field in kind.columns)
    return {field.name: field.type for field in kind.columns}


def content(annotation: Any, frame: Any) -> Content:
    return content_of_wire(codec_for(annotation).to_wire(frame, "$"))


def identity(frame: Any) -> str:
    return content(type(frame), frame).identity


# --- declaring --------------------------------------------------------------------------------


def test_columns_are_declared_by_names_and_types():
    assert columns(PEOPLE) == {"name": STR, "age": INT}
    assert columns({"unit price": float}) == {"unit price": FLOAT}
    assert columns("csv", PEOPLE) == {"name": STR, "age": INT}


def test_columns_may_stand_in_a_union():
    codec = codec_for(Annotated[pl.DataFrame, PEOPLE] | None)
    assert unpack(codec, pack(codec, None)) is None
    frame = pl.DataFrame({"name": ["Ada"], "age": [36]})
    assert unpack(codec, pack(codec, frame)).equals(frame)


@pytest.mark.parametrize("declared", [kwtypes, dict])
def test_two_classes_of_one_name_declare_their_own_columns(declared):
    first, second = (make_dataclass("Place", [("x", kind)]) for kind in (int, str))
    assert columns(declared(place=first)) == {"place.x": INT}
    assert columns(declared(place=second)) == {"place.x": STR}


def test_records_and_dicts_are_declared_as_their_fields():
    flat = {"id": INT, "who.name": STR, "who.home.city": STR, "who.home.zip": INT}
    assert columns(kwtypes(id=int, who=Person)) == flat
    nested = {"id": int, "who": {"name": str, "home": {"city": str, "zip": int}}}
    assert columns(nested) == flat


def test_an_arrow_schema_declares_columns():
    schema = pa.schema(
        {
            "u": pa.uint8(),
            "f": pa.float32(),
            "s": pa.large_string(),
            "c": pa.dictionary(pa.int8(), pa.string()),
            "b": pa.bool_(),
            "t": pa.timestamp("ns", tz="UTC"),
            "d": pa.date32(),
            "e": pa.duration("s"),
            "x": pa.binary(),
            "m": pa.decimal128(5, 2),
            "l": pa.list_(pa.int64()),
            "n": pa.struct({"p": pa.int64(), "q": pa.struct({"r": pa.string()})}),
        }
    )
    assert columns(schema) == {
        "u": INT, "f": FLOAT, "s": STR, "c": STR, "b": BOOL, "t": DATETIME, "d": DATE,
        "e": DURATION, "x": BYTES, "m": DECIMAL, "l": ListType(INT), "n.p": INT, "n.q.r": STR,
    }  # fmt: skip


def test_columns_that_no_codec_handles_are_refused_with_their_path():
    with pytest.raises(UnsupportedType, match=r"\$\.who\.name"):
        codec_for(Annotated[pl.DataFrame, {"who": {"name": lambda: None}}])
    with pytest.raises(UnsupportedType, match="contains itself"):
        codec_for(Annotated[pl.DataFrame, kwtypes(family=Parent)])
    with pytest.raises(UnsupportedType, match="more than once"):
        codec_for(Annotated[pl.DataFrame, {"a": {"b": int}, "a.b": int}])


# --- making and reading -----------------------------------------------------------------------

FRAMES = [
    pd.DataFrame({"x": [0.5], "name": ["Ada"], "age": [36]}),
    pl.DataFrame({"x": [0.5], "name": ["Ada"], "age": [36]}),
    pl.LazyFrame({"x": [0.5], "name": ["Ada"], "age": [36]}),
    pa.table({"x": [0.5], "name": ["Ada"], "age": [36]}),
]


def names(frame: Any) -> list[str]:
    frame = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    return list(frame.column_names if isinstance(frame, pa.Table) else frame.columns)


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: type(frame).__module__)
def test_only_declared_columns_travel(frame):
    about = content(Annotated[type(frame), PEOPLE], frame)
    assert list(about.facts["columns"]) == ["name", "age"]


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: type(frame).__module__)
@pytest.mark.parametrize("format", ["parquet", "csv", "arrow"])
def test_only_declared_columns_are_read(frame, format):
    wire = codec_for(Annotated[type(frame), format]).to_wire(frame, "$")
    got = codec_for(Annotated[type(frame), PEOPLE]).from_wire(wire, "$")
    assert names(got) == ["name", "age"]


def test_columns_that_are_not_declared_are_not_decoded():
    table = pa.table({"wide": ["x" * 1000] * 30_000, "age": range(30_000)})
    wire = codec_for(pa.Table).to_wire(table, "$")
    narrow = codec_for(Annotated[pa.Table, kwtypes(age=int)])
    before = pa.total_allocated_bytes()
    got = narrow.from_wire(wire, "$")
    assert pa.total_allocated_bytes() - before < 3_000_000
    assert got.column_names == ["age"]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table.from_pandas])
def test_a_frame_without_declared_columns_is_refused_with_every_difference(make):
    frame = make(pd.DataFrame({"age": ["36"], "name": [1.5], "extra": [1]}))
    codec = codec_for(Annotated[type(frame), kwtypes(name=str, age=int, city=str)])
    with pytest.raises(TypeMismatch) as error:
        pack(codec, frame, "$.people")
    told = error.value.message
    assert "$.people.name is double, expected str" in told
    assert "$.people.age is large_string, expected int" in told
    assert "$.people.city is missing" in told
    assert "extra: int64" in error.value.hint
    assert error.value.path == "$.people"


def test_a_frame_that_is_read_is_checked_too():
    wire = codec_for(pd.DataFrame).to_wire(pd.DataFrame({"name": ["Ada"]}), "$")
    for cls in (pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table):
        codec = codec_for(Annotated[cls, PEOPLE])
        with pytest.raises(TypeMismatch, match=r"\$\.age is missing") as error:
            codec.from_wire(wire, "$")
        assert error.value.path == "$.age"


FITS = [
    (pa.array([1], pa.int8()), int),
    (pa.array([1], pa.uint64()), int),
    (pa.array([1]), float),
    (pa.array([1], pa.int64()), int | None),
    (pa.array([None]), str),
    (pa.array(["low"]), Level),
    (pa.array(["low"]).dictionary_encode(), Literal["low", "high"]),
    (pa.array([dt.datetime(2020, 1, 1, tzinfo=dt.UTC)]), dt.datetime),
    (pa.array([dt.timedelta(1)]), dt.timedelta),
    (pa.array([Decimal("1.1")]), Decimal),
    (pa.array([[1]]), list[int]),
    (pa.array([[{"city": "x", "zip": 1}]]), list[Place]),
    (pa.array([[("x", 1)]], pa.map_(pa.string(), pa.int64())), dict[str, int]),
    (pa.array([{"city": "x", "zip": 1, "more": 1}]), Place),
    (pa.array([[1]]), list),
]
MISFITS = [
    (pa.array([1.5]), int),
    (pa.array([True]), int),
    (pa.array([1]), Level),
    (pa.array(["1"]), int | None),
    (pa.array([["a"]]), list[int]),
    (pa.array([{"city": "x"}]), Place),
    (pa.array([[{"city": "x"}]]), list[Place]),
    (pa.array([dt.date(2020, 1, 1)]), dt.datetime),
]


@pytest.mark.parametrize(("array", "declared"), FITS, ids=str)
def test_a_column_fits(array, declared):
    codec = codec_for(Annotated[pa.Table, {"a": declared}])
    assert unpack(codec, pack(codec, pa.table({"a": array}))).column_names == ["a"]


@pytest.mark.parametrize(("array", "declared"), MISFITS, ids=str)
def test_a_column_does_not_fit(array, declared):
    codec = codec_for(Annotated[pa.Table, {"a": declared}])
    with pytest.raises(TypeMismatch, match=r"\$\.a"):
        pack(codec, pa.table({"a": array}))


def test_a_column_whose_name_has_dots_is_found_before_a_nested_one():
    table = pa.table({"a.b": ["x"], "a": [{"b": 1}]})
    codec = codec_for(Annotated[pa.Table, {"a.b": str}])
    assert unpack(codec, pack(codec, table)).to_pylist() == [{"a.b": "x"}]


def test_a_level_of_the_index_can_be_declared_as_a_column():
    frame = pd.DataFrame({"age": [36], "x": [1]}, index=pd.Index(["Ada"], name="name"))
    wire = codec_for(Annotated[pd.DataFrame, PEOPLE]).to_wire(frame, "$")
    got = codec_for(Annotated[pd.DataFrame, PEOPLE]).from_wire(wire, "$")
    assert got.to_dict("records") == [{"name": "Ada", "age": 36}]
    kept = codec_for(Annotated[pd.DataFrame, kwtypes(age=int)]).from_wire(wire, "$")
    assert kept.index.tolist() == ["Ada"]


# --- identity ---------------------------------------------------------------------------------


@given(
    values=st.lists(st.none() | st.text(max_size=3) | st.just("a longer text"), max_size=20),
    cuts=st.lists(st.integers(0, 20), max_size=4),
    before=st.integers(0, 3),
)
def test_neither_chunks_nor_slices_count(values, cuts, before):
    columns = {
        "text": pa.array(values, pa.string()),
        "large": pa.array(values, pa.large_string()),
        "coded": pa.array(values, pa.string()).dictionary_encode(),
        "there": pa.array([each is None for each in values], pa.bool_()),
        "length": pa.array([None if each is None else len(each) for each in values], pa.int8()),
        "list": pa.array(
            [None if each is None else list(each) for each in values], pa.list_(pa.string())
        ),
        "struct": pa.array(
            [None if each is None else {"x": each} for each in values],
            pa.struct({"x": pa.string()}),
        ),
    }
    whole = pa.table(columns)
    padded = pa.concat_tables([whole.slice(0, before), whole]).combine_chunks()
    parts = sorted({0, *(min(cut, len(values)) for cut in cuts), len(values)})
    cut = [whole.slice(start, end - start) for start, end in pairwise(parts)]
    assert (
        identity(whole)
        == identity(padded.slice(min(before, len(values))))
        == identity(pa.concat_tables([whole.slice(0, 0), *cut]))
    )


def test_what_lies_behind_a_null_does_not_count():
    ints = pa.Array.from_buffers(
        pa.int64(), 2, [pa.py_buffer(b"\1"), pa.py_buffer(bytes(range(16)))]
    )
    assert ints.to_pylist() == [0x0706050403020100, None]
    clean = pa.array(ints.to_pylist())
    full = pa.Array.from_buffers(pa.int64(), 2, [pa.py_buffer(b"\3"), clean.buffers()[1]])
    bare = pa.Array.from_buffers(pa.int64(), 2, [None, clean.buffers()[1]])
    assert identity(pa.table({"a": ints})) == identity(pa.table({"a": clean}))
    assert identity(pa.table({"a": full})) == identity(pa.table({"a": bare}))


@pytest.mark.parametrize("format", ["parquet", "csv", "arrow"])
def test_the_format_does_not_count(format):
    frame = pl.DataFrame({"a": [1, None], "b": ["x", None]})
    assert content(Annotated[pl.DataFrame, format], frame).identity == identity(frame)


def test_the_library_does_not_count():
    frame = pl.DataFrame({"a": [1, 2], "b": ["x", None]})
    alike = {identity(each) for each in (frame, frame.lazy(), frame.to_arrow(), frame.to_pandas())}
    assert len(alike) == 1


DAYS = pd.date_range("2020", periods=2)
DIFFERENT = [
    pd.DataFrame({"a": [1, 2]}),
    pd.DataFrame({"b": [1, 2]}),
    pd.DataFrame({"a": [2, 1]}),
    pd.DataFrame({"a": [1, 2, 2]}),
    pd.DataFrame({"a": [1.0, 2.0]}),
    pd.DataFrame({"a": ["1", "2"]}),
    pd.DataFrame({"a": ["12", ""]}),
    pd.DataFrame({"a": ["12", None]}),
    pd.DataFrame({"a": [None, "12"]}),
    pd.DataFrame({"a": [b"1", b"2"]}),
    pd.DataFrame({"a": [1, 2]}, index=[5, 6]),
    pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(1, 3)),
    pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(2, name="k")),
    pd.DataFrame({"a": pd.Categorical(["1", "2"], categories=["2", "1"])}),
    pd.DataFrame({"a": pd.Categorical([1, 2], categories=[2, 1])}),
    pd.DataFrame({"a": pd.Categorical([1, 2], categories=[1, 2, 3])}),
    pd.DataFrame({"a": [[1], [2]]}),
    pd.DataFrame({"a": [[1, 2], []]}),
    pd.DataFrame({"a": pd.Categorical([1, 2], categories=[2, 1], ordered=True)}),
    pd.DataFrame({"a": pd.Categorical(["1", "2"], categories=["2", "1"], ordered=True)}),
    pd.DataFrame({"a": [1, 2]}, dtype="Int64"),
    pd.DataFrame({"a": [1, 2]}, dtype="int64[pyarrow]"),
    pd.DataFrame({"a": [1, 2]}, dtype=object),
    pd.DataFrame({"a": ["1", "2"]}, dtype="string"),
    pd.DataFrame({"a": pd.array(["1", "2"], dtype=pd.ArrowDtype(pa.string()))}),
    pd.DataFrame({"a": pd.period_range("2020", periods=2, freq="M")}),
    pd.DataFrame({"a": [600, 601]}),
    pd.DataFrame({1: [1, 2]}),
    pd.DataFrame({"1": [1, 2]}),
    pd.DataFrame({"a": [1, 2]}).rename_axis(columns="k"),
    pd.DataFrame({"a": [1, 2]}, index=pd.Index([5, 6], dtype="Int64")),
    pd.DataFrame({"a": [1, 2]}, index=DAYS),
    pd.DataFrame({"a": [1, 2]}, index=pd.DatetimeIndex([*DAYS])),
    pl.DataFrame({"a": ["1", "2"]}, schema={"a": pl.Categorical}),
    pl.DataFrame({"a": ["1", "2"]}, schema={"a": pl.Enum(["1", "2"])}),
    pl.DataFrame({"a": ["1", "2"]}, schema={"a": pl.Enum(["2", "1"])}),
    pa.table({"a": pa.array([bytes(16)] * 2, pa.binary(16))}),
    pa.table({"a": pa.array([bytes(16)] * 2, pa.binary(16)).cast(pa.uuid())}),
    pd.DataFrame({"a": [{"x": 1}, {"x": 2}]}),
    pd.DataFrame({"a": [{"y": 1}, {"y": 2}]}),
]


def test_everything_that_a_reader_can_see_counts():
    assert len({identity(frame) for frame in DIFFERENT}) == len(DIFFERENT)


def test_an_identity_never_changes_between_versions():
    assert identity(pl.DataFrame({"a": [1, None], "b": ["x", "yz"]})) == (
        "18a7a2e70a808566c8c513aaec1c387123ac71e2e2f76306c0a2920f88ec8a59"
    )
