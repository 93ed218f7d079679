"""Backups: made while the home is in use, and homes made of them."""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from volery.data.storage import Storage
from volery.errors import (
    AlreadyExists,
    AlteredContent,
    ConfigError,
    MissingContent,
    NotFound,
    StoreError,
)
from volery.services import backup as module
from volery.services.backup import back_up, restore
from volery.services.home import Home
from volery.store.access import NEWEST, AuditTable
from volery.store.retention import Families
from volery.store.sql import SqlStore
from volery.store.sqlite import copy_sqlite
from volery.testing.clock import FakeClock
from volery.testing.conformance.store_driver import Driver

CLOCK = FakeClock()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.make()
    return made


@pytest.fixture
def store(home: Home) -> Iterator[SqlStore]:
    with closing(home.open()) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def other(tmp_path: Path) -> Home:
    return Home(tmp_path / "other")


def names(home: Home) -> set[str]:
    with closing(home.open()) as store:
        return {each.id for each in store.executions(limit=1000)}


def test_a_home_made_of_a_backup_has_what_the_first_one_had(home, store, folder, other):
    Driver(store, "run").begin()
    content = home.storage().put(b"content")
    home.storage().put_named("run/n0/1/checkpoint", b"digest")
    manifest = back_up(home, home.storage(), folder, CLOCK)
    assert manifest.created == CLOCK.now()
    assert manifest.content
    Driver(store, "later").begin()
    assert restore(folder, other, CLOCK) == manifest
    assert names(other) == {"run"}
    with closing(other.open()) as restored:
        (line,) = AuditTable(restored.database).lines(NEWEST, 9)
    assert (line.who, line.what, line.on) == ("local", "home.restore", str(folder))
    assert other.storage().get(content, 7) == b"content"
    assert other.storage().get_named("run/n0/1/checkpoint") == b"digest"
    with closing(sqlite3.connect(other.database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_is_written_meanwhile_is_there_as_a_whole_or_not_at_all(home, store, folder, other):
    over, begun = Event(), Event()
    driver = Driver(store)

    def write() -> None:
        number = 0
        while not over.is_set():
            driver.begin(f"run{number}")
            driver.launch("a", execution=f"run{number}")
            number += 1
            begun.set()

    writer = Thread(target=write)
    writer.start()
    begun.wait(10)
    try:
        for _ in range(5):
            back_up(home, home.storage(), folder, CLOCK)
    finally:
        over.set()
        writer.join()
    restore(folder, other, CLOCK)
    found = names(other)
    assert found == {f"run{number}" for number in range(len(found))}
    with closing(sqlite3.connect(other.database)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_all_that_the_database_refers_to_is_there_whatever_comes_and_goes_meanwhile(
    home, store, folder, other, monkeypatch
):
    storage = home.storage()
    Driver(store, "run").begin()
    early = storage.put(b"early")
    storage.put_named("run/n0/1/checkpoint", early.encode())
    late: list[str] = []

    def copied(*paths: Path) -> int:
        late.append(storage.put(b"late"))
        storage.put_named("run/n1/1/checkpoint", late[0].encode())
        schema = copy_sqlite(*paths)
        storage.discard(early, math.inf)  # as retention does with what ended long ago
        storage.discard_named("run/n0")
        return schema

    monkeypatch.setattr(module, "copy_sqlite", copied)
    back_up(home, storage, folder, CLOCK)
    restore(folder, other, CLOCK)
    assert other.storage().get(early, 5) == b"early"
    assert other.storage().get(late[0], 4) == b"late"
    assert other.storage().get_named("run/n0/1/checkpoint") == early.encode()
    assert other.storage().get_named("run/n1/1/checkpoint") == late[0].encode()


def test_a_folder_is_used_again(home, store, folder, other):
    storage = home.storage()
    first = storage.put(b"first")
    Driver(store, "run").begin()
    back_up(home, storage, folder, CLOCK)
    written = Storage(folder.as_uri()).in_place(first, 5)
    assert written is not None
    number = written.stat().st_ino
    Driver(store, "second").begin()
    storage.put(b"second")
    manifest = back_up(home, storage, folder, CLOCK)
    assert written.stat().st_ino == number
    assert [each.name for each in folder.glob("*.db")] == [manifest.database]
    restore(folder, other, CLOCK)
    assert names(other) == {"run", "second"}


def test_until_a_backup_is_complete_the_one_before_holds(home, store, folder, other, monkeypatch):
    Driver(store, "run").begin()
    manifest = back_up(home, home.storage(), folder, CLOCK)
    Driver(store, "second").begin()

    def die(*_):
        raise RuntimeError

    for step in ("copy_sqlite", "_copy_objects", "_write_out"):
        with monkeypatch.context() as patch:
            patch.setattr(module, step, die)
            with pytest.raises(RuntimeError):
                back_up(home, home.storage(), folder, CLOCK)
        assert not list(folder.glob(".*"))
    assert restore(folder, other, CLOCK) == manifest
    assert names(other) == {"run"}


def test_who_dies_while_restoring_can_do_it_again(home, store, folder, other, monkeypatch):
    Driver(store, "run").begin()
    home.storage().put(b"content")
    back_up(home, home.storage(), folder, CLOCK)

    def die(*_):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(module, "_write_out", die)
        with pytest.raises(RuntimeError):
            restore(folder, other, CLOCK)
    assert not other.has_database()
    restore(folder, other, CLOCK)
    assert names(other) == {"run"}


def test_a_storage_elsewhere_is_named_and_left_where_it_is(home, store, folder, other, tmp_path):
    elsewhere = Storage((tmp_path / "bucket").as_uri())
    digest = elsewhere.put(b"content")
    manifest = back_up(home, elsewhere, folder, CLOCK)
    assert (manifest.content, manifest.storage) == (False, elsewhere.url)
    restore(folder, other, CLOCK)
    with pytest.raises(MissingContent):
        other.storage().get(digest, 7)


def test_a_damaged_backup_is_refused(home, store, folder, other):
    manifest = back_up(home, home.storage(), folder, CLOCK)
    database = folder / manifest.database
    database.write_bytes(database.read_bytes()[:-1] + b"x")
    with pytest.raises(AlteredContent, match="not what was backed up"):
        restore(folder, other, CLOCK)
    assert not other.has_database()


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"format": 2}, "format 2; this Volery reads 1"),
        ({"database": "../../etc/passwd"}, "names no database"),
        ({"digest": 7}, "cannot be read"),
    ],
)
def test_a_manifest_is_not_trusted(home, folder, other, change, error):
    home.open().close()
    back_up(home, home.storage(), folder, CLOCK)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | change))
    with pytest.raises(ConfigError, match=error):
        restore(folder, other, CLOCK)


