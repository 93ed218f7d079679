from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from volery import BatchSize, Directory, File, task
from volery.data import remote
from volery.data.current import current, using
from volery.data.manifest import Entry
from volery.data.storage import Storage
from volery.data.workplace import working_at
from volery.errors import AlteredInput, MissingContent, StorageError, TypeMismatch, UnsupportedType
from volery.ir.content import Content, content_of_wire, content_to_wire
from volery.ir.types import ContentType, show
from volery.ir.values import unpack as unpack_wire
from volery.sdk.context import Context
from volery.testing.conformance.codec import check_codec
from volery.types.builtin.file import content_from_text
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


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
def tree(tmp_path) -> Path:
    return plant(tmp_path / "tree")


def plant(root: Path) -> Path:
    """A directory of five files and one empty directory."""
    for name in ("b.txt", "a.txt", "deep/c.txt", "deep/er/d.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (root / "hollow").mkdir()
    run = root / "run"
    run.write_text("#!/bin/sh\n")
    run.chmod(0o755)
    return root


def sent(value: object, annotation: object = Directory):
    """What arrives of a value."""
    codec = codec_for(annotation)
    return unpack(codec, pack(codec, value))


def content(value: object, annotation: object = Directory) -> Content:
    return content_of_wire(unpack_wire(pack(codec_for(annotation), value)))


def refused(value: object, annotation: object = Directory) -> str:
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(annotation), value)
    return str(caught.value)


def names(root: str | os.PathLike[str]) -> list[str]:
    """Everything below a local directory."""
    return sorted(str(each.relative_to(root)) for each in Path(root).rglob("*"))


def text_of(value: File | Directory) -> str:
    assert isinstance(value, File)
    with value.open() as stream:
        return stream.read()


# -- what can be declared ----------------------------------------------------------------------


def test_directories_keep_the_contract_of_codecs(tmp_path, tree):
    (tmp_path / "empty").mkdir()
    values = [Directory(tree), Directory(tmp_path / "empty"), Directory(tree.as_uri())]
    bad = [(tmp_path / "missing", "$"), (tree / "a.txt", "$"), (3, "$"), (None, "$")]
    check_codec(Directory, values, bad)
    check_codec(Directory["csv"], values)
    check_codec(Annotated[Directory, BatchSize(2)], values)
    check_codec(dict[str, Directory], [{"x": Directory(tree)}], bad=[({"x": "missing"}, "$.x")])
    check_codec(Directory | None, [None, Directory(tree)])


@pytest.mark.parametrize(
    "annotation",
    [
        Directory["csv"],
        Directory[Literal["csv"]],
        Annotated[Directory, "csv"],
        Annotated[Directory[Literal["csv"]], BatchSize(3)],
    ],
)
def test_a_format_can_be_declared(annotation):
    assert codec_for(annotation).type == ContentType("directory", "csv")
    assert show(codec_for(annotation).type) == "Directory['csv']"


def test_the_size_of_a_batch_is_at_least_one(tree):
    assert sent(tree, Annotated[Directory, BatchSize(3)]).batch == 3
    with pytest.raises(UnsupportedType):
        BatchSize(0)


# -- as an output ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [Directory, str, Path])
def test_a_directory_is_stored_by_its_content(tree, form):
    said = content(form(tree))
    assert (said.name, said.uri, said.is_manifest) == ("tree", "", True)
    assert said.size == sum(each.stat().st_size for each in tree.rglob("*") if each.is_file())


def test_equal_directories_at_other_places_are_one_value(tmp_path, tree):
    (tmp_path / "other").mkdir()
    copy = plant(tmp_path / "other" / "tree")
    codec = codec_for(Directory)
    assert pack(codec, tree) == pack(codec, copy)
    assert Directory(tree) == Directory(copy)
    (copy / "a.txt").write_text("changed")
    assert content(tree).digest != content(copy).digest
    assert Directory(tree) != Directory(copy)


