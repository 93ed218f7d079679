"""Files that cannot be used: each says what is wrong and what to do, and is left as it was."""

from __future__ import annotations

import os
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from volery.engine.model import Phase
from volery.errors import StoreError
from volery.store import migrations, sqlite
from volery.store.sql import SqlStore
from volery.store.sqlite import DIALECT, SqliteDatabase, open_sqlite
from volery.testing.conformance.store_driver import Driver, everything

NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with an execution in it, closed."""
    path = tmp_path / "volery.db"
    with closing(open_sqlite(path)) as store:
        Driver(store).begin()
    return path


def connection(store: SqlStore) -> sqlite3.Connection:
    database = store._database
    assert isinstance(database, SqliteDatabase)
    return database._connection


def refused(path: Path, *, read_only: bool = False) -> StoreError:
    """The error for a file; the file has to stay as it was."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as caught:
        open_sqlite(path, read_only=read_only)
    assert before is None or path.read_bytes() == before
    assert str(path) in str(caught.value) or str(path.parent) in str(caught.value)
    assert caught.value.hint
    return caught.value


@contextmanager
def without_rights() -> Iterator[Path]:
    """A folder of somebody else's, with the rights of a user who may only read it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write anywhere, whatever the mode says; so stop being root for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path).message


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = refused(tmp_path / "file" / "home" / "volery.db")
    assert "cannot be made" in error.message


def test_a_file_of_another_kind_is_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "volery.db"
    path.write_text("a letter to a friend\n" * 100)
    assert "is not a database" in refused(path).message


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "volery.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE friends (name TEXT)")
    assert "another program" in refused(path).message


def test_a_newer_database_is_refused_with_both_versions(path: Path) -> None:
    newer = migrations.newest(DIALECT) + 1
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA user_version = {newer}")
    for read_only in (False, True):
        error = refused(path, read_only=read_only)
        assert f"schema {newer}" in error.message
        assert f"up to {migrations.newest(DIALECT)}" in error.message
        assert "upgrade" in str(error.hint)


def test_a_damaged_database_is_told_apart_when_it_is_read(path: Path) -> None:
    with closing(open_sqlite(path)) as store:
        (root,) = (
            connection(store)
            .execute("SELECT rootpage FROM sqlite_master WHERE name = 'journal'")
            .fetchone()
        )
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    with closing(open_sqlite(path)) as store, pytest.raises(StoreError, match="is damaged"):
        store.journal("run", 0, 9)


def test_a_database_that_is_to_be_read_has_to_exist(tmp_path: Path) -> None:
    path = tmp_path / "volery.db"
    assert "there is no database" in refused(path, read_only=True).message
    assert not path.exists()


def test_an_older_database_is_not_changed_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "volery.db"
    path.touch()
    assert "has schema 0" in refused(path, read_only=True).message


def test_a_database_that_is_read_cannot_be_written(path: Path) -> None:
    with closing(open_sqlite(path, read_only=True)) as store:
        assert store.execution("run") is not None
        with pytest.raises(StoreError, match="cannot be written to"):
            store.abort("run", "enough", 1.0)


@pytest.mark.skipif(sys.platform == "win32", reason="modes of POSIX")
class TestRights:
    def test_a_new_database_in_a_folder_without_rights_is_refused(self) -> None:
        with without_rights() as folder:
            folder.chmod(0o555)
            with as_nobody():
                error = refused(folder / "volery.db")
        assert "cannot be opened" in error.message

    def test_a_database_without_rights_is_refused_when_it_is_opened(self) -> None:
        with without_rights() as folder:
            path = folder / "volery.db"
            open_sqlite(path).close()
            path.chmod(0o444)
            folder.chmod(0o555)
            with as_nobody():
                error = refused(path)
        assert "cannot be" in error.message

    def test_a_database_without_rights_can_be_read(self) -> None:
        with without_rights() as folder:
            path = folder / "volery.db"
            with closing(open_sqlite(path)) as store:
                Driver(store).begin()
            path.chmod(0o444)
            folder.chmod(0o555)
            with as_nobody(), closing(open_sqlite(path, read_only=True)) as store:
                assert store.execution("run") is not None


def test_a_full_disk_leaves_nothing_half_written(path: Path) -> None:
    with closing(open_sqlite(path)) as store:
        driver = Driver(store)
        driver.launch("a", "b")
        driver.claim()
        before = everything(store, ["run"])
        connection(store).execute("PRAGMA max_page_count = 1")  # SQLite takes the present size
        with pytest.raises(StoreError, match="disk is full") as caught:
            driver.end("a", "b", outputs=b"\xc4" + b"x" * 100_000)
        assert "free some space" in str(caught.value.hint)
        assert everything(store, ["run"]) == before
        connection(store).execute("PRAGMA max_page_count = 100000")
        assert driver.end("a", "b") == 2
        assert driver.finish(Phase.FAILED)


def test_a_full_disk_is_not_said_to_have_failed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))  # SQLite has to make a file beside it
    try:
        assert "the disk failed" in refused(path, read_only=True).message
        monkeypatch.setattr(sqlite, "disk_usage", lambda _: SimpleNamespace(free=0))
        error = refused(path, read_only=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "the disk is full" in error.message
    assert "free some space" in str(error.hint)


def test_a_value_beyond_the_limit_of_the_database_is_refused(path: Path) -> None:
    with closing(open_sqlite(path)) as store:
        connection(store).setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
        with pytest.raises(StoreError, match="a value this large") as caught:
            store.put_bundle("d", b"x" * 20_000)
        assert "pass its path" in str(caught.value.hint)


def test_a_process_that_keeps_the_database_is_told_about(path: Path) -> None:
    with closing(open_sqlite(path)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        connection(store).execute("PRAGMA busy_timeout = 1")
        with pytest.raises(StoreError, match="held by another process"):
            store.abort("run", "enough", 1.0)


def test_a_closed_store_cannot_be_used(path: Path) -> None:
    store = open_sqlite(path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="cannot be used"):
        store.execution("run")
