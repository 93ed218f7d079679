"""Several processes on one file, and processes that die."""

from __future__ import annotations

import fcntl
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from types import FrameType

import pytest
from tests.store.interrupting import assert_no_transaction_is_left

from volery.engine.model import Phase
from volery.errors import NotFound
from volery.ids import ROOT
from volery.store import migrations
from volery.store.journal import fold
from volery.store.sqlite import DIALECT, SqliteDatabase, open_sqlite, take_step
from volery.testing.conformance.store_driver import OUTPUTS, Driver

WRITER = Path(__file__).with_name("writer.py")


@contextmanager
def writer(path: Path, name: str, task: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has said that it is ready."""
    command = [sys.executable, str(WRITER), str(path), name, task]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate()
            yield process
        finally:
            process.kill()


def test_processes_that_make_and_write_one_new_database_at_once_all_succeed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "new" / "home" / "volery.db"
    names = [f"run{number}" for number in range(8)]
    with ExitStack() as stack:
        processes = [stack.enter_context(writer(path, name, "write")) for name in names]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            assert process.communicate() == ("done\n", "")
    with closing(open_sqlite(path)) as store:
        assert {each.id for each in store.executions(limit=99)} == set(names)
        lines = [line for name in names for line in store.journal(name, 0, 9999)]
        assert sorted(line.seq for line in lines) == list(range(1, len(lines) + 1))
        assert set(fold(lines).values()) == {Phase.SUCCEEDED}


def test_what_was_acknowledged_survives_kill(tmp_path: Path) -> None:
    path = tmp_path / "volery.db"
    with writer(path, "run", "commit") as process:
        process.kill()
        process.wait()
    with closing(open_sqlite(path)) as store:
        assert Driver(store).phases() == {"a": Phase.SUCCEEDED}
        assert store.outputs("run", ["a"]) == {"a": OUTPUTS}


def test_what_was_not_acknowledged_is_gone_after_kill(tmp_path: Path) -> None:
    path = tmp_path / "volery.db"
    with writer(path, "run", "hold") as process:
        process.kill()
        process.wait()
    with closing(open_sqlite(path)) as store:
        with pytest.raises(NotFound):
            store.bundle("half")
        Driver(store).begin()


def test_reading_waits_for_nobody(tmp_path: Path) -> None:
    path = tmp_path / "volery.db"
    with closing(open_sqlite(path)) as store, writer(path, "run", "hold"):
        assert store.executions(limit=1) == []


def test_a_reader_waits_for_whoever_is_making_the_database(tmp_path: Path) -> None:
    path = tmp_path / "volery.db"
    path.touch()
    waiting = Event()
    found: list[object] = []

    def on_event(_frame: FrameType, event: str, arg: object) -> None:
        if event == "c_call" and arg is fcntl.flock:
            waiting.set()

    def read() -> None:
        sys.setprofile(on_event)
        try:
            with closing(open_sqlite(path, read_only=True)) as store:
                found.append(store.executions(limit=1))
        finally:
            waiting.set()

    reader = Thread(target=read)
    with path.with_name("volery.db.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        reader.start()
        waiting.wait()
        with closing(sqlite3.connect(path, isolation_level=None)) as maker:
            for migration in migrations.after(0, DIALECT):
                take_step(maker, migration)
    reader.join()
    assert found == [[]]


def test_threads_share_a_store(tmp_path: Path) -> None:
    with closing(open_sqlite(tmp_path / "volery.db")) as store:

        def work(name: str) -> None:
            driver = Driver(store, name)
            driver.begin()
            for number in range(20):
                driver.carry_out(f"n{number}")

        names = [f"run{number}" for number in range(4)]
        threads = [Thread(target=work, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for name in names:
            phases = Driver(store, name).phases()
            assert list(phases.values()) == [Phase.SUCCEEDED] * 20


def test_ctrl_c_at_any_moment_leaves_no_transaction(tmp_path: Path) -> None:
    with closing(open_sqlite(tmp_path / "volery.db")) as store:
        assert_no_transaction_is_left(store)


def test_a_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    with closing(open_sqlite(tmp_path / "volery.db")) as store:
        database = store._database
        assert isinstance(database, SqliteDatabase)

        def begin_and_give_up() -> None:
            with database.write() as cursor:
                cursor.execute("INSERT INTO bundles VALUES ('half', X'00')")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            begin_and_give_up()
        with pytest.raises(NotFound):
            store.bundle("half")
        Driver(store).begin()
        assert store.scope_inputs("run", ROOT)
