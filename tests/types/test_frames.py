"""Frames of each library come back as they were, in each format, and go where others are read."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pyarrow as pa
import pytest

from volery import StructuredDataset
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import AlteredContent, MissingContent, TypeMismatch, UnsupportedType
from volery.ir.content import MAX_PREVIEW, Content, content_of_wire, content_to_wire
from volery.ir.types import FrameType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

PANDAS = {
    "numbers": pd.DataFrame(
        {"i": np.array([1, 2], "i1"), "u": np.array([1, 2], "u8"), "f": [0.1 + 0.2, np.nan]}
    ),
    "texts": pd.DataFrame({"a": ["x", None, ""], "b": ["NA", 'a"b\n,', "é"]}),
    "objects": pd.DataFrame(
        {
            "text": pd.Series(["x", None], dtype=object),
            "int": pd.Series([1, 2], dtype=object),
            "bytes": [b"x", b""],
            "date": [dt.date(2020, 1, 1), None],
            "decimal": [Decimal("1.10"), Decimal(2)],
        }
    ),
    "nullable": pd.DataFrame(
        {
            "i": pd.array([1, None], dtype="Int64"),
            "b": pd.array([True, None], dtype="boolean"),
            "s": pd.array(["x", None], dtype="string"),
            "arrow": pd.array([1, None], dtype="int64[pyarrow]"),
            "arrow text": pd.array(["x", None], dtype=pd.ArrowDtype(pa.string())),
        }
    ),
    "times": pd.DataFrame(
        {
            "ns": np.array(["2020-01-01T00:00:00.000000001", "NaT"], "M8[ns]"),
            "s": np.array(["2020-01-01", "2020-01-02"], "M8[s]"),
            "tz": pd.date_range("2020", periods=2, tz="Europe/Berlin"),
            "delta": pd.to_timedelta([1, 2], unit="s"),
        }
    ),
    "categories": pd.DataFrame(
        {
            "unused": pd.Categorical(["x", None], categories=["z", "y", "x"]),
            "ordered": pd.Categorical(["x", "y"], categories=["y", "x"], ordered=True),
            "ints": pd.Categorical([1, None], categories=[3, 2, 1], ordered=True),
            "days": pd.Categorical(pd.to_datetime(["2020-01-01", "2020-01-02"])),
        }
    ),
    "label of a category": pd.DataFrame({0: pd.Categorical([2, 1])}),
    "index": pd.DataFrame({"a": [1, 2]}, index=["x", "y"]),
    "named index": pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="k")),
    "range": pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(5, 9, 2)),
    "index of objects": pd.DataFrame({"a": [1, 2]}, index=pd.Index([1, None], dtype=object)),
    "index of objects that are texts": pd.DataFrame(
        {"a": [1, 2]}, index=pd.Index(["x", "y"], dtype=object, name="k")
    ),
    "nullable index": pd.DataFrame({"a": [1, 2]}, index=pd.Index([2**60, None], dtype="Int64")),
    "text index": pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], dtype="string")),
    "categories in the index": pd.DataFrame(
        {"a": [1, 2]}, index=pd.CategoricalIndex([1, 2], categories=[3, 2, 1], ordered=True)
    ),
    "nullable levels": pd.DataFrame(
        {"a": [1, 2]},
        index=pd.MultiIndex.from_arrays(
            [pd.array([1, 2], dtype="Int64"), pd.Categorical(["x", "y"]), [True, False]],
            names=["k", None, "l"],
        ),
    ),
    "days": pd.DataFrame({"a": [1, 2, 3]}, index=pd.date_range("2020", periods=3)),
    "multiindex": pd.DataFrame(
        {"a": [1, 2]}, index=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["k", None])
    ),
    "int labels": pd.DataFrame([[1, 2]]),
    "pairs as labels": pd.DataFrame(
        [[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2)], names=["x", "y"])
    ),
    "no rows": pd.DataFrame({"a": pd.Series([], dtype="i4")}),
    "no columns": pd.DataFrame(index=["x", "y"]),
}
NESTED = {
    "intervals": pd.DataFrame({"a": pd.cut([1.0, 2.0, np.nan], 2), "b": pd.interval_range(0, 3)}),
    "periods": pd.DataFrame({"a": pd.period_range("2020", periods=2, freq="M")}),
    "uuids": pd.DataFrame({"a": [UUID(int=1), None]}),
    "lists": pd.DataFrame({"a": [[1, 2], None], "b": [{"x": 1}, {"x": 2}]}),
    "nothing": pd.DataFrame(),
}
POLARS = {
    "plain": pl.DataFrame(
        {"i": [1, None], "f": [0.5, float("nan")], "s": ["x", None], "b": [True, None]}
    ),
    "bytes": pl.DataFrame({"a": [b"x", b""]}),
    "widths": pl.DataFrame({"a": [1], "b": [2]}, schema={"a": pl.Int8, "b": pl.UInt64}),
    "times": pl.DataFrame({"day": [dt.date(2020, 1, 1)], "clock": [dt.time(1, 2, 3)]})
    .with_columns(a=pl.col("day").cast(pl.Datetime("us")))
    .with_columns(
        tz=pl.col("a").dt.replace_time_zone("Europe/Berlin"),
        ns=pl.col("a").cast(pl.Datetime("ns")),
        delta=pl.lit(5).cast(pl.Duration("ms")),
    ),
    "categories": pl.DataFrame(
        {"a": ["x", "y", None], "b": ["x", "z", None]},
        schema={"a": pl.Categorical, "b": pl.Enum(["z", "y", "x"])},
    ),
    "decimals": pl.DataFrame({"a": [Decimal("1.10"), None]}),
    "nulls": pl.DataFrame({"a": [None, None]}),
    "no rows": pl.DataFrame(schema={"a": pl.Int64}),
}
POLARS_NESTED = {
    "lists": pl.DataFrame({"a": [[1, 2], None, []]}),
    "arrays": pl.DataFrame({"a": [[1, 2], None]}, schema={"a": pl.Array(pl.Int64, 2)}),
    "structs": pl.DataFrame({"a": [{"x": 1, "y": "a"}, None]}),
    "nothing": pl.DataFrame(),
}


@pytest.fixture(autouse=True)
def storage(tmp_path: Path):
    storage = Storage((tmp_path / "blobs").as_uri())
    with using(storage):
        yield storage


def same(left: Any, right: Any) -> bool:
    if isinstance(left, pl.LazyFrame):
        left, right = left.collect(), right.collect()
    if isinstance(left, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right)
    elif isinstance(left, pl.DataFrame):
        polars.testing.assert_frame_equal(left, right)
    else:
        assert left.schema.equals(right.schema)
        assert left.equals(right)
    return type(left) is type(right)


def there_and_back(annotation: Any, frame: Any) -> Any:
    codec = codec_for(annotation)
    return unpack(codec, pack(codec, frame))


def content(annotation: Any, frame: Any) -> Content:
    return content_of_wire(codec_for(annotation).to_wire(frame, "$"))


@pytest.mark.parametrize("name", PANDAS | NESTED)
def test_a_pandas_frame_comes_back_as_it_was(name):
    check_codec(pd.DataFrame, [(PANDAS | NESTED)[name]], [([1], "$")], same=same)


@pytest.mark.parametrize("name", PANDAS | NESTED)
def test_a_pandas_frame_comes_back_from_an_arrow_file(name):
    check_codec(Annotated[pd.DataFrame, "arrow"], [(PANDAS | NESTED)[name]], same=same)


@pytest.mark.parametrize("name", PANDAS)
def test_a_pandas_frame_comes_back_from_a_csv_file(name):
    check_codec(Annotated[pd.DataFrame, "csv"], [PANDAS[name]], same=same)


@pytest.mark.parametrize("name", POLARS | POLARS_NESTED)
@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_a_polars_frame_comes_back_as_it_was(name, format):
    frame = (POLARS | POLARS_NESTED)[name]
    check_codec(Annotated[pl.DataFrame, format], [frame], [(frame.lazy(), "$")], same=same)
    check_codec(Annotated[pl.LazyFrame, format], [frame.lazy()], [(frame, "$")], same=same)


@pytest.mark.parametrize("name", POLARS)
def test_a_polars_frame_comes_back_from_a_csv_file(name):
    check_codec(Annotated[pl.DataFrame, "csv"], [POLARS[name]], same=same)
    check_codec(Annotated[pl.LazyFrame, "csv"], [POLARS[name].lazy()], same=same)


ARROW = [
    pa.array([1, None], pa.timestamp("s")),
    pa.array([1, None], pa.time32("s")),
    pa.array([1, 1, None]).dictionary_encode(),
    pa.array([[("a", 1)], None, [("b", None)]], pa.map_(pa.string(), pa.int64())),
    pa.array([[{"x": "a"}, None], None, []]),
    pa.array(["a", None, "more than twelve letters"], pa.string_view()),
    pa.array([b"abc", None], pa.binary(3)),
    pa.array([Decimal("1.10"), None], pa.decimal256(50, 2)),
    pa.array([bytes(16), None], pa.binary(16)).cast(pa.uuid()),
]


@pytest.mark.parametrize("array", ARROW, ids=lambda array: str(array.type))
def test_an_arrow_table_comes_back_as_it_was(array):
    table = pa.table({"a": array})
    for format in ("parquet", "arrow"):
        check_codec(Annotated[pa.Table, format], [table, table.slice(1)], same=same)
        assert there_and_back(Annotated[pa.Table, format], table).schema == table.schema


def test_a_reader_is_written_and_read_piece_by_piece():
    table = pa.table({"a": range(100_000)})
    reader = there_and_back(pa.RecordBatchReader, table.to_reader(max_chunksize=1000))
    assert isinstance(reader, pa.RecordBatchReader)
    assert reader.read_next_batch().num_rows < 100_000
    assert reader.read_all().num_rows < 100_000


def test_attrs_that_are_json_come_back():
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"unit": "km", "bounds": [1, 2.5, None]}
    for annotation in (pd.DataFrame, Annotated[pd.DataFrame, "csv"]):
        assert there_and_back(annotation, frame).attrs == frame.attrs


def test_texts_come_back_wherever_they_are_kept_in_memory():
    frame = pd.DataFrame({"a": pd.array(["x", None], dtype="string[python]")})
    assert there_and_back(pd.DataFrame, frame).equals(frame.astype("string[pyarrow]"))


def test_half_floats_come_back():
    halves = pd.DataFrame({"a": np.array([1.5, np.nan], "f2")})
    pd.testing.assert_frame_equal(there_and_back(pd.DataFrame, halves), halves)


def test_nothing_at_all_comes_back_as_none_in_a_column_of_objects():
    frame = pd.DataFrame({"a": pd.Series(["x", np.nan, None], dtype=object)})
    assert there_and_back(pd.DataFrame, frame)["a"].tolist() == ["x", None, None]


LIBRARIES = [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table]


@pytest.mark.parametrize("source", LIBRARIES, ids=lambda cls: cls.__module__)
@pytest.mark.parametrize("target", LIBRARIES, ids=lambda cls: cls.__module__)
@pytest.mark.parametrize("format", ["parquet", "csv", "arrow"])
def test_what_one_library_makes_another_reads(source, target, format):
    table = pa.table({"name": ["Ada", None], "age": [36, 41], "score": [0.5, 1.5]})
    made = codec_for(Annotated[source, format])
    read = codec_for(target)
    wire = made.to_wire(to(source, table), "$")
    got = read.from_wire(wire, "$")
    assert type(got) is target
    if target is not source:
        assert rows(got) == table.to_pylist()


def to(cls: Any, table: pa.Table) -> Any:
    if cls is pd.DataFrame:
        return table.to_pandas()
    frame = pl.DataFrame(table)
    return {pa.Table: table, pl.DataFrame: frame, pl.LazyFrame: frame.lazy()}[cls]


def rows(frame: Any) -> list[dict[str, Any]]:
    if isinstance(frame, pd.DataFrame):
        return [
            {key: None if pd.isna(each) else each for key, each in row.items()}
            for row in frame.to_dict("records")
        ]
    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    return frame.to_dicts() if isinstance(frame, pl.DataFrame) else frame.to_pylist()


def test_an_index_with_a_name_is_a_column_elsewhere_and_one_without_is_left_out_by_polars():
    named = codec_for(pd.DataFrame).to_wire(PANDAS["named index"], "$")
    unnamed = codec_for(pd.DataFrame).to_wire(PANDAS["index"], "$")
    assert codec_for(pl.DataFrame).from_wire(named, "$").columns == ["a", "k"]
    assert codec_for(pl.DataFrame).from_wire(unnamed, "$").columns == ["a"]
    assert codec_for(pl.LazyFrame).from_wire(unnamed, "$").collect().columns == ["a"]
    assert codec_for(pa.Table).from_wire(unnamed, "$").to_pandas().index.tolist() == ["x", "y"]


def test_a_table_read_from_an_arrow_file_is_not_copied(storage):
    table = pa.table({"a": range(1_000_000)})
    before = pa.total_allocated_bytes()
    back = there_and_back(Annotated[pa.Table, "arrow"], table)
    assert pa.total_allocated_bytes() - before < table.nbytes / 10
    assert back.equals(table)


def test_a_lazy_frame_reads_the_file_in_place_and_only_what_it_needs(storage):
    frame = pl.DataFrame({"a": range(100_000), "b": range(100_000)})
    lazy = there_and_back(pl.LazyFrame, frame.lazy())
    plan = lazy.select("a").explain()
    assert "Parquet SCAN" in plan
    assert "PROJECT 1/2 COLUMNS" in plan


def test_a_lazy_frame_of_a_bucket_reads_when_it_is_collected_in_another_thread():
    with using(Storage("memory://frames")):
        frame = pl.DataFrame({"a": range(200_000), "b": range(200_000)})
        lazy = there_and_back(pl.LazyFrame, frame.lazy())
    few = lazy.filter(pl.col("a") > 10).select("b").head(3).collect()
    assert few["b"].to_list() == [11, 12, 13]
    assert lazy.collect().equals(frame)


def test_a_plan_that_fails_is_refused_with_its_reason():
    lazy = pl.DataFrame({"a": ["x"]}).lazy().select(pl.col("a").cast(pl.Int64))
    with pytest.raises(TypeMismatch, match=r"cannot be collected at \$\.x") as error:
        pack(codec_for(pl.LazyFrame), lazy, "$.x")
    assert "conversion" in error.value.hint
    with pytest.raises(TypeMismatch, match="ColumnNotFoundError"):
        pack(codec_for(pl.LazyFrame), pl.DataFrame({"a": [1]}).lazy().select("b"))


DAY = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def with_attrs(attrs: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = attrs
    return frame


REFUSED = {
    "the same label twice": (pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a'", "$"),
    "labels of two kinds": (pd.DataFrame([[1, 2]], columns=["a", 1]), "does not keep", "$"),
    "intervals as labels": (pd.DataFrame({pd.Interval(0, 1): [1]}), "does not keep", "$"),
    "days as labels": (pd.DataFrame({dt.date(2020, 1, 1): [1]}), "does not keep", "$"),
    "mixed objects": (pd.DataFrame({"ok": [1], "a": [object()]}), r"\$\.a: ", "$.a"),
    "two columns of objects": (
        pd.DataFrame({"a": [1, "x"], "b": [1.5, b""]}),
        r"\$\.a: .*\$\.b: ",
        "$",
    ),
    "sparse columns": (pd.DataFrame({"a": pd.arrays.SparseArray([0, 1])}), r"\$\.a", "$.a"),
    "categories of pairs": (pd.DataFrame({"a": pd.Categorical([(1, 2)])}), "does not keep", "$"),
    "ints above 64 bits": (pd.DataFrame({"a": [2**70]}), r"\$\.a: .*too large", "$.a"),
    "halves of characters": (
        pd.DataFrame({"a": pd.Series(["\ud800"], dtype=object)}),
        r"\$\.a: .*surrogates",
        "$.a",
    ),
    "decimals of Arrow": (
        pd.DataFrame({"a": pd.array([1], dtype=pd.ArrowDtype(pa.decimal128(5, 2)))}),
        r"\$\.a: dtype decimal128",
        "$.a",
    ),
    "numbers of two kinds": (
        pd.DataFrame({"a": pd.Series([1, 1.5], dtype=object)}),
        r"\$\.a: objects of float, int",
        "$.a",
    ),
    "sets": (pd.DataFrame({"a": [{1}, {2}]}), r"\$\.a: objects of set", "$.a"),
    "tuples": (pd.DataFrame({"a": [(1, 2), None]}), r"\$\.a: objects of tuple", "$.a"),
    "times of pandas as objects": (
        pd.DataFrame(
            {"a": [pd.Timestamp("2020", tz="UTC"), pd.Timestamp("2020", tz="Europe/Berlin")]}
        ),
        r"\$\.a: objects of Timestamp",
        "$.a",
    ),
    "times in two zones": (
        pd.DataFrame({"a": pd.Series([DAY, DAY.astimezone(BERLIN)], dtype=object)}),
        r"\$\.a: times in the zones Europe/Berlin, UTC",
        "$.a",
    ),
    "clock times in a zone": (
        pd.DataFrame({"a": [dt.time(1, tzinfo=dt.UTC)]}),
        r"\$\.a: times in the zones UTC",
        "$.a",
    ),
    "numbers as names of the index": (
        pd.DataFrame({"a": [1]}, index=pd.Index([1], name=5)),
        r"names that are no texts: \[5\]",
        "$",
    ),
    "an index with holidays": (
        pd.DataFrame(
            {"a": [1, 2]},
            index=pd.bdate_range("2020", periods=2, freq="C", holidays=["2020-01-03"]),
        ),
        "the frequency of its index",
        "$",
    ),
    "attrs of objects": (with_attrs({"a": object()}), "attrs that are no JSON", "$"),
    "attrs of tuples": (with_attrs({"a": (1, 2)}), r"its attrs from \{'a': \(1, 2\)\}", "$"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_pandas_frame_that_would_change_on_the_way_is_refused(name):
    frame, message, path = REFUSED[name]
    with pytest.raises(TypeMismatch, match=message) as error:
        pack(codec_for(pd.DataFrame), frame)
    assert error.value.path == path
    assert error.value.hint


def test_polars_columns_that_arrow_does_not_have_are_refused():
    objects = pl.DataFrame({"a": [object()]}, schema={"a": pl.Object})
    with pytest.raises(TypeMismatch, match=r"Python objects in \$\.a"):
        pack(codec_for(pl.DataFrame), objects)
    with pytest.raises(TypeMismatch, match="cannot be made Arrow data"):
        pack(codec_for(pl.DataFrame), pl.DataFrame({"a": [1]}, schema={"a": pl.Int128}))


NESTED_OF_ARROW = [
    pa.list_(pa.int64()),
    pa.struct({"x": pa.int64()}),
    pa.map_(pa.string(), pa.int64()),
    pa.dictionary(pa.int32(), pa.string()),
]


@pytest.mark.parametrize("kind", NESTED_OF_ARROW, ids=str)
def test_dtypes_of_arrow_that_pandas_does_not_read_again_are_refused_by_column(kind):
    frame = pd.DataFrame({"ok": [1], "a": pd.array([None], dtype=pd.ArrowDtype(kind))})
    with pytest.raises(TypeMismatch, match=r"\$\.a: dtype ") as error:
        pack(codec_for(pd.DataFrame), frame)
    assert "convert the column" in error.value.hint


COUNTED = {
    "pandas": pd.DataFrame({"a": [1, 2, 3]})[[]],
    "polars": pl.DataFrame(height=3),
    "a plan": pl.DataFrame(height=3).lazy(),
    "a table": pa.table({"a": [1, 2, 3]}).select([]),
}


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_rows_without_columns_are_refused(name, format):
    frame = COUNTED[name]
    with pytest.raises(TypeMismatch, match=f"cannot be written as {format}") as error:
        pack(codec_for(Annotated[type(frame), format]), frame)
    assert "give it a column" in error.value.hint


@pytest.mark.parametrize("rows", [1, 100_000])
@pytest.mark.parametrize("format", ["parquet", "arrow", "csv"])
def test_a_column_of_polars_without_a_name_stays_without(rows, format):
    frame = pl.DataFrame({"": range(rows), "column_0": range(rows)})
    assert there_and_back(Annotated[pl.DataFrame, format], frame).equals(frame)
    lazy = there_and_back(Annotated[pl.LazyFrame, format], frame.lazy())
    assert lazy.collect().equals(frame)


@pytest.mark.parametrize("kind", [pl.Array(pl.Int64, 0), pl.List(pl.Array(pl.Int64, 0))], ids=str)
@pytest.mark.parametrize("cls", [pl.DataFrame, pl.LazyFrame])
def test_arrays_of_no_places_are_refused(cls, kind):
    with pytest.raises(TypeMismatch, match="cannot be written as parquet") as error:
        pack(codec_for(cls), cls(schema={"a": kind}))
    assert "[0]" in error.value.hint


@pytest.mark.parametrize("cls", [pl.DataFrame, pl.LazyFrame])
def test_names_that_polars_does_not_take_are_refused(cls):
    with pytest.raises(TypeMismatch, match="cannot be made Arrow data"):
        pack(codec_for(cls), cls({"a\0": [1]}))


def test_a_table_with_one_name_twice_is_refused():
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    with pytest.raises(TypeMismatch, match="several columns called a"):
        pack(codec_for(pa.Table), table)


def test_frames_stand_in_records_and_lists():
    codec = codec_for(list[tuple[str, pd.DataFrame | None]])
    _, frame = unpack(codec, pack(codec, [("x", PANDAS["index"]), ("y", None)]))[0]
    pd.testing.assert_frame_equal(frame, PANDAS["index"])
    with pytest.raises(TypeMismatch, match=r"\$\[1\]\[1\]"):
        pack(codec, [("x", None), ("y", PANDAS["index"].to_dict())])


def test_a_subclass_is_refused():
    class Mine(pd.DataFrame):
        pass

    with pytest.raises(TypeMismatch, match="subclass"):
        pack(codec_for(pd.DataFrame), Mine({"a": [1]}))


def test_a_format_that_cannot_hold_the_columns_is_named():
    with pytest.raises(TypeMismatch, match=r"frame at \$\.x cannot be written as csv"):
        pack(codec_for(Annotated[pl.DataFrame, "csv"]), POLARS_NESTED["lists"], "$.x")
    with pytest.raises(TypeMismatch, match="only read"):
        pack(codec_for(Annotated[pl.DataFrame, "json"]), pl.DataFrame({"a": [1]}))


def test_an_unknown_format_is_refused_where_it_is_declared():
    with pytest.raises(UnsupportedType, match="did you mean parquet"):
        codec_for(Annotated[pd.DataFrame, "parket"])


def test_a_format_is_part_of_the_type():
    assert codec_for(pd.DataFrame).type == FrameType()
    assert codec_for(Annotated[pl.LazyFrame, "CSV"]).type == FrameType(format="csv")
    assert content(Annotated[pl.DataFrame, "csv"], pl.DataFrame({"a": [1]})).format == "csv"


@pytest.mark.parametrize("cls", LIBRARIES, ids=lambda cls: cls.__module__)
def test_a_frame_of_a_library_is_read_in_another_format_than_declared(cls):
    wire = codec_for(pl.DataFrame).to_wire(pl.DataFrame({"a": [1]}), "$")
    assert rows(codec_for(Annotated[cls, "csv"]).from_wire(wire, "$")) == [{"a": 1}]


def test_a_dataset_in_another_format_than_declared_is_refused_when_it_is_read():
    wire = codec_for(Annotated[pl.DataFrame, "csv"]).to_wire(pl.DataFrame({"a": [1]}), "$")
    with pytest.raises(TypeMismatch, match="format parquet, got one in csv"):
        codec_for(Annotated[StructuredDataset, "parquet"]).from_wire(wire, "$")


def test_small_frames_stand_in_the_value_and_large_ones_in_the_storage(storage):
    assert content(pl.DataFrame, pl.DataFrame({"a": [1]})).data is not None
    large = content(pa.Table, pa.table({"a": np.random.default_rng(1).normal(size=100_000)}))
    assert large.data is None
    assert storage.has(large.digest)


def test_facts_and_preview_say_what_the_frame_is():
    about = content(pd.DataFrame, PANDAS["times"][["ns", "tz"]].assign(n=["x" * 500, None]))
    assert about.facts["rows"] == 2
    assert about.facts["columns"]["ns"] == "timestamp[ns]"
    assert about.preview["columns"]["n"] in {"string", "large_string"}
    first, second = about.preview["head"]
    assert first["ns"] == "2020-01-01 00:00:00.000000001"
    assert (len(first["n"]), second["ns"], second["n"]) == (60, None, None)


def test_the_preview_of_a_wide_and_long_frame_is_bounded():
    import msgspec

    wide = pa.table({f"{'long name' * 20} {at}": ["\x00" * 1000] * 20 for at in range(1000)})
    about = content(pa.Table, wide)
    assert len(msgspec.json.encode(about.preview)) <= MAX_PREVIEW
    assert len(about.facts["columns"]) <= 200
    assert about.facts["width"] == 1000


def test_altered_missing_and_foreign_bytes_are_told_apart(storage, tmp_path):
    codec = codec_for(pd.DataFrame)
    about = content(pd.DataFrame, pd.DataFrame({"a": np.random.default_rng(1).normal(size=50_000)}))
    file = storage.in_place(about.digest, about.size)
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(AlteredContent):
        codec.from_wire(content_to_wire(about), "$")
    file.unlink()
    with pytest.raises(MissingContent):
        codec.from_wire(content_to_wire(about), "$")


@pytest.mark.parametrize("cls", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table])
@pytest.mark.parametrize("format", ["parquet", "arrow"])
def test_bytes_that_are_no_frame_are_refused(cls, format):
    from volery.data.content import content_of

    wire = content_to_wire(content_of(b"PAR1 but no more", format=format))
    with pytest.raises(TypeMismatch, match=rf"format {format}, got a file .* at \$\.x"):
        codec_for(cls).from_wire(wire, "$.x")


def test_a_format_of_a_newer_version_is_named():
    from volery.data.content import content_of

    wire = content_to_wire(content_of(b"...", format="vortex"))
    with pytest.raises(TypeMismatch, match="'vortex', which is not known here"):
        codec_for(pd.DataFrame).from_wire(wire, "$")


def test_a_library_is_loaded_only_by_its_users():
    program = """
import sys
from typing import Annotated
from volery import StructuredDataset, kwtypes
from volery.types.registry import codec_for
codec_for(Annotated[StructuredDataset, kwtypes(a=int), "csv"])
print(*(name for name in ("pandas", "polars", "pyarrow") if name in sys.modules))
import polars
from volery.types.packing import pack, unpack
codec = codec_for(polars.DataFrame)
unpack(codec, pack(codec, polars.DataFrame({"a": [1]})))
print(*(name for name in ("pandas", "polars") if name in sys.modules))
"""
    run = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert run.stdout.splitlines() == ["", "polars"]
