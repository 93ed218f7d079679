from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, TextIO, TypeVar

import msgspec
import pytest

from volery import File, task
from volery.data import remote
from volery.data.current import using
from volery.data.hashing import digest_of
from volery.data.storage import Storage
from volery.data.workplace import working_at
from volery.errors import (
    AlteredContent,
    AlteredInput,
    ConfigError,
    MissingContent,
    StorageError,
    TypeMismatch,
    UnsupportedType,
)
from volery.ir.content import Content, content_of_wire, content_to_wire
from volery.ir.types import ContentType, show
from volery.ir.values import unpack as unpack_wire
from volery.sdk.context import Context
from volery.testing.conformance.codec import check_codec
from volery.types import file
from volery.types.builtin.file import content_from_text
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

HEADS = {
    "png": b"\x89PNG\r\n\x1a\n....",
    "jpg": b"\xff\xd8\xff\xe0....",
    "pdf": b"%PDF-1.7\n",
    "gz": b"\x1f\x8b\x08....",
    "tar.gz": b"\x1f\x8b\x08....",
    "parquet": b"PAR1....PAR1",
    "h5": b"\0" * 512 + b"\x89HDF\r\n\x1a\n",
    "xlsx": b"PK\x03\x04....",
    "webp": b"RIFF\0\0\0\0WEBP",
}


@pytest.fixture(autouse=True)
def attempt(tmp_path):
    """Each test is an attempt with a storage and a working directory of its own."""
    with (
        using(Storage((tmp_path / "storage").as_uri())),
        Context() as context,
        working_at(context),
    ):
        yield context


@pytest.fixture
def note(tmp_path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text("héllo\nworld\n")
    return path


def sent(value: object, annotation: object = File):
    """What arrives of a value."""
    codec = codec_for(annotation)
    return unpack(codec, pack(codec, value))


def content(value: object, annotation: object = File) -> Content:
    return content_of_wire(unpack_wire(pack(codec_for(annotation), value)))


def text_of(value: File) -> str:
    with value.open() as stream:
        return stream.read()


def bytes_of(value: File) -> bytes:
    with value.open("rb") as stream:
        return stream.read()


def refused(value: object, annotation: object = File) -> str:
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(annotation), value)
    return str(caught.value)


# -- what can be declared ----------------------------------------------------------------------


def test_files_keep_the_contract_of_codecs(tmp_path, note):
    empty = tmp_path / "empty"
    empty.touch()
    odd = tmp_path / "ünï cödé.tar.gz"
    odd.write_bytes(b"\x1f\x8b\0")
    values = [
        File(note),
        File(empty),
        File(odd),
        File(note.as_uri()),
        File("s3://bucket/a%20b.txt"),
    ]
    bad = [(tmp_path / "missing", "$"), (tmp_path, "$"), (3, "$"), (b"note.txt", "$"), (None, "$")]
    check_codec(File, values, bad)
    check_codec(File["csv"], values)
    check_codec(list[File], [[File(note)] * 2], bad=[([File(note), "missing"], "$[1]")])
    check_codec(File | None, [None, File(note)])


@pytest.mark.parametrize(
    "annotation",
    [
        File["csv"],
        File[".csv"],
        File[Literal["csv"]],
        File[TypeVar("csv")],
        Annotated[File, "csv"],
        Annotated[File[Literal["csv"]], 3],
        Annotated[os.PathLike, "csv"],
        file.CSVFile,
    ],
)
def test_a_format_can_be_declared_in_many_ways(annotation):
    assert codec_for(annotation).type == ContentType("file", "csv")


@pytest.mark.parametrize("annotation", [File, os.PathLike, os.PathLike[str], TextIO, BinaryIO])
def test_a_file_of_any_format(annotation):
    assert codec_for(annotation).type == ContentType("file")


def test_a_format_may_have_several_dots():
    assert show(codec_for(File["tar.gz"]).type) == "File['tar.gz']"


@pytest.mark.parametrize("wrong", [3, "", ".", Literal[3], int])
def test_what_is_no_format_is_refused(wrong):
    with pytest.raises(UnsupportedType, match="is no format"):
        File[wrong]


def test_each_alias_is_a_file_of_one_format():
    formats = {
        name: codec_for(alias).type.format
        for name, alias in vars(file).items()
        if hasattr(alias, "__metadata__")
    }
    assert len(formats) == len(set(formats.values())) == 13
    assert formats["PNGImageFile"] == "png"


