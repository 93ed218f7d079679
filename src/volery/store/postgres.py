"""PostgreSQL behind the SQL store. Loading this module loads psycopg; nothing else does."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any, cast
from zlib import crc32

from psycopg import Cursor as Statement, Pipeline
from psycopg.pq import PipelineStatus

from volery.store.database import Cursor, Query
from volery.store.postgres_connection import PostgresConnection, connect, is_addressed
from volery.store.postgres_errors import explained, named
from volery.store.postgres_news import TELL, News
from volery.store.postgres_schema import LOCKS, make_ready
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
    database = PostgresDatabase(url)
    with database.connection() as connection:
        make_ready(connection, database.name)
    return SqlStore(database)


class PostgresDatabase:
    """See `Database`.

    A thread has a connection to itself for the time of a transaction. A connection whose
    transaction did not come to its end is closed, and the server undoes what was begun.

    No transaction is refused because of another, and no two wait for each other: each takes the
    locks of all that it writes to before anything else, and all take them in one order. The rest
    are single statements with a guard, and picks that skip what is locked.
    """

    skip_locked = " FOR UPDATE OF attempts SKIP LOCKED"

    def __init__(self, url: str) -> None:
        self.name = named(url)
        self._url = url
        self._idle: list[PostgresConnection] = []
        self._news = News(url)

    # -- transactions ---------------------------------------------------------------------

    def read(self, *queries: Query) -> list[list[Any]]:
        if len(queries) == 1:  # it is a transaction by itself
            with self.connection() as connection:
                return [_execute(connection, *queries[0]).fetchall()]
        with self.connection() as connection, connection.pipeline():
            _execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursors = [_execute(connection, *query) for query in queries]
            _execute(connection, "COMMIT")
        return [cursor.fetchall() for cursor in cursors]

    @contextmanager
    def write(self, *names: str) -> Generator[PostgresCursor]:
        with self._cursor() as cursor:
            # A statement sees what was committed before it began, so all after the locks do.
            cursor.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
            if names:
                cursor.execute(_LOCK, (sorted(set(map(_lock, names))),))
            yield cursor
            cursor.execute("COMMIT")
            values = self._news.to_tell(names) if cursor.tells else None
            if values is not None:
                cursor.execute(TELL, values)
        if values is not None:
            self._news.told(cursor.rowcount)

    @contextmanager
    def _cursor(self) -> Generator[PostgresCursor]:
        with self.connection() as connection, connection.pipeline() as pipeline:
            yield PostgresCursor(connection, pipeline)

    @contextmanager
    def connection(self) -> Generator[PostgresConnection]:
        """A connection for this thread alone. It is not used again when the block raises."""
        with explained(self.name):
            connection = self._take()
            try:
                if connection.closed or is_addressed(connection):  # the server has hung up
                    connection.close()
                    connection = connect(self._url)
                yield connection
                self._idle.append(connection)
            except BaseException:
                connection.close()
                raise

    def _take(self) -> PostgresConnection:
        try:
            return self._idle.pop()
        except IndexError:
            return connect(self._url)

    # -- news -----------------------------------------------------------------------------

    @property
    def news(self) -> int | None:
        with explained(self.name):
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


class PostgresCursor:
    """Statements go out one after another; only what is fetched is waited for.

    Attributes:
        tells: others are told when the transaction has committed.
    """

    def __init__(self, connection: PostgresConnection, pipeline: Pipeline) -> None:
        self._connection = connection
        self._pipeline = pipeline
        self._last = connection.cursor()
        self.tells = False

    @property
    def rowcount(self) -> int:
        if self._pipeline.status is not PipelineStatus.OFF:
            self._pipeline.sync()
        return self._last.rowcount

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        self._last = _execute(self._connection, statement, values)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        self._last = self._connection.cursor(binary=True)
        self._last.executemany(with_numbered_marks(statement), rows)

    def fetchone(self) -> Any:
        return self._last.fetchone()

    def fetchall(self) -> list[Any]:
        return self._last.fetchall()


def _execute(
    connection: PostgresConnection, statement: str, values: Sequence[Any] = ()
) -> Statement[tuple[Any, ...]]:
    # Each statement has a cursor of psycopg's, which would gather the results of several.
    cursor = connection.cursor(binary=True)
    return cursor.execute(with_numbered_marks(statement), values)


_LOCK = f"SELECT pg_advisory_xact_lock({LOCKS}, key) FROM unnest(CAST(? AS INTEGER[])) AS key"  # noqa: S608


def _lock(root: str) -> int:
    """The number of a family's lock, 32 bits with a sign; it does no harm when two share one."""
    return crc32(root.encode()) - (1 << 31)


@cache
def with_numbered_marks(statement: str) -> bytes:
    """A statement with marks as PostgreSQL wants them: $1, $2 and so on."""
    first, *parts = statement.split("?")
    marks = count(1)
    return "".join([first, *(f"${next(marks)}{part}" for part in parts)]).encode()