def test_an_input_that_is_returned_costs_nothing(tree, tmp_path):
    codec = codec_for(Directory)
    packed = pack(codec, tree)
    arrived = unpack(codec, packed)
    for stored in (tmp_path / "storage" / "blobs").glob("*/*"):
        stored.unlink()
    assert pack(codec, arrived) == packed


def test_an_input_goes_on_to_another_storage_with_its_files(tree, tmp_path):
    arrived = sent(tree)
    codec = codec_for(Directory)
    with using(Storage((tmp_path / "other").as_uri())):
        assert names(unpack(codec, pack(codec, arrived))) == names(tree)


def test_a_preview_lists_the_first_files(tree, tmp_path):
    shown = content(tree).preview
    assert shown["files"] == 5
    assert shown["first"][0] == {"path": "a.txt", "size": 5}
    many = tmp_path / "many"
    many.mkdir()
    for number in range(50):
        (many / f"{number:02}-{'é' * 100}").touch()
    preview = content(many).preview
    assert (preview["files"], len(preview["first"])) == (50, 10)
    assert len(msgspec.json.encode(preview)) < 8192


def test_a_directory_has_its_name_however_it_is_written(tree, monkeypatch):
    monkeypatch.chdir(tree / "deep")
    assert [sent(path).name for path in (".", "..", "../deep/er")] == ["deep", "tree", "er"]


def test_a_directory_can_stay_where_it_is(tree, tmp_path):
    given = Directory(tree, remote_directory=False)
    assert content(given).uri == tree.as_uri()
    assert not (tmp_path / "storage").exists()
    assert sent(given).path == str(tree)


def test_a_directory_can_go_to_a_place_of_ones_choice(tree, tmp_path):
    target = tmp_path / "there"
    arrived = sent(Directory(tree, remote_directory=target.as_uri()))
    assert arrived.remote_source == target.as_uri()
    assert text_of(arrived / "deep/c.txt") == "deep/c.txt"
    assert not (tmp_path / "storage").exists()


# -- as an input -------------------------------------------------------------------------------


def test_nothing_is_fetched_to_look_at_it(tree, attempt):
    arrived = sent(tree)
    found = arrived.listdir()
    assert [(type(each), each.name) for each in found] == [
        (File, "a.txt"), (File, "b.txt"), (Directory, "deep"), (Directory, "hollow"), (File, "run"),
    ]  # fmt: skip
    assert [each.name for each in Directory.listdir(arrived)] == [each.name for each in found]
    assert arrived.size == content(tree).size
    assert list(attempt.working_directory.iterdir()) == []


def test_everything_is_there_when_it_is_asked_for(tree, attempt):
    arrived = sent(tree)
    assert sorted(os.listdir(arrived)) == sorted(os.listdir(tree))  # noqa: PTH208 - it has to work
    path = Path(arrived.path)
    assert path.name == "tree"
    assert path.is_relative_to(attempt.working_directory)
    assert arrived.download() == str(path)
    assert names(path) == names(tree)
    assert os.access(path / "run", os.X_OK)
    assert (path / "deep/er/d.txt").read_text() == "deep/er/d.txt"


def test_a_local_storage_is_not_copied_from(tree):
    assert (Path(sent(tree).path) / "a.txt").stat().st_nlink > 1


def test_a_storage_without_files_is_fetched_from(tree):
    codec = codec_for(Directory)
    with using(Storage("memory://directories")):
        arrived = unpack(codec, pack(codec, tree))
    assert names(arrived) == names(tree)


def from_memory(tree: Path) -> Directory:
    with using(Storage("memory://inputs")):
        return sent(tree)


@pytest.mark.parametrize("arrive", [sent, from_memory])
def test_an_input_is_for_reading_wherever_it_was(tree, arrive):
    path = Path(arrive(tree).path)
    files = [each for each in path.rglob("*") if each.is_file()]
    assert len(files) == 5
    assert not any(each.stat().st_mode & 0o222 for each in files)
    assert os.access(path / "run", os.X_OK)


