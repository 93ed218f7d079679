"""Directories as manifests."""

from __future__ import annotations

import os
import random

import msgspec
import pytest
from hypothesis import given, strategies as st

from volery.data.manifest import Entry, below, read_manifest, restore, store_folder
from volery.data.names import check_name
from volery.data.storage import Storage
from volery.errors import AlteredContent, MissingContent, StorageError
from volery.testing.conformance.storage import ABSENT

DIGEST = "ab" * 32


@pytest.fixture
def storage(tmp_path_factory):
    return Storage(tmp_path_factory.mktemp("storage").as_uri())


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "folder"
    (folder / "a/empty").mkdir(parents=True)
    (folder / "a/one").write_text("one")
    (folder / "two").write_text("two")
    return folder


def _store(storage, *entries, version=1):
    packed = [(path, digest, 1, False) for path, digest in entries]
    return storage.put(msgspec.msgpack.encode((version, packed)))


def test_a_manifest_names_files_and_empty_folders_in_order(storage, folder):
    stored = store_folder(storage, folder)
    entries = read_manifest(storage, stored.digest)
    assert [entry.path for entry in entries] == ["a/empty/", "a/one", "two"]
    assert [entry.size for entry in entries] == [0, 3, 3]
    assert (stored.size, stored.files) == (6, 2)


def test_identical_directories_have_one_digest(storage, tmp_path):
    digests = set()
    names = [f"d{number % 7}/file{number}" for number in range(50)]
    for attempt in range(3):
        random.Random(attempt).shuffle(names)
        for name in names:
            path = tmp_path / str(attempt) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        digests.add(store_folder(storage, tmp_path / str(attempt), batch=attempt + 1).digest)
    assert len(digests) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "two").write_text("2"),
        lambda folder: (folder / "two").rename(folder / "second"),
        lambda folder: (folder / "two").chmod(0o755),
        lambda folder: (folder / "a/empty").rmdir(),
        lambda folder: (folder / "new").mkdir(),
    ],
)
def test_a_change_of_anything_changes_the_digest(storage, folder, change):
    before = store_folder(storage, folder).digest
    change(folder)
    assert store_folder(storage, folder).digest != before


def test_an_empty_directory_is_kept(storage, tmp_path):
    (tmp_path / "in").mkdir()
    stored = store_folder(storage, tmp_path / "in")
    assert read_manifest(storage, stored.digest) == ()
    restore(storage, (), tmp_path / "out")
    assert (tmp_path / "out").is_dir()


def test_links_inside_count_as_what_they_lead_to(storage, folder):
    (folder / "file link").symlink_to("a/one")
    (folder / "folder link").symlink_to("a")
    restore(storage, read_manifest(storage, store_folder(storage, folder).digest), folder / "out")
    assert (folder / "out/file link").read_text() == "one"
    assert not (folder / "out/folder link").is_symlink()
    assert (folder / "out/folder link/one").read_text() == "one"


def test_a_directory_that_is_itself_a_link_is_stored(storage, folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    assert store_folder(storage, tmp_path / "link") == store_folder(storage, folder)


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("/etc/passwd", "outside of"),
        ("../../beside", "outside of"),
        ("../..", "outside of"),
        ("..", "which it is in"),
        (".", "which it is in"),
    ],
)
def test_a_link_outside_or_in_a_circle_is_refused(storage, folder, target, told):
    (folder / "a/link").symlink_to(target)
    with pytest.raises(StorageError, match=told) as caught:
        store_folder(storage, folder)
    assert "a/link" in caught.value.message
    assert caught.value.code == "UnsafeName"


def test_a_link_to_nothing_is_refused(storage, folder):
    (folder / "link").symlink_to("nothing")
    with pytest.raises(StorageError, match="nothing"):
        store_folder(storage, folder)


def test_what_is_neither_file_nor_folder_is_refused(storage, folder):
    os.mkfifo(folder / "pipe")
    with pytest.raises(StorageError, match="pipe is neither a file nor a folder"):
        store_folder(storage, folder)


def test_a_name_that_is_no_text_is_refused(storage, folder):
    (folder / os.fsdecode(b"\xff")).touch()
    with pytest.raises(StorageError, match="it is not UTF-8"):
        store_folder(storage, folder)


def test_a_missing_directory_and_a_file_are_refused(storage, folder):
    with pytest.raises(MissingContent, match="nowhere"):
        store_folder(storage, folder / "nowhere")
    with pytest.raises(StorageError, match="Not a directory"):
        store_folder(storage, folder / "two")


