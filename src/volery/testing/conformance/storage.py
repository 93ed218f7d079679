"""What every storage must do, wherever it keeps its bytes.

Subclass `StorageConformance` in a test module and give it three fixtures: ``storage``, a new and
empty storage; ``other``, a second one of the same place; and ``damage``, a function that takes a
digest and bytes and puts them in place of the stored ones, behind the back of the storage; with
None it removes what is stored.
"""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import pytest

from volery.data.hashing import digest_of
from volery.data.manifest import below, read_manifest, restore, store_folder
from volery.data.storage import Storage
from volery.errors import AlteredContent, MissingContent, StorageError

Damage: TypeAlias = Callable[[str, bytes | None], None]

ABSENT = "0" * 64


def some_bytes(size: int, seed: int = 0) -> bytes:
    """Bytes that look random and are the same each time."""
    return hashlib.shake_128(seed.to_bytes(8, "big")).digest(size)


SMALL = some_bytes(1000)
LARGE = some_bytes(20 * 1024 * 1024 + 1)
"""More than fits one piece that travels."""


class Bytes:
    """Bytes come back by their digest."""

    @pytest.mark.parametrize("data", [b"", b"x", SMALL, LARGE], ids=["none", "one", "few", "many"])
    def test_bytes_come_back(self, storage: Storage, other: Storage, data: bytes) -> None:
        digest = storage.put(data)
        assert digest == digest_of(data)
        assert other.get(digest, len(data)) == data
        assert other.get(digest, -1) == data

    def test_bytes_are_here_once_they_are_stored(self, storage: Storage, other: Storage) -> None:
        assert not storage.has(digest_of(SMALL))
        storage.put(SMALL)
        assert storage.has(digest_of(SMALL))
        assert other.has(digest_of(SMALL))

    def test_what_is_stored_does_not_follow_its_buffer(self, storage: Storage) -> None:
        buffer = bytearray(SMALL)
        digest = storage.put(memoryview(buffer))
        buffer[:] = bytes(len(buffer))
        assert storage.get(digest, len(SMALL)) == SMALL

    def test_the_same_bytes_are_stored_again_without_harm(self, storage: Storage) -> None:
        assert storage.put(SMALL) == storage.put(SMALL)
        assert storage.get(digest_of(SMALL), len(SMALL)) == SMALL

    def test_a_range_is_read_alone(self, storage: Storage) -> None:
        digest = storage.put(LARGE)
        assert storage.get_range(digest, 0, 10) == LARGE[:10]
        assert storage.get_range(digest, 9_999_999, 10_000_001) == LARGE[9_999_999:10_000_001]
        assert storage.get_range(digest, len(LARGE) - 3, len(LARGE)) == LARGE[-3:]
        assert storage.get_range(digest, 5, 5) == b""

    @pytest.mark.parametrize("start", [990, 1000, 5000])
    def test_a_range_beyond_the_end_is_refused(self, storage: Storage, start: int) -> None:
        digest = storage.put(SMALL)
        with pytest.raises(AlteredContent, match="has 1000 bytes"):
            storage.get_range(digest, start, start + 100)

    @pytest.mark.parametrize(
        "digest", ["", "../../etc/passwd", "AB" * 32, "0" * 63, "0" * 64 + "/"]
    )
    def test_what_is_no_digest_is_refused(self, storage: Storage, digest: str) -> None:
        for use in (
            lambda: storage.get(digest, 1),
            lambda: storage.get_range(digest, 0, 1),
            lambda: storage.open(digest, 1),
            lambda: storage.in_place(digest, 1),
            lambda: storage.has(digest),
            lambda: storage.uri(digest),
        ):
            with pytest.raises(StorageError, match="names no content"):
                use()

    def test_many_threads_store_and_read_at_once(self, storage: Storage, other: Storage) -> None:
        data = [some_bytes(100_000, seed) for seed in range(4)] * 4
        together = threading.Barrier(8)

        def use(number: int) -> bytes:
            together.wait()
            mine = (storage, other)[number % 2]
            return mine.get(mine.put(data[number]), len(data[number]))

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(use, range(16))) == data


