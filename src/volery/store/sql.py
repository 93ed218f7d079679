"""The store in a SQL database; what differs between databases stands behind `Database`."""

from __future__ import annotations

from volery.errors import NotFound
from volery.store import records, statements as sql
from volery.store.base import AttemptRecord, Line, NodeRecord
from volery.store.database import Database
from volery.store.sql_attempts import SqlAttempts
from volery.store.sql_cache import SqlCache
from volery.store.sql_owners import SqlOwners
from volery.store.sql_planning import SqlPlanning
from volery.store.sql_time import SqlTime


class SqlStore(SqlOwners, SqlPlanning, SqlTime, SqlAttempts, SqlCache):
    """See `Store`."""

    @property
    def database(self) -> Database:
        """Where it is all kept, for tables of other nouns."""
        return self._database

    @property
    def news(self) -> int | None:
        return self._database.news

    def heard(self) -> None:
        self._database.heard()

    # -- bundles --------------------------------------------------------------------------

    def put_bundle(self, digest: str, data: bytes) -> None:
        with self._database.write() as cursor:
            cursor.execute(sql.PUT_BUNDLE, (digest, data))

    def bundle(self, digest: str) -> bytes:
        row = self._one(sql.BUNDLE, digest)
        if row is None:
            raise NotFound(f"there is no bundle {digest}")
        return row[0]

    # -- reading --------------------------------------------------------------------------

    def nodes(self, execution: str) -> list[NodeRecord]:
        return list(map(records.node, self._all(sql.NODES, execution)))

    def attempts(self, execution: str) -> list[AttemptRecord]:
        return list(map(records.attempt, self._all(sql.ATTEMPTS, execution)))

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        return [Line(*row) for row in self._all(sql.JOURNAL, root, after, limit)]

    def close(self) -> None:
        self._database.close()
