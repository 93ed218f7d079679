"""How processes that share a PostgreSQL database tell each other that there is something to do."""

from __future__ import annotations

from psycopg import Error
from psycopg.sql import SQL, Identifier

from volery.store.postgres_connection import PostgresConnection, connect, is_addressed

# Each owner has a channel, so that nobody is woken by its own doing, nor by what others look after.
TELL = """
    SELECT pg_notify(left('volery ' || id, 63), '') FROM owners
    WHERE gone = 0 AND id <> ALL (CAST(? AS TEXT[]))
      AND (pool = ANY (CAST(? AS TEXT[]))
           OR id IN (SELECT owner FROM executions WHERE id = ANY (CAST(? AS TEXT[]))))"""
"""Tells owners that they may have something to do.

Values are the ids of those who know it already; pools, whose members carry out each other's
attempts; and families that have changed, for their drivers.
"""


class Ear:
    """A connection of its own, over which the server says that there is news for some owners."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._owners: list[str] = []
        self._connection: PostgresConnection | None = None

    def listen(self, owner: str) -> None:
        """Hear what this owner is told, too."""
        self._owners.append(owner)
        self.close()

    def fileno(self) -> int:
        """Can be read when one of them was told something."""
        if self._connection is None:
            self._connection = connect(self._url)
            for owner in self._owners:
                channel = Identifier(f"volery {owner}"[:63])
                self._connection.execute(SQL("LISTEN {}").format(channel), prepare=False)
        return self._connection.fileno()

    def heard(self) -> None:
        """Forget what was said so far."""
        if self._connection is None or not is_addressed(self._connection):
            return
        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except Error:
            self.close()  # it was lost; whoever listens next makes another

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