class Files:
    """Files go in and come out."""

    @pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["none", "few", "many"])
    def test_a_file_comes_back(self, storage: Storage, tmp_path: Path, data: bytes) -> None:
        source, target = tmp_path / "source", tmp_path / "new" / "target"
        source.write_bytes(data)
        stored = storage.put_file(source)
        assert stored == (digest_of(data), len(data))
        storage.fetch(*stored, target)
        assert target.read_bytes() == data
        assert [path.name for path in target.parent.iterdir()] == ["target"]

    def test_a_fetched_file_is_the_callers_own(self, storage: Storage, tmp_path: Path) -> None:
        digest = storage.put(SMALL)
        storage.fetch(digest, len(SMALL), tmp_path / "mine")
        (tmp_path / "mine").write_bytes(b"changed")
        assert storage.get(digest, len(SMALL)) == SMALL

    def test_a_fetch_replaces_what_was_there(self, storage: Storage, tmp_path: Path) -> None:
        (tmp_path / "target").write_text("old")
        storage.fetch(storage.put(SMALL), len(SMALL), tmp_path / "target")
        assert (tmp_path / "target").read_bytes() == SMALL

    def test_a_file_in_place_has_the_bytes(self, storage: Storage) -> None:
        path = storage.in_place(storage.put(SMALL), len(SMALL))
        assert path is None or path.read_bytes() == SMALL

    def test_a_missing_file_and_a_folder_are_refused(
        self, storage: Storage, tmp_path: Path
    ) -> None:
        with pytest.raises(MissingContent, match="nowhere"):
            storage.put_file(tmp_path / "nowhere")
        with pytest.raises(StorageError, match="is no file"):
            storage.put_file(tmp_path)

    def test_a_folder_comes_back(self, storage: Storage, other: Storage, tmp_path: Path) -> None:
        (tmp_path / "in/a/empty").mkdir(parents=True)
        (tmp_path / "in/a/é").write_bytes(SMALL)
        (tmp_path / "in/run").write_text("#!/bin/sh\n")
        (tmp_path / "in/run").chmod(0o755)
        stored = store_folder(storage, tmp_path / "in")
        assert (stored.size, stored.files) == (len(SMALL) + 10, 2)
        entries = read_manifest(other, stored.digest)
        restore(other, entries, tmp_path / "out")
        assert store_folder(storage, tmp_path / "out") == stored
        restore(other, below(entries, "a"), tmp_path / "a")
        assert (tmp_path / "a/é").read_bytes() == SMALL


class Pieces:
    """Bytes that are written and read piece by piece."""

    @pytest.mark.parametrize("data", [b"", SMALL, LARGE], ids=["none", "few", "many"])
    def test_what_is_written_comes_back(self, storage: Storage, data: bytes) -> None:
        with storage.writer() as writer:
            for start in range(0, len(data), 1_000_003):
                assert writer.write(data[start : start + 1_000_003]) > 0
        assert (writer.digest, writer.size) == (digest_of(data), len(data))
        assert storage.get(writer.digest, writer.size) == data

    @pytest.mark.parametrize("data", [SMALL, LARGE], ids=["few", "many"])
    def test_an_error_while_writing_stores_nothing(self, storage: Storage, data: bytes) -> None:
        def write_and_fail() -> None:
            with storage.writer() as writer:
                writer.write(data)
                raise RuntimeError("boom")

        with pytest.raises(RuntimeError, match="boom"):
            write_and_fail()
        assert not storage.has(digest_of(data))

    def test_an_opened_object_is_a_file(self, storage: Storage) -> None:
        with storage.open(storage.put(LARGE), len(LARGE)) as file:
            assert (file.readable(), file.seekable(), file.writable()) == (True, True, False)
            assert file.read(10) == LARGE[:10]
            assert file.seek(-5, io.SEEK_END) == len(LARGE) - 5
            assert file.read() == LARGE[-5:]
            assert file.read(1) == b""
            file.seek(9_000_000)
            assert file.read(9_000_000) == LARGE[9_000_000:18_000_000]
            assert file.tell() == 18_000_000
            file.seek(0)
            assert file.read() == LARGE

    def test_an_opened_object_is_read_in_steps_of_any_size(self, storage: Storage) -> None:
        data = LARGE[:3_000_000]
        digest = storage.put(data)
        for step in (4_097, 1_000_000, 2_999_999):
            with storage.open(digest, len(data)) as file:
                assert b"".join(iter(lambda file=file, step=step: file.read(step), b"")) == data