def test_where_there_is_no_backup_it_says_so(folder, other):
    with pytest.raises(NotFound, match="no backup"):
        restore(folder, other, CLOCK)


def test_a_home_that_is_in_use_is_not_written_over(home, store, folder):
    back_up(home, home.storage(), folder, CLOCK)
    with pytest.raises(AlreadyExists):
        restore(folder, home, CLOCK)


def test_a_home_without_a_database_has_nothing_to_back_up(other, folder):
    with pytest.raises(StoreError):
        back_up(other, other.storage(), folder, CLOCK)


def test_postgresql_has_tools_of_its_own(tmp_path, folder):
    home = Home(tmp_path, "postgresql://me:hunter2@host/name")
    with pytest.raises(ConfigError, match="tools of its own") as caught:
        back_up(home, home.storage(), folder, CLOCK)
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigError):
        restore(folder, home, CLOCK)


def test_what_a_backup_that_was_killed_has_left_is_removed_by_a_later_one(home, store, folder):
    folder.mkdir()
    old, young = folder / ".0123.part", folder / ".4567.part"
    for part in (old, young):
        part.write_bytes(b"half of a database")
    os.utime(old, (1.0, 1.0))
    back_up(home, home.storage(), folder, CLOCK)
    assert (old.exists(), young.exists()) == (False, True)


def test_a_home_made_of_a_backup_is_not_taken_for_the_first_one(home, store, folder, other):
    back_up(home, home.storage(), folder, CLOCK)
    restore(folder, other, CLOCK)
    with closing(other.open()) as restored:
        ids = {Families(each.database).database() for each in (store, restored)}
    assert len(ids) == 2