# -- as an output ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [File, str, Path])
def test_a_file_is_stored_by_its_content(note, form):
    said = content(form(note))
    data = note.read_bytes()
    assert (said.digest, said.size, said.name) == (digest_of(data), len(data), "note.txt")
    assert (said.uri, said.data) == ("", None)


def test_equal_files_at_other_places_are_one_value(tmp_path, note):
    (tmp_path / "other").mkdir()
    copy = tmp_path / "other" / "note.txt"
    copy.write_bytes(note.read_bytes())
    codec = codec_for(File)
    assert pack(codec, File(note)) == pack(codec, File(copy))
    assert File(note) == File(copy) != File(__file__)


def test_the_value_keeps_what_the_file_was_when_it_was_returned(note):
    arrived = sent(note)
    note.write_text("changed")
    assert text_of(arrived) == "héllo\nworld\n"


def test_an_input_that_is_returned_costs_nothing(note, tmp_path):
    codec = codec_for(File)
    packed = pack(codec, note)
    arrived = unpack(codec, packed)
    (storage,) = (tmp_path / "storage" / "blobs").glob("*/*")
    storage.unlink()
    assert pack(codec, arrived) == packed


def test_an_input_goes_on_to_another_storage_with_its_bytes(note, tmp_path):
    arrived = sent(note)
    codec = codec_for(File)
    with using(Storage((tmp_path / "other").as_uri())):
        assert text_of(unpack(codec, pack(codec, arrived))) == "héllo\nworld\n"


def test_a_path_to_an_input_is_a_file_too(note):
    assert content(sent(note).path).digest == content(note).digest


def test_the_head_of_a_text_is_its_preview(note, tmp_path):
    shown = {"media": "text/plain", "text": "héllo\nworld\n", "whole": True}
    assert content(note).preview == shown
    long = tmp_path / "long.txt"
    long.write_text("é" * 10_000)
    preview = content(long).preview
    assert preview["text"] == "é" * 1024
    assert preview["whole"] is False
    assert len(msgspec.json.encode(preview)) < 8192


def test_a_preview_is_cut_between_characters(tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("a" + "é" * 2000)
    assert content(path).preview["text"] == "a" + "é" * 1023


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (HEADS["png"], "image/png"),
        (b"\0\1\2", "application/octet-stream"),
        (b"\x1b[2J", "application/octet-stream"),
        (b"\xff\xfe", "application/octet-stream"),
    ],
)
def test_of_bytes_the_preview_says_what_they_are(tmp_path, data, media):
    path = tmp_path / "x"
    path.write_bytes(data)
    assert content(path).preview == {"media": media}


def test_a_preview_hides_what_would_deceive_a_reader(tmp_path):
    path = tmp_path / "x"
    path.write_text("a\u202eb")
    assert content(path).preview["text"] == "a\ufffdb"


@pytest.mark.parametrize(
    ("name", "called"),
    [("a\\b.txt", "a_b.txt"), (b"\xff.txt", "\ufffd.txt"), ("é" * 127, "é" * 127)],
)
def test_names_that_others_cannot_take_are_mended(tmp_path, name, called):
    path = tmp_path / os.fsdecode(name)
    path.write_text("x")
    assert sent(path).name == called
    assert text_of(sent(path)) == "x"


# -- by reference, and to a place of one's choice ----------------------------------------------


def test_a_file_can_stay_where_it_is(note, tmp_path):
    said = content(File(note, remote_path=False))
    assert (said.uri, said.digest, said.name) == (note.as_uri(), "", "note.txt")
    assert not (tmp_path / "storage").exists()
    assert sent(File(note, remote_path=False)).path == str(note)


def test_a_relative_path_stays_right_by_reference(note, monkeypatch):
    monkeypatch.chdir(note.parent)
    arrived = sent(File("note.txt", remote_path=False))
    monkeypatch.chdir("/")
    assert text_of(arrived) == "héllo\nworld\n"


def test_a_file_can_go_to_a_place_of_ones_choice(note, tmp_path):
    target = (tmp_path / "out" / "there.txt").as_uri()
    said = content(File(note, remote_path=target))
    assert (said.uri, said.digest) == (target, digest_of(note.read_bytes()))
    assert (tmp_path / "out" / "there.txt").read_bytes() == note.read_bytes()
    assert not (tmp_path / "storage").exists()


