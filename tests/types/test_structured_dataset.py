"""`StructuredDataset`, and files of others as frames."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from volery import StructuredDataset, kwtypes
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import MissingContent, TypeMismatch
from volery.ir.content import Content, content_of_wire
from volery.ir.types import STR, Field, FrameType
from volery.testing.conformance.codec import check_codec
from volery.types.frames.files import content_from_text
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

PEOPLE = pd.DataFrame({"name": ["Ada", "Bob", None], "age": [36, 41, 7], "x": [0.5, 1.5, 2.5]})
NAMES = FrameType((Field("name", STR),))


@pytest.fixture(autouse=True)
def storage(tmp_path: Path):
    storage = Storage((tmp_path / "blobs").as_uri())
    with using(storage):
        yield storage


def sent(dataset: StructuredDataset, made: Any = StructuredDataset, read: Any = StructuredDataset):
    """A dataset as the next step gets it."""
    return codec_for(read).from_wire(codec_for(made).to_wire(dataset, "$"), "$")


def content(dataset: StructuredDataset, annotation: Any = StructuredDataset) -> Content:
    return content_of_wire(codec_for(annotation).to_wire(dataset, "$"))


def same(left: StructuredDataset, right: StructuredDataset) -> bool:
    return left.open(pa.Table).all().equals(right.open(pa.Table).all())


# --- from step to step ------------------------------------------------------------------------


def test_a_dataset_keeps_the_contract_of_codecs():
    check_codec(
        StructuredDataset,
        [StructuredDataset(PEOPLE), StructuredDataset(pl.DataFrame({"a": [1]}), "csv")],
        [(1, "$")],
        same=same,
    )


@pytest.mark.parametrize("cls", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table])
def test_a_dataset_is_opened_as_any_frame(cls):
    dataset = sent(StructuredDataset(dataframe=PEOPLE))
    frame = dataset.open(cls).all()
    assert type(frame) is cls
    ages = frame.collect()["age"] if cls is pl.LazyFrame else frame["age"]
    assert list(ages.to_pylist() if cls is pa.Table else ages) == [36, 41, 7]
    assert dataset.all() is not None


def test_frames_and_datasets_feed_each_other():
    wire = codec_for(pd.DataFrame).to_wire(PEOPLE, "$")
    dataset = codec_for(StructuredDataset).from_wire(wire, "$")
    pd.testing.assert_frame_equal(dataset.open(pd.DataFrame).all(), PEOPLE)
    back = codec_for(StructuredDataset).to_wire(dataset, "$")
    assert codec_for(pl.DataFrame).from_wire(back, "$").height == 3


@pytest.mark.parametrize("cls", [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table])
def test_a_dataset_is_read_piece_by_piece(cls):
    table = pa.table({"a": range(300_000)})
    pieces = [*sent(StructuredDataset(table)).open(cls).iter()]
    assert len(pieces) > 2
    assert {type(piece) for piece in pieces} == {cls}
    pieces = [piece.collect() if cls is pl.LazyFrame else piece for piece in pieces]
    whole = pl.concat(pl.DataFrame(piece) for piece in pieces)
    assert whole["a"].to_list() == list(range(300_000))


def test_pieces_of_a_large_file_need_little_memory():
    dataset = sent(StructuredDataset(pa.table({"a": ["x" * 100] * 500_000})))
    before = pa.total_allocated_bytes()
    most = max(pa.total_allocated_bytes() - before for _ in dataset.open(pa.Table).iter())
    assert most < 25_000_000


def test_a_dataset_is_read_in_another_thread_where_no_storage_is_in_use():
    dataset = sent(StructuredDataset(pa.table({"a": range(100_000)})))
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(dataset.open(pa.Table).all().num_rows))
    thread.start()
    thread.join()
    assert found == [100_000]


def test_metadata_needs_no_rows():
    dataset = sent(StructuredDataset(dataframe=PEOPLE, file_format="csv"))
    assert dataset.metadata.rows == 3
    assert dataset.metadata.format == dataset.file_format == "csv"
    assert list(dataset.metadata.columns) == ["name", "age", "x"]
    assert dataset.metadata.columns["age"] == "int64"
    assert dataset.dataframe is None


def test_a_dataset_that_is_opened_where_it_was_made_is_read_like_any_other():
    made = StructuredDataset(dataframe=PEOPLE)
    assert made.open(pl.DataFrame).all().height == 3
    assert made.dataframe is PEOPLE


def test_reading_before_open_says_how_to_open():
    dataset = sent(StructuredDataset(PEOPLE))
    for read in (dataset.all, dataset.iter):
        with pytest.raises(TypeMismatch, match=r"has not been opened") as error:
            read()
        assert "open(pandas.DataFrame)" in error.value.hint
    with pytest.raises(TypeMismatch, match="cannot be opened as <class 'str'>"):
        dataset.open(str)


def test_a_raw_frame_where_a_dataset_is_declared_is_refused_with_the_fix():
    for frame in (PEOPLE, pl.DataFrame(), pa.table({})):
        with pytest.raises(TypeMismatch) as error:
            pack(codec_for(StructuredDataset), frame)
        assert error.value.hint == "wrap the frame: StructuredDataset(dataframe=...)"


def test_a_dataset_where_a_frame_is_declared_is_refused_with_the_fix():
    with pytest.raises(TypeMismatch, match=r"dataset\.open\(pandas\.DataFrame\)\.all\(\)"):
        pack(codec_for(pd.DataFrame), StructuredDataset(PEOPLE))


def test_a_dataset_of_nothing_is_refused():
    with pytest.raises(TypeMismatch, match="neither a dataframe nor a uri"):
        pack(codec_for(StructuredDataset), StructuredDataset())
    with pytest.raises(TypeMismatch, match="expected a frame"):
        pack(codec_for(StructuredDataset), StructuredDataset([1]))


# --- columns and formats ----------------------------------------------------------------------


def test_the_columns_of_the_consumer_are_what_is_read():
    dataset = sent(StructuredDataset(PEOPLE), read=Annotated[StructuredDataset, kwtypes(age=int)])
    assert list(dataset.metadata.columns) == ["age"]
    assert list(dataset.open(pd.DataFrame).all().columns) == ["age"]
    assert next(dataset.open(pl.DataFrame).iter()).columns == ["age"]


def test_the_columns_of_the_producer_are_what_travels():
    made = Annotated[StructuredDataset, kwtypes(name=str, age=int)]
    assert list(sent(StructuredDataset(PEOPLE), made=made).metadata.columns) == ["name", "age"]


def test_columns_are_checked_on_both_sides():
    declared = Annotated[StructuredDataset, kwtypes(name=int, city=str)]
    with pytest.raises(TypeMismatch, match=r"\$\.name is .* expected int; \$\.city is missing"):
        sent(StructuredDataset(PEOPLE), made=declared)
    with pytest.raises(TypeMismatch, match=r"\$\.name is .* expected int; \$\.city is missing"):
        sent(StructuredDataset(PEOPLE), read=declared)


def test_the_format_is_asked_for_by_the_dataset_or_the_declaration():
    csv = Annotated[StructuredDataset, "csv"]
    assert content(StructuredDataset(PEOPLE)).format == "parquet"
    assert content(StructuredDataset(PEOPLE, "CSV")).format == "csv"
    assert content(StructuredDataset(PEOPLE), csv).format == "csv"
    with pytest.raises(TypeMismatch, match="asks for format arrow, declared is csv"):
        content(StructuredDataset(PEOPLE, "arrow"), csv)
    with pytest.raises(TypeMismatch, match="did you mean parquet"):
        content(StructuredDataset(PEOPLE, "parket"))


def test_what_came_in_goes_out_as_it_is_unless_something_else_is_declared():
    dataset = sent(StructuredDataset(PEOPLE))
    assert content(dataset) == content(StructuredDataset(PEOPLE))
    part = content(dataset, Annotated[StructuredDataset, kwtypes(age=int), "csv"])
    assert (part.format, list(part.facts["columns"])) == ("csv", ["age"])


# --- files of others --------------------------------------------------------------------------


def test_a_file_of_others_is_read_where_it_is(tmp_path):
    file = tmp_path / "with spaces.parquet"
    PEOPLE.to_parquet(file)
    for uri in (str(file), file.as_uri()):
        about = content(StructuredDataset(uri=uri))
        assert (about.uri, about.digest, about.format) == (file.as_uri(), "", "parquet")
        dataset = sent(StructuredDataset(uri=uri), read=Annotated[StructuredDataset, {"age": int}])
        assert dataset.uri == file.as_uri()
        assert dataset.open(pl.DataFrame).all()["age"].to_list() == [36, 41, 7]
    lazy = codec_for(pl.LazyFrame).from_wire(
        codec_for(StructuredDataset).to_wire(dataset, "$"), "$"
    )
    assert lazy.collect().height == 3


def test_a_folder_of_files_is_one_dataset(tmp_path):
    for at in (1, 2, 3):
        part = tmp_path / "sales" / f"month={at}"
        part.mkdir(parents=True)
        pl.DataFrame({"a": [at, at]}).write_parquet(part / "100% part.parquet")
    (tmp_path / "sales" / "_SUCCESS").touch()
    (tmp_path / "sales" / "notes.txt").write_text("no part of it")
    dataset = sent(StructuredDataset(uri=str(tmp_path / "sales")))
    assert dataset.open(pa.Table).all()["a"].to_pylist() == [1, 1, 2, 2, 3, 3]
    assert len([*dataset.open(pd.DataFrame).iter()]) == 3
    assert dataset.open(pl.LazyFrame).all().collect().height == 6


FRAMES = [pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.Table, pa.RecordBatchReader]


@pytest.mark.parametrize("cls", FRAMES, ids=lambda cls: f"{cls.__module__}.{cls.__qualname__}")
def test_files_of_a_folder_that_differ_are_told_with_every_difference(cls, tmp_path):
    pl.DataFrame({"a": [1], "b": ["x"], "c": [1]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"a": [2.5], "c": [2], "d": [0]}).write_parquet(tmp_path / "2.parquet")
    folder = StructuredDataset(uri=str(tmp_path))
    with pytest.raises(TypeMismatch, match=r"2\.parquet has other columns") as error:
        read_all(sent(folder, read=cls))
    assert error.value.message.endswith("a is double, not int64; b is missing; d is new")
    alike = read_all(sent(folder, read=Annotated[cls, kwtypes(c=int)]))
    assert pl.DataFrame(alike)["c"].to_list() == [1, 2]


def read_all(frame: Any) -> Any:
    match frame:
        case pl.LazyFrame():
            return frame.collect()
        case pa.RecordBatchReader():
            return frame.read_all()
        case _:
            return frame


def test_a_broken_file_of_a_folder_is_named(tmp_path):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "1.parquet")
    (tmp_path / "2.parquet").write_bytes(b"no parquet")
    folder = sent(StructuredDataset(uri=str(tmp_path)))
    with pytest.raises(
        TypeMismatch, match=r"format parquet, got .*2\.parquet, which cannot be read"
    ):
        folder.open(pd.DataFrame).all()


def test_a_dataset_in_an_object_store_is_read_by_its_uri():
    uri = "memory://bucket/people.parquet"
    about = content(StructuredDataset(PEOPLE, uri=uri))
    assert (about.uri, about.facts["rows"]) == (uri, 3)
    dataset = sent(StructuredDataset(uri=uri))
    pd.testing.assert_frame_equal(dataset.open(pd.DataFrame).all(), PEOPLE)
    assert dataset.open(pl.LazyFrame).all().select("age").collect().height == 3


def test_files_that_are_missing_are_named(tmp_path):
    with pytest.raises(TypeMismatch, match=r"there is no file .*nothing\.parquet at \$\.x"):
        codec_for(StructuredDataset).to_wire(
            StructuredDataset(uri=f"{tmp_path}/nothing.parquet"), "$.x"
        )
    gone = sent(StructuredDataset(uri="memory://bucket/gone.parquet"))
    with pytest.raises(MissingContent, match="gone"):
        gone.open(pd.DataFrame).all()
    here = tmp_path / "here.parquet"
    PEOPLE.to_parquet(here)
    dataset = sent(StructuredDataset(uri=str(here)))
    here.unlink()
    with pytest.raises(MissingContent, match="is not where it was"):
        dataset.open(pd.DataFrame).all()
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingContent, match="has no parquet files"):
        sent(StructuredDataset(uri=str(tmp_path / "empty"))).open(pa.Table).all()


def test_a_csv_file_of_others_is_read_as_declared(tmp_path):
    file = tmp_path / "places.csv"
    file.write_text('zip,city,count\n01234,"NA",1\n99999,NA,NA\n')
    guessed = sent(StructuredDataset(uri=str(file))).open(pa.Table).all()
    assert guessed.to_pylist() == [
        {"zip": 1234, "city": "NA", "count": 1},
        {"zip": 99999, "city": None, "count": None},
    ]
    declared = Annotated[StructuredDataset, kwtypes(zip=str, count=float)]
    read = sent(StructuredDataset(uri=str(file)), read=declared).open(pa.Table).all()
    assert read.to_pylist() == [{"zip": "01234", "count": 1.0}, {"zip": "99999", "count": None}]


# --- the command line -------------------------------------------------------------------------


def write(folder: Path, name: str) -> Path:
    file, table = folder / name, pa.table({"name": ["Ada", "Bob"], "age": [36, 41]})
    match file.suffix:
        case ".parquet":
            pa.parquet.write_table(table, file)
        case ".arrow":
            pa.feather.write_feather(table, file)
        case ".csv":
            pl.DataFrame(table).write_csv(file)
        case _:
            pl.DataFrame(table).write_ndjson(file)
    return file


@pytest.mark.parametrize("name", ["p.parquet", "p.arrow", "p.csv", "p.jsonl"])
def test_a_file_becomes_a_frame_that_is_stored(name, tmp_path):
    file = write(tmp_path, name)
    wire = content_from_text(NAMES, str(file), "$")
    about = content_of_wire(wire)
    assert about.digest
    assert (about.name, about.facts["rows"]) == (name, 2)
    assert about.preview["head"][0] == {"name": "Ada", "age": 36}
    file.unlink()
    assert codec_for(pl.DataFrame).from_wire(wire, "$")["age"].to_list() == [36, 41]


def test_a_file_has_the_identity_of_the_frame_in_it(tmp_path):
    texts = [str(write(tmp_path, name)) for name in ("p.parquet", "p.arrow", "p.csv", "p.jsonl")]
    known = {content_of_wire(content_from_text(FrameType(), each, "$")).identity for each in texts}
    assert len(known) == 1


def test_a_large_file_is_stored_as_it_is(tmp_path, storage):
    file = tmp_path / "large.parquet"
    pa.parquet.write_table(pa.table({"a": range(20_000)}), file, compression="none")
    about = content_of_wire(content_from_text(FrameType(), str(file), "$"))
    assert storage.get(about.digest, about.size) == file.read_bytes()


def test_folders_and_uris_stay_where_they_are(tmp_path):
    write(tmp_path, "a.parquet")
    about = content_of_wire(content_from_text(NAMES, str(tmp_path), "$"))
    assert (about.uri, about.digest) == (tmp_path.as_uri(), "")
    content(StructuredDataset(PEOPLE, uri="memory://bucket/cli.parquet"))
    wire = content_from_text(NAMES, "memory://bucket/cli.parquet", "$")
    assert content_of_wire(wire).uri == "memory://bucket/cli.parquet"
    with pytest.raises(MissingContent):
        content_from_text(NAMES, "memory://bucket/nothing.parquet", "$")


def test_files_that_are_no_such_frames_are_refused(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    fake = tmp_path / "fake.parquet"
    fake.write_text("hello")
    csv = write(tmp_path, "p.csv")
    wrong = [
        (FrameType(), text, r"expected a file with a frame.*\$\.x"),
        (FrameType(format="parquet"), csv, r"expected a parquet file.*\$\.x"),
        (FrameType(), fake, r"format parquet, got .*fake\.parquet, .* be read as one at \$\.x"),
        (FrameType(), tmp_path / "nothing.csv", r"there is no file .*nothing\.csv at \$\.x"),
        (
            FrameType((Field("city", STR), Field("zip", STR))),
            csv,
            r"\$\.x\.city is missing; \$\.x\.zip",
        ),
    ]
    for kind, file, message in wrong:
        with pytest.raises(TypeMismatch, match=message):
            content_from_text(kind, str(file), "$.x")


def test_a_union_tells_frames_from_other_values():
    codec = codec_for(pd.DataFrame | int | None)
    for value in (1, None):
        assert unpack(codec, pack(codec, value)) == value
    pd.testing.assert_frame_equal(unpack(codec, pack(codec, PEOPLE)), PEOPLE)