class Named:
    """A few bytes under a name."""

    def test_named_bytes_come_back(self, storage: Storage, other: Storage) -> None:
        storage.put_named("e/map[3]/1/mark", SMALL)
        storage.put_named("e/empty", b"")
        assert other.get_named("e/map[3]/1/mark") == SMALL
        assert other.get_named("e/empty") == b""

    def test_a_name_that_was_never_given_has_nothing(self, storage: Storage) -> None:
        assert storage.get_named("e/mark") is None
        storage.put_named("e/a/mark", SMALL)
        assert storage.get_named("e/mark") is None

    def test_the_newest_bytes_count(self, storage: Storage, other: Storage) -> None:
        storage.put_named("mark", SMALL)
        other.put_named("mark", b"new")
        assert storage.get_named("mark") == b"new"

    def test_names_are_listed_folder_by_folder(self, storage: Storage) -> None:
        for name in ("e/n/1/mark", "e/n/2/mark", "e/n/2/note", "e/n/x", "e/nn/3/mark", "f"):
            storage.put_named(name, SMALL)
        assert sorted(storage.names("e/n")) == ["1", "2", "x"]
        assert sorted(storage.names("e/n/2")) == ["mark", "note"]
        assert storage.names("e/none") == []

    def test_a_name_has_a_uri_below_that_of_its_folder(self, storage: Storage) -> None:
        folder = storage.named_uri("e/n")
        assert folder.startswith(storage.url)
        assert storage.named_uri("e/n/1") == f"{folder}/1"

    @pytest.mark.parametrize("name", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "x\0"])
    def test_a_name_that_leads_elsewhere_is_refused(self, storage: Storage, name: str) -> None:
        for use in (
            lambda: storage.put_named(name, SMALL),
            lambda: storage.get_named(name),
            lambda: storage.names(name),
            lambda: storage.named_uri(name),
        ):
            with pytest.raises(StorageError, match="is refused"):
                use()

    def test_many_threads_replace_bytes_and_none_sees_a_part(
        self, storage: Storage, other: Storage
    ) -> None:
        storage.put_named("mark", some_bytes(10_000, 0))
        together = threading.Barrier(8)

        def use(number: int) -> bool:
            together.wait()
            storage.put_named("mark", some_bytes(10_000, number))
            return other.get_named("mark") in {some_bytes(10_000, each) for each in range(8)}

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(use, range(8)))


