"""The tables in PostgreSQL: the same as in SQLite, made once, beside those of others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from threading import Barrier, Thread

import psycopg
import pytest
from tests.servers.postgres import Postgres
from tests.store.test_sqlite_schema import FORBIDDEN

from volery.engine.model import AttemptPhase, Phase
from volery.errors import StoreError
from volery.store import migrations, statements
from volery.store.migrations import Migration
from volery.store.moves import IllegalMove
from volery.store.postgres import open_postgres
from volery.store.postgres_connection import PostgresConnection, connect
from volery.store.postgres_schema import DIALECT, take_step
from volery.store.postgres_session import with_numbered_marks
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import Driver

TYPES = {
    "text": "TEXT",
    "bytea": "BLOB",
    "double precision": "REAL",
    "integer": "INTEGER",
    "bigint": "INTEGER",
}

Columns = set[tuple[str, str, str, bool]]
"""Table, name, type, and whether it may be NULL."""


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.database()


@pytest.fixture
def connection(url: str) -> Iterator[PostgresConnection]:
    """To a database with our tables in it."""
    open_postgres(url).close()
    with closing(connect(url)) as opened:
        yield opened


@pytest.fixture
def store(postgres: Postgres) -> Iterator[SqlStore]:
    with closing(open_postgres(postgres.store())) as opened:
        yield opened


def columns(connection: PostgresConnection) -> Columns:
    rows = connection.execute("""
        SELECT table_name, column_name, data_type, is_nullable = 'YES'
        FROM information_schema.columns
        WHERE table_schema = 'volery' AND table_name <> 'volery'
        """).fetchall()
    return {(table, name, TYPES[kind], nullable) for table, name, kind, nullable in rows}


def columns_of_sqlite(path: Path) -> Columns:
    open_sqlite(path).close()
    with closing(sqlite3.connect(path)) as connection:
        return {
            (table, name, kind, not required)
            for table, name, kind, required in connection.execute("""
                SELECT t.name, c.name, c.type, c."notnull"
                FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'
                """)
        }


def test_both_databases_have_the_same_columns(
    connection: PostgresConnection, tmp_path: Path
) -> None:
    assert columns(connection) == columns_of_sqlite(tmp_path / "volery.db")


def test_both_databases_have_the_same_indexes(
    connection: PostgresConnection, tmp_path: Path
) -> None:
    made = """
        SELECT indexname FROM pg_indexes
        WHERE schemaname = 'volery' AND indexname NOT IN (SELECT conname FROM pg_constraint)"""
    ours = {name for (name,) in connection.execute(made).fetchall()}
    path = tmp_path / "volery.db"
    open_sqlite(path).close()
    with closing(sqlite3.connect(path)) as other:
        named = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        assert ours == {name for (name,) in other.execute(named)}


def test_text_is_ordered_by_its_bytes(connection: PostgresConnection) -> None:
    rows = connection.execute("""
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'volery' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
        """).fetchall()
    assert rows == []


@pytest.mark.parametrize("change", FORBIDDEN)
def test_the_schema_forbids_the_same(change: str, store: SqlStore) -> None:
    driver = Driver(store)
    driver.begin()
    driver.launch("a")
    refused = StoreError if "noon" in change else IllegalMove
    with pytest.raises(refused), store._database.write() as cursor:
        cursor.execute(change.replace("X'00'", "''"))
    assert driver.phases() == {"a": Phase.RUNNING}
    assert [each.phase for each in store.attempts("run")] == [AttemptPhase.LAUNCHING]


def statements_of_verbs() -> Iterator[tuple[str, str]]:
    for name, statement in vars(statements).items():
        if name.isupper() and not name.startswith("_"):
            yield name, statement
    for before, phases, owner in product([False, True], [0, 1, 2], [False, True]):
        page = statements.executions(before=before, phases=phases, owner=owner)
        yield f"executions({before}, {phases}, {owner})", page
    yield "have_work", statements.have_work(2)
    yield "has_work", statements.has_work(2)


def test_no_statement_looks_at_all_rows(connection: PostgresConnection) -> None:
    looking = set[str]()
    for name, statement in statements_of_verbs():
        numbered = with_numbered_marks(statement)
        connection.execute(b"PREPARE it AS " + numbered)
        values = f"({', '.join(marks)})" if (marks := ["NULL"] * statement.count("?")) else ""
        explain = f"EXPLAIN EXECUTE it {values}".encode()
        plan = connection.execute(explain).fetchall()
        connection.execute("DEALLOCATE it")
        if any("Seq Scan" in line for (line,) in plan):
            looking.add(name)
    assert looking == {"CLEAR_CACHE"}


def test_a_step_that_fails_leaves_the_database_as_it_was(connection: PostgresConnection) -> None:
    before = columns(connection)
    step = Migration(99, "CREATE TABLE half (id INTEGER); CREATE nonsense;")
    with pytest.raises(psycopg.Error), connection.transaction():
        take_step(connection, step)
    assert columns(connection) == before
    assert connection.execute("SELECT version FROM volery").fetchall() == [
        (migrations.newest(DIALECT),)
    ]


def test_executions_of_the_first_schema_come_through(url: str) -> None:
    with closing(connect(url)) as opened, opened.transaction():
        opened.execute("CREATE SCHEMA volery")
        take_step(opened, migrations.after(0, DIALECT)[0])
        opened.execute("""
            INSERT INTO bundles VALUES ('b', '');
            INSERT INTO executions (id, project, domain, entity_kind, entity_name, bundle, root,
                labels, created) VALUES ('run', 'p', 'd', 'workflow', 'w', 'b', 'run', '\\x90', 1);
            INSERT INTO scopes (execution, path, root, state) VALUES ('run', '', 'run', '');
            INSERT INTO nodes (execution, path, scope, kind, phase, attempt, user_failures,
                system_failures, created)
            VALUES ('run', 'lp', '', 'launch_plan', 'RUNNING', 0, 0, 0, 1);
            INSERT INTO executions (id, project, domain, entity_kind, entity_name, bundle, root,
                parent_execution, parent_path, labels, created)
            VALUES ('child', 'p', 'd', 'workflow', 'w', 'b', 'run', 'run', 'lp', '\\x90', 2)""")
    with closing(open_postgres(url)) as store:
        assert [each.id for each in store.executions(limit=9)] == ["child", "run"]
        (rows, (_,)) = store.database.read(
            ("SELECT id, child FROM executions ORDER BY serial", ()),
            ("SELECT id FROM this_database", ()),
        )
        assert rows == [("run", 0), ("child", 1)]


def test_opening_again_changes_nothing(connection: PostgresConnection, url: str) -> None:
    def changes() -> object:
        return connection.execute("SELECT xmin, ctid, version FROM volery").fetchall()

    before = changes()
    open_postgres(url).close()
    assert changes() == before


def test_who_opens_a_new_database_at_the_same_time_finds_it_made(url: str) -> None:
    barrier, made = Barrier(4), []

    def make() -> None:
        barrier.wait()
        with closing(open_postgres(url)) as store:
            made.append(store.executions(limit=1))

    threads = [Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [[]] * 4


def test_the_tables_of_others_are_left_alone(postgres: Postgres, url: str) -> None:
    postgres.run("CREATE TABLE nodes (name TEXT)")
    postgres.run("INSERT INTO nodes VALUES ('theirs')")
    with closing(open_postgres(url)) as store:
        assert store.nodes("run") == []


def test_a_schema_of_others_is_refused(postgres: Postgres, url: str) -> None:
    postgres.run("CREATE SCHEMA volery CREATE TABLE friends (name TEXT)")
    with pytest.raises(StoreError, match="another program"):
        open_postgres(url)


def test_a_newer_database_is_refused_with_both_versions(
    connection: PostgresConnection, url: str
) -> None:
    newer = migrations.newest(DIALECT) + 1
    connection.execute("UPDATE volery SET version = $1", (newer,))
    with pytest.raises(StoreError) as caught:
        open_postgres(url)
    assert f"schema {newer}" in caught.value.message
    assert f"up to {newer - 1}" in caught.value.message
    assert "upgrade" in str(caught.value.hint)


def test_a_database_that_cannot_hold_all_letters_is_refused(postgres: Postgres, url: str) -> None:
    postgres.run("DROP DATABASE IF EXISTS latin")
    postgres.run("CREATE DATABASE latin TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'")
    with pytest.raises(StoreError, match="LATIN1"):
        open_postgres(postgres.url("latin"))