def write(path: Path) -> None:
    path.chmod(0o644)  # root needs not even that
    path.write_text("mine")


CHANGES = {
    "/a.txt": lambda path: write(path / "a.txt"),
    "/more.txt": lambda path: (path / "more.txt").touch(),
    "/deep/c.txt": lambda path: (path / "deep/c.txt").unlink(),
}


@pytest.mark.parametrize("arrive", [sent, from_memory])
@pytest.mark.parametrize("changed", CHANGES)
def test_an_input_that_was_changed_is_not_passed_on_without_it(tree, arrive, changed):
    def work() -> None:
        arrived = arrive(tree)
        CHANGES[changed](Path(arrived.path))
        pack(codec_for(list[Directory]), [arrived])

    with pytest.raises(AlteredInput, match=f"an input was written to: tree{changed}"):
        attempted(work)


def test_who_writes_to_what_the_storage_shares_is_told_at_the_end_of_the_attempt(tree):
    with pytest.raises(AlteredInput, match=r"an input was written to: tree/deep/c\.txt"):
        attempted(lambda: write(Path(sent(tree).path) / "deep/c.txt"))


def attempted(work: Callable[[], object]) -> None:
    with Context() as context, working_at(context):
        work()


def test_what_was_fetched_can_be_returned_with_more_in_it(tree):
    path = Path(sent(tree).path)
    (path / "more.txt").write_text("more")
    assert "more.txt" in names(sent(path))


def test_a_download_is_a_copy_of_ones_own(tree, tmp_path):
    arrived = sent(tree)
    target = tmp_path / "copy"
    assert arrived.download(target) == str(target)
    assert names(target) == names(tree)
    (target / "a.txt").write_text("mine")
    assert text_of(arrived / "a.txt") == "a.txt"


def test_one_file_is_fetched_alone(tree, attempt):
    inner = sent(tree) / "deep/er/d.txt"
    assert text_of(inner) == "deep/er/d.txt"
    assert Path(os.fspath(inner)).name == "d.txt"
    assert len([each for each in attempt.working_directory.rglob("*") if each.is_file()]) == 1


def test_a_directory_in_a_directory_is_one_by_itself(tree):
    inner = sent(tree) / "deep"
    assert isinstance(inner, Directory)
    assert text_of(inner / "er" / "d.txt") == "deep/er/d.txt"
    again = sent(inner)
    assert again.name == "deep"
    assert names(again) == names(tree / "deep")
    assert content(inner).digest == content(tree / "deep").digest


def test_what_is_not_there_is_missed_with_what_is_near(tree):
    with pytest.raises(MissingContent, match=r"tree has no 'a\.text'\n  hint: did you mean a\.txt"):
        _ = sent(tree) / "a.text"


def test_crawling_finds_all_files():
    directory = Directory.new("x")
    for name in ("top.txt", "sub/in.txt", "sub/sub/deep.txt"):
        with directory.new_file(name).open("w") as stream:
            stream.write(name)
    for each in (directory, sent(directory)):
        found = [path for _, path in each.crawl()]
        assert found == ["top.txt", "sub/in.txt", "sub/sub/deep.txt"]
        assert [path for _, path in each.crawl(topdown=False)] == found[::-1]
        assert [path for _, path in each.crawl(maxdepth=2)] == found[:2]
        base, told = next(each.crawl(detail=True))
        assert told == {"top.txt": {"name": f"{base}/top.txt", "size": 7, "type": "file"}}


def test_an_input_takes_no_new_files(tree):
    arrived = sent(tree)
    for make in (arrived.new_file, arrived.new_dir):
        with pytest.raises(StorageError, match="x cannot be added to tree, which is an input"):
            make("x")