# --- manifests from elsewhere --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("/etc/passwd", "it is absolute"),
        ("../../etc/passwd", "empty, '.' or '..'"),
        ("a/../../b", "empty, '.' or '..'"),
        ("a/./b", "empty, '.' or '..'"),
        ("a//b", "empty, '.' or '..'"),
        ("", "empty, '.' or '..'"),
        ("a\0b", "a character"),
        ("..\\..\\b", "a character"),
        ("x" * 256, "longer than 255 bytes"),
        ("é" * 128, "longer than 255 bytes"),
        ("/".join("x" * 200 for _ in range(30)), "4000 in all"),
    ],
)
def test_an_unsafe_name_is_refused(storage, name, told):
    for entry in ((name, DIGEST), (f"{name}/", "")):
        with pytest.raises(StorageError, match=told) as caught:
            read_manifest(storage, _store(storage, ("fine", DIGEST), entry))
        assert caught.value.code == "UnsafeName"
        assert repr(name)[1:20] in caught.value.message


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([("a", DIGEST), ("a", DIGEST)], "it is there twice"),
        ([("a", DIGEST), ("a/b", DIGEST)], "it is a file and a folder"),
        ([("a/b/c", DIGEST), ("a", DIGEST)], "it is a file and a folder"),
        ([("a", DIGEST), ("a/", "")], "it is a file and a folder"),
        ([("a", "")], "no digest"),
        ([("a/", DIGEST)], "no digest"),
    ],
)
def test_names_that_cannot_stand_together_are_refused(storage, entries, told):
    with pytest.raises(StorageError, match=told) as caught:
        read_manifest(storage, _store(storage, *entries))
    assert caught.value.code == "UnsafeName"


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x90", b"\x92\x01\x91\x91\x01", b"text"])
def test_what_is_no_manifest_is_refused(storage, data):
    with pytest.raises(StorageError, match="is no manifest"):
        read_manifest(storage, storage.put(data))


def test_a_manifest_of_a_newer_version_is_refused(storage):
    with pytest.raises(StorageError, match="is of version 2, we read 1") as caught:
        read_manifest(storage, _store(storage, version=2))
    assert "newer" in caught.value.hint


@given(st.lists(st.text("a./\\\0é", max_size=6), max_size=5).map("/".join))
def test_a_name_that_is_taken_stays_inside(name):
    try:
        check_name(name)
    except StorageError:
        return
    inside = os.path.normpath(f"/root/folder/{name}")
    assert inside.startswith("/root/folder/")
    assert inside == f"/root/folder/{name}"


# --- back into a folder --------------------------------------------------------------------------


def test_a_folder_of_a_directory_stands_alone(storage, folder):
    entries = read_manifest(storage, store_folder(storage, folder).digest)
    assert [entry.path for entry in below(entries, "a")] == ["empty/", "one"]
    assert below(entries, "a/empty") == ()
    with pytest.raises(MissingContent, match="no folder 'b'"):
        below(entries, "b")
    with pytest.raises(StorageError, match="is refused"):
        below(entries, "../a")


def test_files_come_back_as_they_were(storage, folder, tmp_path):
    (folder / "two").chmod(0o755)
    restore(storage, read_manifest(storage, store_folder(storage, folder).digest), tmp_path / "out")
    assert os.access(tmp_path / "out/two", os.X_OK)
    assert not os.access(tmp_path / "out/a/one", os.X_OK)
    assert (tmp_path / "out/a/empty").is_dir()
    (tmp_path / "out/a/one").write_text("mine to change")


def test_nothing_is_written_through_links_in_the_target(storage, folder, tmp_path):
    entries = read_manifest(storage, store_folder(storage, folder).digest)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/two").write_text("theirs")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/two").symlink_to(tmp_path / "outside/two")
    restore(storage, entries, tmp_path / "out")
    assert (tmp_path / "outside/two").read_text() == "theirs"
    assert (tmp_path / "out/two").read_text() == "two"
    (tmp_path / "again").mkdir()
    (tmp_path / "again/a").symlink_to(tmp_path / "outside")
    with pytest.raises(StorageError, match="is a link") as caught:
        restore(storage, entries, tmp_path / "again")
    assert caught.value.code == "UnsafeName"
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["two"]


def test_a_missing_or_altered_file_is_told_and_not_written(storage, folder, tmp_path):
    entries = read_manifest(storage, store_folder(storage, folder).digest)
    with pytest.raises(MissingContent, match=ABSENT):
        restore(storage, [Entry("x", ABSENT, 1)], tmp_path / "out")
    path = storage.in_place(entries[-1].digest, 3)
    path.chmod(0o644)
    path.write_text("owt")
    with pytest.raises(AlteredContent, match=entries[-1].digest):
        restore(storage, entries[-1:], tmp_path / "out")
    assert not any((tmp_path / "out").iterdir())