@pytest.mark.parametrize(
    "uri",
    ["s3://bucket/a.csv", "gs://b/a.csv", "abfs://c/a.csv", "https://example.org/a.csv?x=1"],
)
def test_what_is_elsewhere_is_passed_on_without_being_read(uri):
    for given in (uri, File(uri), File.from_source(uri)):
        said = content(given)
        assert (said.uri, said.name, said.size) == (uri, "a.csv", -1)
    assert sent(uri).remote_source == uri
    assert sent(uri).digest is None
    assert sent(uri) == File(uri)


def test_what_is_elsewhere_is_read_where_it_is(attempt):
    uri = "memory://elsewhere/read.txt"
    with remote.open_writer(uri) as stream:
        stream.write(b"there")
    arrived = sent(uri)
    assert (arrived.size, bytes_of(arrived)) == (5, b"there")
    assert Path(arrived.path).read_bytes() == b"there"
    assert Path(arrived.path).is_relative_to(attempt.working_directory)


def test_what_is_elsewhere_can_be_written():
    made = File.new_remote("x.txt", alt="memory://results")
    with made.open("w") as stream:
        stream.write("hé")
    assert made.remote_source.startswith("memory://results/")
    assert bytes_of(sent(made)) == "hé".encode()


def test_what_is_elsewhere_is_not_uploaded():
    with pytest.raises(StorageError, match="is not on this machine"):
        File("s3://bucket/a", remote_path="s3://bucket/b")


def test_an_unknown_scheme_is_refused_with_those_that_are_known():
    with pytest.raises(ConfigError, match="scheme 'ftp' is unknown"):
        File("ftp://host/a")
    with pytest.raises(ConfigError, match=r"scheme 'ftp' is unknown.* at \$\[0\]"):
        pack(codec_for(list[File]), ["ftp://host/a"])


def test_what_was_uploaded_and_then_changed_is_found_out(note, tmp_path):
    target = tmp_path / "there.txt"
    arrived = sent(File(note, remote_path=target.as_uri()))
    target.write_text("other")
    with pytest.raises(AlteredContent, match="was changed since"):
        _ = arrived.path


def test_what_was_uploaded_and_then_changed_is_found_out_by_who_reads_it_as_a_stream():
    made = File.new_remote("x.txt", alt="memory://uploads")
    arrived = sent(made)
    said = msgspec.structs.replace(content(made), digest=digest_of(b"expected"))
    arrived = codec_for(File).from_wire(content_to_wire(said), "$")
    with made.open("wb") as stream:
        stream.write(b"other")
    with pytest.raises(AlteredContent), arrived.open("rb") as stream:
        stream.read()


def test_what_is_not_as_expected_leaves_nothing(note, tmp_path):
    arrived = sent(note.as_uri(), File["png"])
    with pytest.raises(TypeMismatch):
        arrived.download(tmp_path / "copy")
    assert not list(tmp_path.glob("*copy*"))
    assert not list(tmp_path.glob("*.part"))


def test_a_directory_that_was_passed_as_a_file_is_found_out(tmp_path):
    with pytest.raises(StorageError, match="Is a directory"):
        _ = sent(tmp_path.as_uri()).path


def test_what_was_passed_by_reference_and_is_gone_is_named(note):
    arrived = sent(File(note, remote_path=False))
    note.unlink()
    with pytest.raises(MissingContent, match=r"note\.txt is not there"):
        _ = arrived.path


# -- as an input -------------------------------------------------------------------------------


def test_nothing_is_fetched_until_it_is_asked_for(note, attempt):
    arrived = sent(note)
    assert (arrived.name, arrived.size, arrived.digest) == (
        "note.txt", 13, digest_of(note.read_bytes()),
    )  # fmt: skip
    assert repr(arrived) == "File('note.txt')"
    assert list(attempt.working_directory.iterdir()) == []


def test_a_local_file_of_the_same_name_is_there_when_it_is_asked_for(note, attempt):
    arrived = sent(note)
    path = Path(os.fspath(arrived))
    assert path.name == "note.txt"
    assert path.is_relative_to(attempt.working_directory)
    with open(arrived, encoding="utf-8") as stream:  # noqa: PTH123 - that this works is the point
        assert stream.read() == "héllo\nworld\n"
    assert arrived.path == arrived.download() == str(path)


def test_a_local_storage_is_not_copied_from(note):
    assert Path(sent(note).path).is_symlink()


