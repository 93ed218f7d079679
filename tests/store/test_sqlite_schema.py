"""The schema: how it comes about, what it forbids, and that every statement finds its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from volery.engine.model import AttemptPhase, Create, Launch, Phase
from volery.store import migrations, statements
from volery.store.lineage import Traces
from volery.store.migrations import Migration
from volery.store.moves import IllegalMove
from volery.store.sql import SqlStore
from volery.store.sqlite import DIALECT, SqliteDatabase, open_sqlite, take_step
from volery.testing.conformance.store_driver import Driver, rooms


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_sqlite(tmp_path / "volery.db")) as opened:
        yield opened


@pytest.fixture
def connection(store: SqlStore) -> sqlite3.Connection:
    assert isinstance(store._database, SqliteDatabase)
    return store._database._connection


def schema(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    return connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    ).fetchall()


def version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def test_a_fresh_database_equals_one_that_took_each_step(connection: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as stepwise:
        for number in range(1, migrations.newest(DIALECT) + 1):
            (migration, *_) = migrations.after(number - 1, DIALECT)
            take_step(stepwise, migration)
            assert version(stepwise) == migration.version == number
        assert schema(stepwise) == schema(connection)
    assert version(connection) == migrations.newest(DIALECT)
    assert migrations.after(migrations.newest(DIALECT), DIALECT) == []


def test_opening_again_changes_nothing(tmp_path: Path, connection: sqlite3.Connection) -> None:
    before = schema(connection)
    with closing(open_sqlite(tmp_path / "volery.db")):
        assert schema(connection) == before


def test_a_step_that_fails_leaves_the_database_as_it_was(connection: sqlite3.Connection) -> None:
    before = schema(connection)
    step = Migration(
        migrations.newest(DIALECT) + 1, "CREATE TABLE half (id INTEGER); CREATE nonsense;"
    )
    with pytest.raises(sqlite3.OperationalError):
        take_step(connection, step)
    assert schema(connection) == before
    assert version(connection) == migrations.newest(DIALECT)


def test_commits_survive_the_process_and_nobody_blocks_readers(
    connection: sqlite3.Connection,
) -> None:
    settings = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert settings == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}


FORBIDDEN = [
    "UPDATE nodes SET phase = 'SUCCEEDED'",
    "UPDATE nodes SET ended = 1.0",
    "UPDATE nodes SET phase = 'DONE', ended = 1.0",
    "UPDATE nodes SET child = 'run'",
    "UPDATE attempts SET phase = 'LOST', owner = 'me'",
    "UPDATE attempts SET ended = 1.0",
    "UPDATE attempts SET phase = 'RUNNING', started = 1.0",
    "UPDATE attempts SET phase = 'RUNNING', owner = 'me'",
    "UPDATE attempts SET stop = 'abort'",
    "UPDATE attempts SET owner = 'me', ready = 0",
    "UPDATE attempts SET ready = 0, slot = 1",
    "UPDATE attempts SET phase = 'ABORTED', ended = 1.0, slot = 1",
    "UPDATE attempts SET phase = 'ABORTED', ended = 1.0, stop_at = 1.0",
    "UPDATE nodes SET signal = X'00'",
    "UPDATE nodes SET reuse = X'00'",
    "UPDATE nodes SET kind = 'new'",
    "UPDATE executions SET queue = 'lp'",
    "UPDATE executions SET queue = 'lp', most = 1, when_full = 'wait'",
    "UPDATE executions SET phase = 'FAILED'",
    "UPDATE executions SET ended = 1.0",
    "UPDATE executions SET parent_execution = 'run'",
    "UPDATE executions SET bundle = 'unknown'",
    "UPDATE scopes SET planned_seq = 9",
    "UPDATE journal SET at = 'noon'",
    "DELETE FROM executions",
    "DELETE FROM nodes",
]


@pytest.mark.parametrize("change", FORBIDDEN)
def test_the_schema_forbids(change: str, store: SqlStore) -> None:
    driver = Driver(store)
    driver.begin()
    driver.launch("a")
    with pytest.raises(IllegalMove, match="rule of the schema"), store._database.write() as cursor:
        cursor.execute(change)
    assert driver.phases() == {"a": Phase.RUNNING}
    assert [each.phase for each in store.attempts("run")] == [AttemptPhase.LAUNCHING]


def test_what_one_family_waits_for_costs_another_nothing(
    store: SqlStore, connection: sqlite3.Connection
) -> None:
    def steps_to_claim() -> int:
        """How many instructions the database takes to find that there is nothing to take."""
        taken = count()
        connection.set_progress_handler(lambda: next(taken) and None, 1)
        assert store.claim("owner", "run", rooms(10), 1.0) == []
        connection.set_progress_handler(None, 0)
        return next(taken)

    Driver(store).begin()
    before = steps_to_claim()
    other = Driver(store, "other")
    other.begin()
    other.launch(*(f"n{number}" for number in range(500)))
    assert steps_to_claim() < before + 10
    other.claim("somebody", limit=250)
    assert steps_to_claim() < before + 10


def test_what_lineage_has_read_costs_it_nothing_more(
    store: SqlStore, connection: sqlite3.Connection
) -> None:
    def steps_to_look() -> int:
        """How many instructions the database takes to find the one family that is not read."""
        taken = count()
        connection.set_progress_handler(lambda: next(taken) and None, 1)
        assert [root for root, _ in Traces(store.database).pending(10)] == ["run"]
        connection.set_progress_handler(None, 0)
        return next(taken)

    Driver(store).begin()
    before = steps_to_look()
    for number in range(100):
        Driver(store).begin(f"read{number}")
        connection.execute("UPDATE executions SET traced = -1 WHERE id = ?", [f"read{number}"])
    assert steps_to_look() < before + 10


def test_looking_for_nothing_costs_the_same_however_much_is_active(
    store: SqlStore, connection: sqlite3.Connection
) -> None:
    def steps_to_look() -> int:
        """How many instructions the database takes to find that there is nothing to do."""
        taken = count()
        connection.set_progress_handler(lambda: next(taken) and None, 1)
        assert store.dirty("me", None, 10) == []
        assert store.claim("me", None, rooms(10), 1.0) == []
        assert store.time_out("me", None, 1.0) == 0
        assert store.wake("me", None, 1.0) == next(times)
        connection.set_progress_handler(None, 0)
        return next(taken)

    times = iter([None, 7020.0])
    driver = Driver(store)
    before = steps_to_look()
    for number in range(50):
        driver.begin(f"theirs{number}", max_parallelism=1)
        driver.launch("a", execution=f"theirs{number}")
        driver.begin(f"mine{number}", owner="me", max_parallelism=1)
        create, launch = [Create("a", "task")], [Launch("a", 1, until=9000.0)]
        mine = f"mine{number}"
        driver.plan(execution=mine, create=create, launch=launch, wake_at=8000.0 - 20 * number)
    store.wake("me", None, 5000.0)
    store.claim("me", None, rooms(100), 1.0)
    assert steps_to_look() < before + 40


def every_statement() -> Iterator[tuple[str, str]]:
    for name, statement in vars(statements).items():
        if name.isupper() and not name.startswith("_"):
            yield name, statement
    for before in (False, True):
        yield f"executions({before})", statements.executions(before=before, phases=0, owner=False)
        page = statements.executions(before=before, phases=1, owner=True)
        yield f"executions({before}, of an owner)", page
    yield "have_work", statements.have_work(2)
    yield "has_work", statements.has_work(2)


@pytest.mark.parametrize(("name", "statement"), list(every_statement()))
def test_no_statement_looks_at_all_rows(
    name: str, statement: str, connection: sqlite3.Connection
) -> None:
    values = [None] * statement.count("?")
    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    steps = [step for *_, step in plan]
    scans = [step for step in steps if step.startswith("SCAN") and "USING" not in step]
    # Newest first, up to the limit; what a statement has found itself.
    wanted = ["SCAN 2 CONSTANT ROWS", "SCAN wanted"]
    allowed = {
        "executions(False)": ["SCAN e"],
        "OLDER_IN_QUEUE": ["SCAN older"],
        "have_work": wanted,
        "has_work": wanted,
    }
    assert scans in ([], ["SCAN CONSTANT ROW"], allowed.get(name))
    assert not [step for step in steps if "TEMP B-TREE" in step]
