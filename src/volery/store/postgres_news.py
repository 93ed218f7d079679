"""How processes that share a PostgreSQL database tell each other that there is something to do."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from psycopg import Error
from psycopg.sql import SQL, Identifier

from volery.store.postgres_connection import PostgresConnection, connect, is_addressed

OFTEN = 0.02
"""Seconds between two times that the others of a pool are told that there may be work for them."""

RARELY = 0.25
"""Seconds for which a process that had the database for itself believes that it still has."""

# Each owner has a channel, so that nobody is woken by its own doing, nor by what others look after.
TELL = """
    SELECT CASE WHEN pool = ANY (CAST(? AS TEXT[]))
                  OR id IN (SELECT owner FROM executions WHERE id = ANY (CAST(? AS TEXT[])))
                THEN pg_notify(left('volery ' || id, 63), '') END
    FROM owners WHERE gone = 0 AND id <> ALL (CAST(? AS TEXT[]))"""
"""Tells those who may have something to do; has a row for every other owner.

Values are pools, whose members carry out each other's attempts; families that have changed, for
their drivers; and the owners who know it already.
"""


class News:
    """What the owners of this process hear, and when it is worth telling others something.

    They are told after a transaction and not in it: whoever notifies holds up all others in the
    database that want to. Should this process die in between, others find out when they look again.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._owners: list[str] = []
        self._pools: list[str] = []
        self._connection: PostgresConnection | None = None
        self._offered = self._alone_at = -RARELY

    def listen(self, owner: str, pool: str) -> None:
        """Hear what this owner is told."""
        self._owners.append(owner)
        self._pools.append(pool)
        self.close()

    def fileno(self) -> int | None:
        """Can be read when an owner was told something; None while there is no owner."""
        if self._connection is None and self._owners:
            self._connection = connect(self._url)
            for owner in self._owners:
                channel = Identifier(f"volery {owner}"[:63])
                self._connection.execute(SQL("LISTEN {}").format(channel))
        return None if self._connection is None else self._connection.fileno()

    def heard(self) -> None:
        """Forget what was said so far."""
        if self._connection is None or not is_addressed(self._connection):
            return
        try:
            for _ in self._connection.notifies(timeout=0):
                pass
        except Error:
            self.close()  # it was lost; whoever listens again makes another

    def to_tell(self, families: Sequence[str]) -> tuple[list[str], list[str], list[str]] | None:
        """The values of `TELL` after a change to families; None where it can be left out."""
        now = monotonic()
        if now - self._alone_at < RARELY:
            return None
        pools: list[str] = []
        if now - self._offered >= OFTEN:
            self._offered = now
            pools = self._pools
        return pools, list(families), self._owners

    def told(self, others: int) -> None:
        """`TELL` has found so many other owners."""
        if not others:
            self._alone_at = monotonic()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