def test_a_storage_without_files_is_fetched_from(note):
    codec = codec_for(File)
    with using(Storage("memory://files")):
        arrived = unpack(codec, pack(codec, note))
    path = Path(arrived.path)
    assert not path.is_symlink()
    assert path.read_bytes() == note.read_bytes()


def test_many_threads_share_one_local_file(note):
    codec = codec_for(File)
    with using(Storage("memory://threads")):
        arrived = unpack(codec, pack(codec, note))
    paths: list[str] = []
    ready = threading.Barrier(8)

    def fetch() -> None:
        ready.wait()
        paths.append(arrived.path)

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(paths) == 8
    assert len(set(paths)) == 1


def test_a_download_is_a_copy_of_ones_own(note, tmp_path):
    arrived = sent(note)
    (tmp_path / "folder").mkdir()
    assert arrived.download(tmp_path / "folder") == str(tmp_path / "folder" / "note.txt")
    target = tmp_path / "copy.txt"
    assert arrived.download(target) == str(target)
    target.write_text("mine")
    assert text_of(arrived) == "héllo\nworld\n"


def test_a_file_is_read_as_a_stream(note):
    arrived = sent(note)
    with arrived.open() as stream:
        assert list(stream) == ["héllo\n", "world\n"]
    with arrived.open("rb") as stream:
        stream.seek(-6, os.SEEK_END)
        assert stream.read() == b"world\n"
    with arrived.open("r", encoding="latin-1") as stream:
        assert stream.read(2) == "hÃ"


@pytest.mark.parametrize("mode", ["a", "r+", "x", "", "rw", "rbt"])
def test_other_modes_are_refused(note, mode):
    with pytest.raises(StorageError, match="is not known"):
        File(note).open(mode)


def test_an_input_cannot_be_written(note):
    with pytest.raises(StorageError, match=r"note\.txt is an input"):
        sent(note).open("w")


def test_bytes_that_are_gone_are_missed(note, tmp_path):
    arrived = sent(note)
    (stored,) = (tmp_path / "storage" / "blobs").glob("*/*")
    stored.unlink()
    with pytest.raises(MissingContent):
        arrived.open()
    with pytest.raises(MissingContent):
        _ = arrived.path


@pytest.mark.parametrize("use", [lambda file: file.path, lambda file: file.open()])
def test_bytes_that_were_altered_are_found_out(note, tmp_path, use):
    arrived = sent(note)
    (stored,) = (tmp_path / "storage" / "blobs").glob("*/*")
    stored.chmod(0o644)
    stored.write_bytes(b"x" * arrived.size)
    with pytest.raises(AlteredContent, match=stored.name):
        use(arrived)


# -- inputs are for reading --------------------------------------------------------------------


def from_elsewhere(note: Path) -> File:
    uri = "memory://inputs/note.txt"
    with remote.open_writer(uri) as stream:
        stream.write(note.read_bytes())
    return sent(uri)


def from_memory(note: Path) -> File:
    with using(Storage("memory://inputs")):
        return sent(note)


@pytest.mark.parametrize("arrive", [sent, from_memory, from_elsewhere])
def test_an_input_is_for_reading_wherever_it_was(note, arrive):
    assert Path(arrive(note).path).stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("arrive", [sent, from_memory, from_elsewhere])
def test_an_input_that_was_written_to_is_not_passed_on_without_it(note, arrive):
    def work() -> None:
        arrived = arrive(note)
        write(arrived)
        pack(codec_for(list[File]), [arrived])

    with pytest.raises(AlteredInput, match=r"an input was written to: note\.txt"):
        attempted(work)


def test_who_writes_to_what_the_storage_shares_is_told_at_the_end_of_the_attempt(note):
    arrived = sent(note)
    with pytest.raises(AlteredInput, match=r"an input was written to: note\.txt"):
        attempted(lambda: write(sent(note)))
    with pytest.raises(AlteredContent):
        _ = arrived.path


def test_what_only_looks_written_to_is_no_fault(note):
    attempted(lambda: Path(sent(note).path).touch())


def test_what_was_moved_away_was_not_written_to(note, tmp_path):
    def work() -> None:
        arrived = sent(note)
        Path(arrived.path).rename(tmp_path / "moved")
        assert sent(arrived) == arrived

    attempted(work)


def write(file: File) -> None:
    path = Path(file.path)
    path.chmod(0o644)  # root needs not even that
    path.write_text("mine")