class Trouble:
    """What is missing, cut off or changed is never read as if it were not."""

    def test_missing_content_is_named(self, storage: Storage, tmp_path: Path) -> None:
        for use in (
            lambda: storage.get(ABSENT, 1),
            lambda: storage.get(ABSENT, -1),
            lambda: storage.get_range(ABSENT, 0, 1),
            lambda: storage.open(ABSENT, 1).read(),
            lambda: storage.fetch(ABSENT, 1, tmp_path / "target"),
        ):
            with pytest.raises(MissingContent, match=ABSENT):
                use()
        assert not any(tmp_path.iterdir())

    def test_content_that_was_removed_is_missing(self, storage: Storage, damage: Damage) -> None:
        digest = storage.put(SMALL)
        damage(digest, None)
        assert not storage.has(digest)
        with pytest.raises(MissingContent, match=digest):
            storage.get(digest, len(SMALL))

    @pytest.mark.parametrize(
        "wrong",
        [b"", SMALL[:-1], SMALL[:-1] + b"?", b"?" + SMALL[1:]],
        ids=["emptied", "cut off", "end changed", "start changed"],
    )
    def test_altered_content_is_refused(
        self, storage: Storage, damage: Damage, tmp_path: Path, wrong: bytes
    ) -> None:
        digest = storage.put(SMALL)
        damage(digest, wrong)
        for use in (
            lambda: storage.get(digest, len(SMALL)),
            lambda: storage.get(digest, -1),
            lambda: storage.open(digest, len(SMALL)).read(),
            lambda: b"".join(storage.open(digest, len(SMALL))),
            lambda: storage.fetch(digest, len(SMALL), tmp_path / "target"),
        ):
            with pytest.raises(AlteredContent, match=digest):
                use()
        assert not any(tmp_path.iterdir())

    def test_altered_content_in_many_pieces_is_refused(
        self, storage: Storage, damage: Damage, tmp_path: Path
    ) -> None:
        digest = storage.put(LARGE)
        damage(digest, LARGE[:-1] + b"?")
        with pytest.raises(AlteredContent, match=digest):
            storage.fetch(digest, len(LARGE), tmp_path / "target")
        with pytest.raises(AlteredContent, match=digest):
            storage.open(digest, len(LARGE)).read()
        assert not any(tmp_path.iterdir())

    def test_what_is_cut_off_is_stored_again(
        self, storage: Storage, damage: Damage, tmp_path: Path
    ) -> None:
        digest = storage.put(SMALL)
        (tmp_path / "file").write_bytes(SMALL)
        for store in (lambda: storage.put(SMALL), lambda: storage.put_file(tmp_path / "file")):
            damage(digest, SMALL[:10])
            store()
            assert storage.get(digest, len(SMALL)) == SMALL


class Removing:
    """What is here is told, and can be removed when it is old."""

    def test_what_is_here_is_told(self, storage: Storage, other: Storage) -> None:
        assert list(storage.kept()) == []
        before = time.time() - 60  # clocks of servers differ
        stored = {storage.put(data): len(data) for data in (b"", b"x", SMALL)}
        storage.put_named("a/b", b"no object of this kind")
        found = list(other.kept())
        assert {each.name: each.size for each in found} == stored
        assert all(before < each.since < time.time() + 60 for each in found)

    def test_what_is_old_can_be_removed(self, storage: Storage, other: Storage) -> None:
        digest, stays = storage.put(SMALL), storage.put(b"stays")
        assert not other.discard(digest, time.time() - 3600)
        assert storage.has(digest)
        assert storage.still_has(digest)
        assert other.discard(digest, time.time() + 3600)
        assert not storage.has(digest)
        assert not storage.still_has(digest)
        assert not other.discard(digest, time.time() + 3600)
        assert [each.name for each in storage.kept()] == [stays]

    def test_what_was_removed_can_be_stored_again(self, storage: Storage) -> None:
        digest = storage.put(SMALL)
        storage.discard(digest, time.time() + 3600)
        assert storage.put(SMALL) == digest
        assert storage.get(digest, len(SMALL)) == SMALL

    def test_folders_of_names_can_be_removed(self, storage: Storage, other: Storage) -> None:
        assert storage.folders() == []
        names = {"run/a/1/mark": 4, "run/b": 1, "runner/a": 2}
        for name, size in names.items():
            storage.put_named(name, b"x" * size)
        assert sorted(other.folders()) == ["run", "runner"]
        found = {each.name: each.size for each in other.named("run")}
        assert found == {"run/a/1/mark": 4, "run/b": 1}
        other.discard_named("run")
        other.discard_named("nothing")
        assert list(storage.named("run")) == []  # some stores go on naming an empty folder
        assert "runner" in storage.folders()
        assert storage.get_named("run/b") is None
        assert storage.get_named("runner/a") == b"xx"


class StorageConformance(Bytes, Files, Pieces, Named, Removing, Trouble):
    """All of it."""
