"""A connection to PostgreSQL over which statements go out without waiting for each other.

psycopg's own cursors can do the same, at a cost for each statement that is a multiple of what the
server takes for most of ours. So this speaks to libpq, to which psycopg is a door.
"""

from __future__ import annotations

import select
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import count
from typing import Any

from psycopg.adapt import Transformer
from psycopg.errors import OperationalError, error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from volery.store.database import Query
from volery.store.postgres_connection import connect, is_addressed
from volery.store.postgres_errors import PATIENCE

_TEXT, _BINARY = 0, 1
_SILENCE = PATIENCE + 15.0
"""Seconds that a server may keep silent: it may wait for somebody for the shorter part of them."""


class Session:
    """Statements on one connection, which one thread at a time uses.

    Each is prepared when it comes by for the first time. After an error a session can only be
    closed; the server then undoes what was not committed.
    """

    def __init__(self, url: str) -> None:
        self._connection = connect(url)
        self._libpq = self._connection.pgconn
        self._libpq.enter_pipeline_mode()
        self._loader = Transformer(self._connection)
        self._names: dict[str, bytes] = {}
        self._sent: list[bool] = []

    @property
    def usable(self) -> bool:
        """False when the server has hung up."""
        return not (self._connection.closed or is_addressed(self._connection))

    def send(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Have a statement carried out after those before it."""
        name = self._names.get(statement)
        if name is None:
            name = self._names[statement] = b"%d" % len(self._names)
            self._libpq.send_prepare(name, with_numbered_marks(statement))
            self._sent.append(False)
        formats = [_BINARY if type(value) is bytes else _TEXT for value in values]
        self._libpq.send_query_prepared(name, list(map(_encoded, values)), formats, _BINARY)
        self._sent.append(True)

    def results(self) -> list[PGresult]:
        """Wait for the results of all that was sent since the last call."""
        self._libpq.send_flush_request()
        return self._receive()

    def end(self) -> list[PGresult]:
        """The same after the last statement of a transaction."""
        self._libpq.pipeline_sync()
        results = self._receive()
        self._next()  # that it was the last
        return results

    def rows(self, result: PGresult) -> list[Any]:
        """The rows of a result, as tuples."""
        self._loader.set_pgresult(result)
        return self._loader.load_rows(0, result.ntuples, tuple)

    def close(self) -> None:
        self._connection.close()

    def _receive(self) -> list[PGresult]:
        while self._libpq.flush():
            self._wait(select.POLLIN | select.POLLOUT)
        results = [(self._next(), is_statement) for is_statement in self._sent]
        self._sent = []
        return [result for result, is_statement in results if is_statement]

    def _next(self) -> PGresult:
        """The next result. Raises psycopg.Error if it is one."""
        result = None
        while result is None:  # which comes between two
            while self._libpq.is_busy():
                self._wait(select.POLLIN)
            result = self._libpq.get_result()
        if result.status in {ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED}:
            raise error_from_result(result)
        return result

    def _wait(self, events: int) -> None:
        poll = select.poll()
        poll.register(self._libpq.socket, events)
        if not poll.poll(_SILENCE * 1000):
            raise OperationalError(f"it has said nothing for {_SILENCE:.0f} s")
        self._libpq.consume_input()


class PostgresCursor:
    """See `Cursor`. Only what is fetched or counted is waited for.

    Attributes:
        tells: others are told when the transaction has committed.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._size = 0
        self._results: list[PGresult] | None = None
        self.tells = False

    @property
    def rowcount(self) -> int:
        return sum(result.command_tuples or 0 for result in self._fetched())

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        self._send([(statement, values)])

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        self._send((statement, values) for values in rows)

    def answers(self, queries: Iterable[Query]) -> list[list[Any]]:
        self._send(queries)
        return [self._session.rows(result) for result in self._fetched()]

    def fetchone(self) -> Any:
        rows = self.fetchall()
        return rows[0] if rows else None

    def fetchall(self) -> list[Any]:
        (result,) = self._fetched()
        return self._session.rows(result)

    def _send(self, queries: Iterable[Query]) -> None:
        self._results, self._size = None, 0
        for query in queries:
            self._session.send(*query)
            self._size += 1

    def _fetched(self) -> list[PGresult]:
        """The results of what was sent last."""
        if self._results is None:
            results = self._session.results()
            self._results = results[len(results) - self._size :]
        return self._results


@cache
def with_numbered_marks(statement: str) -> bytes:
    """A statement with marks as PostgreSQL wants them: $1, $2 and so on."""
    first, *parts = statement.split("?")
    marks = count(1)
    return "".join([first, *(f"${next(marks)}{part}" for part in parts)]).encode()


def _encoded(value: Any) -> bytes | None:
    """A value as PostgreSQL reads it: bytes as they are, all others as text."""
    match value:
        case None | bytes():
            return value
        case str():
            # It takes every character but one, which may come with the message of an error.
            return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode()
        case int() | float():
            return repr(value).encode()
        case _:
            return b"{%s}" % b",".join(map(_quoted, value))


def _quoted(part: str | int) -> bytes:
    """A part of a list."""
    escaped = str(part).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.encode()