def attempted(work: Callable[[], object]) -> None:
    with Context() as context, working_at(context):
        work()


# -- new files ---------------------------------------------------------------------------------


def test_a_new_file_is_in_the_working_directory(attempt):
    made = File.new("results/a.txt")
    with made.open("w") as stream:
        stream.write("é")
    assert Path(made.path) == attempt.working_directory / "results" / "a.txt"
    assert bytes_of(sent(made)) == "é".encode()


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x", "", ".", "a\0b", "a\\b"])
def test_a_new_file_cannot_be_outside_of_it(name):
    with pytest.raises(StorageError) as caught:
        File.new(name)
    assert caught.value.code == "UnsafeName"


def test_a_new_file_cannot_be_outside_by_a_link(attempt, tmp_path):
    (attempt.working_directory / "out").symlink_to(tmp_path)
    with pytest.raises(StorageError, match="a link leads it out"):
        File.new("out/x")


@pytest.mark.parametrize("make", [File.new_remote, File.new_remote_file])
def test_a_new_file_can_be_written_straight_to_the_storage(attempt, make):
    made = make("a.txt")
    with made.open("w") as stream:
        stream.write("line\n" * 100_000)
    said = content(made)
    assert (said.size, said.name) == (500_000, "a.txt")
    assert list(attempt.working_directory.iterdir()) == []
    with sent(made).open() as stream:
        assert stream.readline() == "line\n"


def test_a_file_written_to_the_storage_is_the_same_value_as_one_written_here(note):
    made = File.new_remote("note.txt")
    with made.open("wb") as stream:
        stream.write(note.read_bytes())
    codec = codec_for(File["txt"])
    assert pack(codec, made) == pack(codec, note)
    assert "expected a png file, got text" in refused(made, File["png"])


@pytest.mark.parametrize("name", ["a/b", "..", "/a"])
def test_a_new_remote_file_has_a_name_without_folders(name):
    with pytest.raises(StorageError) as caught:
        File.new_remote(name)
    assert caught.value.code == "UnsafeName"


