"""Databases that cannot be used, and connections that are lost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.servers.postgres import Postgres
from tests.store.interrupting import assert_no_transaction_is_left

from volery.errors import NotFound, StoreError
from volery.store.moves import IllegalMove
from volery.store.postgres import PostgresDatabase, open_postgres
from volery.store.sql import SqlStore


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.store()


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(open_postgres(url)) as opened:
        yield opened


def database(store: SqlStore) -> PostgresDatabase:
    assert isinstance(store._database, PostgresDatabase)
    return store._database


def refused(url: str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        open_postgres(url)
    assert caught.value.hint
    assert "secret" not in str(caught.value)
    return caught.value


def test_without_its_url_nothing_of_it_is_loaded() -> None:
    check = (
        "import sys, volery.cli.main, volery.services.engine; sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "volery.db",
        "sqlite:///volery.db",
        "mysql://user:secret@host/name",
        "postgresql://user:secret@host/name?secret",
        "host=localhost password=secret",
    ],
)
def test_what_is_no_url_is_refused_and_not_shown(url: str) -> None:
    assert "postgresql://user:password@host" in str(refused(url).hint)


def test_a_server_that_does_not_run_is_named_without_the_password() -> None:
    error = refused("postgresql://me:secret@127.0.0.1:1/name")
    assert "postgresql://me@127.0.0.1:1/name cannot be connected to" in error.message
    assert "whether the server runs" in str(error.hint)


def test_a_database_that_does_not_exist_is_named(postgres: Postgres) -> None:
    assert 'database "nowhere" does not exist' in refused(postgres.url("nowhere")).message


def test_who_may_not_make_tables_is_told_so(postgres: Postgres, url: str) -> None:
    postgres.run("DROP ROLE IF EXISTS guest")
    postgres.run("CREATE ROLE guest LOGIN")
    error = refused(postgres.url(user="guest:secret"))
    assert f"guest@127.0.0.1:{postgres.port}/volery does not allow it" in error.message


def test_a_database_for_reading_only_can_be_read(url: str, store: SqlStore) -> None:
    reading_only = f"{url}?options=-c%20default_transaction_read_only%3Don"
    with closing(open_postgres(reading_only)) as reading:
        assert reading.nodes("run") == []
        with pytest.raises(StoreError, match="for reading only"):
            reading.put_bundle("digest", b"")


def test_a_connection_lost_between_transactions_is_made_again(
    postgres: Postgres, store: SqlStore
) -> None:
    store.put_bundle("before", b"")
    postgres.hang_up()
    store.put_bundle("after", b"")
    assert (store.bundle("before"), store.bundle("after")) == (b"", b"")


def test_a_connection_lost_in_a_transaction_fails_it_and_no_other(
    postgres: Postgres, store: SqlStore
) -> None:
    def write() -> None:
        with database(store).write("run") as cursor:
            cursor.execute("INSERT INTO bundles VALUES ('half', '')")
            postgres.hang_up()

    with pytest.raises(StoreError, match=r"shut down|lost the connection") as caught:
        write()
    assert "whether the server runs" in str(caught.value.hint)
    with pytest.raises(NotFound):
        store.bundle("half")


def test_a_server_that_comes_back_is_used_again(postgres: Postgres, store: SqlStore) -> None:
    postgres.run("ALTER DATABASE volery ALLOW_CONNECTIONS false", "postgres")
    try:
        postgres.hang_up()
        with pytest.raises(StoreError, match="cannot be connected to"):
            store.put_bundle("digest", b"")
    finally:
        postgres.run("ALTER DATABASE volery ALLOW_CONNECTIONS true", "postgres")
    store.put_bundle("digest", b"")
    assert store.bundle("digest") == b""


def test_a_broken_rule_is_a_bug_and_no_trouble_of_the_database(store: SqlStore) -> None:
    def write() -> None:
        with database(store).write() as cursor:
            cursor.execute("INSERT INTO bundles VALUES ('half', '')")
            cursor.execute("UPDATE bundles SET data = NULL")

    with pytest.raises(IllegalMove, match="rule of the schema"):
        write()
    with pytest.raises(NotFound):
        store.bundle("half")


def test_text_may_hold_any_character(store: SqlStore) -> None:
    store.put_bundle("naïve \N{SNOWMAN}\0", b"\0\xff")
    assert store.bundle("naïve \N{SNOWMAN}\N{REPLACEMENT CHARACTER}") == b"\0\xff"


def test_a_transaction_that_raises_leaves_nothing(store: SqlStore) -> None:
    def begin_and_give_up() -> None:
        with database(store).write("run") as cursor:
            cursor.execute("INSERT INTO bundles VALUES ('half', '')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin_and_give_up()
    with pytest.raises(NotFound):
        store.bundle("half")
    with database(store).write("run"):
        pass


# A connection that is just being handed over may be lost; nothing has begun on it.
@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")
def test_ctrl_c_at_any_moment_leaves_no_transaction(store: SqlStore) -> None:
    assert_no_transaction_is_left(store)
