"""PostgreSQL behind the SQL store. Loading this module loads psycopg; nothing else does."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast
from zlib import crc32

from volery.store.database import Cursor, Query
from volery.store.postgres_connection import connect
from volery.store.postgres_errors import explained, named
from volery.store.postgres_news import TELL, News
from volery.store.postgres_schema import LOCKS, make_ready, schema_of
from volery.store.postgres_session import PostgresCursor, Session
from volery.store.sql import SqlStore


def open_postgres(url: str) -> SqlStore:
    """The store in this database, in a schema of its own, which is made when it is missing.

    Any number of processes may open, make and use one database at the same time.

    Args:
        url: ``postgresql://user:password@host:port/database``; what it leaves out comes from where
            libpq looks (``PGHOST``, ``~/.pgpass``, ...).

    Raises:
        StoreError: the database cannot be used; the message says why, the hint what to do.
    """
    name = named(url)
    with explained(name), connect(url) as connection:
        make_ready(connection, name)
    return SqlStore(PostgresDatabase(url))


def schema_of_postgres(url: str) -> int:
    """The version of the schema in this database, 0 where there is none. Nothing is changed.

    Raises:
        StoreError: the database cannot be used.
    """
    name = named(url)
    with explained(name), connect(url) as connection:
        return schema_of(connection, name)


class PostgresDatabase:
    """See `Database`.

    A thread has a session to itself for the time of a transaction. One whose transaction did not
    come to its end is closed, and the server undoes what was begun.

    No transaction is refused because of another, and no two wait for each other: each takes the
    locks of all that it writes to before anything else, and all take them in one order. The rest
    are single statements with a guard, and picks that skip what is locked.
    """

    skip_locked = " FOR UPDATE OF attempts SKIP LOCKED"

    def __init__(self, url: str) -> None:
        self._name = named(url)
        self._url = url
        self._idle: list[Session] = []
        self._news = News(url)

    # -- transactions ---------------------------------------------------------------------

    def read(self, *queries: Query) -> list[list[Any]]:
        with self._session() as session:
            if len(queries) == 1:  # it is a transaction by itself
                session.send(*queries[0])
                return [session.rows(result) for result in session.end()]
            session.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for query in queries:
                session.send(*query)
            session.send("COMMIT")
            return [session.rows(result) for result in session.end()[1:-1]]

    def scan(self, *statements: str) -> Generator[Any]:
        with explained(self._name), connect(self._url) as connection:
            connection.execute("SET idle_in_transaction_session_timeout TO 0")  # who asks is busy
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for statement in statements:
                connection.execute(f"DECLARE rows CURSOR FOR {statement}".encode())
                while rows := connection.execute(f"FETCH {_PAGE} FROM rows".encode()).fetchall():
                    yield from rows
                connection.execute("CLOSE rows")

    @contextmanager
    def write(self, *names: str, lasting: bool = True) -> Generator[PostgresCursor]:
        with self._session() as session:
            # A statement sees what was committed before it began, so all after the locks do.
            session.send("BEGIN ISOLATION LEVEL READ COMMITTED")
            if not lasting:
                session.send("SET LOCAL synchronous_commit TO off")
            if names:
                session.send(_LOCK, (sorted(set(map(_lock, names))),))
            cursor = PostgresCursor(session)
            yield cursor
            session.send("COMMIT")
            told = self._news.to_tell(names) if cursor.tells else None
            if told is not None:
                session.send(TELL, told)
            *_, last = session.end()
            if told is not None:
                self._news.told(last.ntuples)

    def examine(self) -> None:
        self.read(("SELECT count(*) FROM owners", ()))

    @contextmanager
    def _session(self) -> Generator[Session]:
        with explained(self._name):
            session = self._take()
            try:
                if not session.usable:
                    session.close()
                    session = Session(self._url)
                yield session
                self._idle.append(session)
            except BaseException:
                session.close()
                raise

    def _take(self) -> Session:
        try:
            return self._idle.pop()
        except IndexError:
            return Session(self._url)

    # -- news -----------------------------------------------------------------------------

    @property
    def news(self) -> int | None:
        with explained(self._name):
            return self._news.fileno()

    def heard(self) -> None:
        self._news.heard()

    def listen(self, owner: str, pool: str) -> None:
        self._news.listen(owner, pool)

    def notify(self, cursor: Cursor) -> None:
        cast("PostgresCursor", cursor).tells = True

    def close(self) -> None:
        self._news.close()
        while self._idle:
            self._idle.pop().close()


_PAGE = 500
"""Rows that a scan has in memory."""

_LOCK = f"SELECT pg_advisory_xact_lock({LOCKS}, key) FROM unnest(CAST(? AS INTEGER[])) AS key"  # noqa: S608


def _lock(name: str) -> int:
    """The number of a lock, 32 bits with a sign. It does no harm when two names share one."""
    return crc32(name.encode()) - (1 << 31)