def test_a_new_file_that_was_not_written_is_no_output():
    with pytest.raises(StorageError, match=r"nothing has been written to a\.txt"):
        pack(codec_for(File), File.new_remote("a.txt"))


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_what_was_written_before_an_error_is_not_kept(mode, tmp_path):
    made = File.new_remote("a.txt")
    stream = made.open(mode)

    def fail() -> None:
        with stream:
            stream.write("half" if mode == "w" else b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert stream.closed
    with pytest.raises(StorageError, match="nothing has been written"):
        pack(codec_for(File), made)
    assert list((tmp_path / "storage").glob("blobs/*/*")) == []


# -- streams -----------------------------------------------------------------------------------


def test_a_task_can_take_an_open_stream_which_is_closed_at_its_end(note):
    seen: list[TextIO] = []

    @task
    def lines(stream: TextIO) -> int:
        seen.append(stream)
        return len(list(stream))

    @task
    def size(stream: BinaryIO) -> int:
        return len(stream.read())

    assert lines(stream=note) == 2  # pyright: ignore[reportArgumentType]
    assert seen[0].closed
    assert size(stream=File(note)) == 13  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("annotation", [TextIO, BinaryIO])
def test_a_stream_is_no_output(note, annotation):
    with note.open() as stream:
        told = refused(stream, annotation)
    assert "streams do not travel" in told
    assert "File(path)" in told


# -- formats -----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", HEADS)
def test_a_file_of_the_declared_format_is_taken(tmp_path, format):
    path = tmp_path / f"x.{format}"
    path.write_bytes(HEADS[format])
    assert content(path, File[format]).format == format


@pytest.mark.parametrize(
    ("format", "data", "told"),
    [
        ("png", HEADS["pdf"], "expected a png file, got a pdf"),
        ("PNG", HEADS["jpg"], "expected a PNG file, got a jpeg"),
        ("parquet", b"a,b\n1,2\n", "expected a parquet file, got text"),
        ("gz", b"", "expected a gz file, got an empty file"),
        ("hdf5", b"\0\1", "expected a hdf5 file, got another format"),
    ],
)
def test_a_file_of_another_format_is_refused(tmp_path, format, data, told):
    path = tmp_path / "x"
    path.write_bytes(data)
    assert told in refused(path, File[format])


def test_a_format_without_a_mark_is_not_checked(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(HEADS["png"])
    assert content(path, File["csv"]).format == "csv"


def test_an_input_of_another_declared_format_is_refused(note):
    arrived = sent(note, File["csv"])
    told = refused([arrived], list[File[Literal["txt"]]])
    assert "expected File['txt'], got File['csv']" in told
    assert "$[0]" in told


def test_a_value_says_the_format_that_is_declared(note):
    for given in (sent(note), note, note.as_uri(), "s3://bucket/x"):
        assert content(given, File["csv"]).format == "csv"


def test_an_input_of_no_format_is_checked_where_one_is_declared(note):
    assert "expected a png file, got text" in refused(sent(note), File["png"])


def test_what_is_elsewhere_is_checked_when_it_is_fetched(note):
    arrived = sent(File(note, remote_path=False))
    assert arrived.path == str(note)
    with pytest.raises(TypeMismatch, match="expected a png file, got text"):
        _ = sent(note.as_uri(), File["png"]).path


# -- bad input ---------------------------------------------------------------------------------


def test_a_missing_file_is_refused_with_its_path(tmp_path):
    told = refused([tmp_path / "missing.txt"], list[File])
    assert "missing.txt" in told
    assert "does not exist at $[0]" in told


def test_a_directory_is_no_file(tmp_path):
    assert "it is a directory\n  hint: declare Directory" in refused(tmp_path)


def test_what_is_no_regular_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "it is no regular file" in refused(tmp_path / "pipe")


def test_text_in_place_of_a_path_is_refused():
    assert "does not exist" in refused("a whole\ntext" * 1000)
    assert "does not exist" in refused("a\0b")


def test_a_file_that_cannot_be_read_is_refused_with_its_path(note):
    if os.geteuid() == 0:  # root may read everything but this
        note = Path("/proc/self/mem")
    else:
        note.chmod(0)
    with pytest.raises(StorageError, match=r"cannot read .*at \$\[0\]"):
        pack(codec_for(list[File]), [note])


@pytest.mark.parametrize(
    "said",
    [
        Content("a" * 64, 3, name="../../etc/passwd"),
        Content("a" * 64, 3, name=".."),
        Content("a" * 64, 3, name="x" * 300),
        Content("../../../etc/passwd", 3),
        Content("A" * 64, 3),
        Content("a" * 64, -1),
        Content(),
        Content(uri="nowhere"),
        Content(uri="ftp://host/x"),
        Content(uri="s3://bucket/x", name="a/b"),
        Content("a" * 64, 3, format="pdf"),
    ],
    ids=str,
)
def test_a_value_that_says_what_cannot_be_is_refused(said):
    with pytest.raises(TypeMismatch) as caught:
        codec_for(File["csv"]).from_wire(content_to_wire(said), "$.x")
    assert caught.value.path == "$.x"


# -- in other types ----------------------------------------------------------------------------


@dataclass
class Report:
    table: File[Literal["csv"]]
    pictures: dict[str, File]
    appendix: File | str | None = None


def test_files_stand_in_records_lists_and_unions(note):
    arrived = sent(Report(note, {"a": File(note)}, File(note)), Report)
    assert arrived.table.format == "csv"
    assert text_of(arrived.pictures["a"]) == "héllo\nworld\n"
    assert isinstance(arrived.appendix, File)
    assert sent(Report(note, {}, "see below"), Report).appendix == "see below"


def test_a_task_takes_and_gives_files(tmp_path, note):
    @task
    def shout(text: File["txt"]) -> File["txt"]:  # noqa: F821, UP037 - as many write it
        made = File.new("loud.txt")
        with text.open() as quiet, made.open("w") as loud:
            loud.write(quiet.read().upper())
        return made

    assert text_of(shout(text=shout(text=File(note)))) == "HÉLLO\nWORLD\n"


# -- from text ---------------------------------------------------------------------------------


def test_a_file_can_be_named_by_text(note):
    kind = ContentType("file", "txt")
    said = content_of_wire(content_from_text(kind, str(note), "$"))
    assert said.digest == digest_of(note.read_bytes())
    assert content_of_wire(content_from_text(kind, "s3://b/x.txt", "$")).uri == "s3://b/x.txt"
    with pytest.raises(TypeMismatch, match="does not exist"):
        content_from_text(kind, "missing.txt", "$")


def test_other_content_cannot_be_named_by_text():
    with pytest.raises(TypeMismatch, match="cannot be named by a path"):
        content_from_text(ContentType("numpy.ndarray"), "x.npy", "$")