# -- elsewhere ---------------------------------------------------------------------------------


def test_a_directory_elsewhere_is_looked_at_where_it_is(attempt):
    for name in ("a b.txt", "sub/c.txt"):
        with remote.open_writer(f"memory://folder/{name.replace(' ', '%20')}") as stream:
            stream.write(name.encode())
    arrived = sent("memory://folder")
    assert arrived == Directory.from_source("memory://folder")
    assert [each.name for each in arrived.listdir()] == ["a b.txt", "sub"]
    assert text_of(arrived / "a b.txt") == "a b.txt"
    assert text_of(arrived / "sub" / "c.txt") == "sub/c.txt"
    assert list(attempt.working_directory.iterdir()) == []
    assert names(arrived) == ["a b.txt", "sub", "sub/c.txt"]


def test_a_directory_elsewhere_can_be_written():
    made = Directory.new_remote("out", alt="memory://results")
    with made.new_file("sub/a.txt").open("w") as stream:
        stream.write("a")
    with made.new_dir("other").new_file("b.txt").open("w") as stream:
        stream.write("b")
    assert made.remote_source.startswith("memory://results/")
    assert [path for _, path in sent(made).crawl()] == ["other/b.txt", "sub/a.txt"]


def test_what_was_passed_by_reference_and_is_gone_is_named(tree):
    arrived = sent(Directory(tree, remote_directory=False))
    tree.rename(tree.with_name("moved"))
    with pytest.raises(MissingContent, match="tree is not there"):
        _ = arrived.path


# -- new directories ---------------------------------------------------------------------------


def test_a_new_directory_is_in_the_working_directory(attempt):
    made = Directory["csv"].new("out")
    assert Path(made.path) == attempt.working_directory / "out"
    (Path(made) / "a.csv").write_text("1")
    with made.new_dir("sub").new_file("b.csv").open("w") as stream:
        stream.write("2")
    assert names(sent(made)) == ["a.csv", "sub", "sub/b.csv"]


def test_a_new_directory_can_be_written_straight_to_the_storage(attempt):
    made = Directory.new_remote("out")
    for name in ("b.txt", "sub/a.txt"):
        with made.new_file(name).open("w") as stream:
            stream.write(name)
    with made.new_dir("sub").new_file("c.txt").open("wb") as stream:
        stream.write(b"c")
    assert list(attempt.working_directory.iterdir()) == []
    assert [path for _, path in made.crawl()] == ["b.txt", "sub/a.txt", "sub/c.txt"]
    assert text_of(sent(made) / "sub" / "c.txt") == "c"
    assert names(sent(made / "sub")) == ["a.txt", "c.txt"]


def test_a_new_file_that_was_not_written_is_no_output():
    made = Directory.new_remote()
    made.new_file("a.txt")
    with pytest.raises(StorageError, match=r"nothing has been written to a\.txt"):
        pack(codec_for(Directory), made)


def test_an_empty_directory_is_an_output():
    assert sent(Directory.new_remote()).listdir() == []
    assert sent(Directory.new("x")).listdir() == []


UNSAFE = ["/etc/passwd", "../x", "a/../../x", "", ".", "..", "a\0b", "a\\..\\b", "x" * 300]


@pytest.mark.parametrize("name", UNSAFE)
def test_names_that_lead_outside_are_refused(tree, name):
    new = Directory.new("new")
    streamed = Directory.new_remote()
    elsewhere = Directory("memory://folder")
    tries = [Directory.new, new.new_file, new.new_dir, streamed.new_file, streamed.new_dir]
    tries += [elsewhere.new_file, *(each.__truediv__ for each in (sent(tree), new, elsewhere))]
    for attempt in tries:
        with pytest.raises(StorageError) as caught:
            attempt(name)
        assert caught.value.code == "UnsafeName"


def test_a_link_to_something_inside_counts_as_what_it_leads_to(tree):
    (tree / "again").symlink_to("deep")
    expected = ["again/c.txt", "again/er/d.txt", "deep/c.txt", "deep/er/d.txt"]
    for each in (Directory(tree), sent(tree)):
        assert [path for _, path in each.crawl() if "/" in path] == expected


def test_links_that_lead_outside_are_refused(tmp_path):
    new = Directory.new("new")
    (Path(new.path) / "out").symlink_to(tmp_path)
    for attempt in (new.new_file, new.__truediv__):
        with pytest.raises(StorageError, match="a link leads it out"):
            attempt("out/x")
    with pytest.raises(StorageError, match=r"'out' is refused: it is a link .*at \$\[0\]"):
        pack(codec_for(list[Directory]), [new])


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../x", "a\\b", "a//b"])
def test_a_manifest_with_names_that_lead_outside_is_refused(name, attempt):
    stored = current().put(b"x")
    manifest = current().put(msgspec.msgpack.encode((1, (Entry(name, stored, 1),))))
    said = Content(manifest, 1, name="x", is_manifest=True)
    arrived = codec_for(Directory).from_wire(content_to_wire(said), "$")
    for use in (lambda: arrived.path, arrived.listdir, lambda: list(arrived.crawl())):
        with pytest.raises(StorageError) as caught:
            use()
        assert caught.value.code == "UnsafeName"


# -- bad input ---------------------------------------------------------------------------------


def test_a_missing_directory_is_refused_with_its_path(tmp_path):
    told = refused({"x": tmp_path / "missing"}, dict[str, Directory])
    assert "missing" in told
    assert "it does not exist at $.x" in told


def test_a_missing_directory_is_not_an_empty_one(tmp_path):
    with pytest.raises(MissingContent):
        Directory(tmp_path / "missing").listdir()


def test_a_file_is_no_directory(tree):
    assert "it is a file\n  hint: declare File" in refused(tree / "a.txt")


@pytest.mark.parametrize(
    "said",
    [
        Content("a" * 64, 3, name="../x", is_manifest=True),
        Content("../x", 3, is_manifest=True),
        Content("a" * 64, 3),
        Content(uri="nowhere"),
        Content("a" * 64, 3, format="pdf", is_manifest=True),
    ],
    ids=str,
)
def test_a_value_that_says_what_cannot_be_is_refused(said):
    with pytest.raises(TypeMismatch) as caught:
        codec_for(Directory["csv"]).from_wire(content_to_wire(said), "$.x")
    assert caught.value.path == "$.x"


def test_a_directory_whose_files_are_gone_is_missed(tree, tmp_path):
    arrived = sent(tree)
    for stored in (tmp_path / "storage" / "blobs").glob("*/*"):
        stored.unlink()
    with pytest.raises(MissingContent):
        arrived.listdir()


# -- in other types ----------------------------------------------------------------------------


@dataclass
class Run:
    logs: Directory[Literal["txt"]]
    models: list[Directory | File]


def test_directories_stand_in_records_lists_and_unions(tree):
    arrived = sent(Run(tree, [Directory(tree), File(tree / "a.txt")]), Run)
    assert arrived.logs.format == "txt"
    assert [type(each) for each in arrived.models] == [Directory, File]


def test_a_task_takes_and_gives_directories(tree):
    @task
    def upper(texts: Directory) -> Directory:
        made = Directory.new("upper")
        for _, path in texts.crawl():
            with (texts / path).open() as source, made.new_file(path).open("w") as target:
                target.write(source.read().upper())
        return made

    assert text_of(upper(texts=Directory(tree)) / "deep/c.txt") == "DEEP/C.TXT"


def test_a_directory_can_be_named_by_text(tree):
    kind = ContentType("directory")
    assert content_of_wire(content_from_text(kind, str(tree), "$")) == content(tree)
    assert content_of_wire(content_from_text(kind, "s3://b/x", "$")).uri == "s3://b/x"
