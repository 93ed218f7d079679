"""The cache in a SQL database."""

from __future__ import annotations

from collections.abc import Sequence

from volery.store import records, statements as sql
from volery.store.base import CacheRecord
from volery.store.sql_base import SqlBase


class SqlCache(SqlBase):
    """See `Store`."""

    def cached(self, keys: Sequence[str], at: float) -> dict[str, CacheRecord]:
        read = self._database.read(*((sql.CACHED, (key, at)) for key in keys))
        return {row[0]: records.cached(row) for rows in read for row in rows}

    def reserved(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        read = self._database.read(*((sql.HOLDER, (key,)) for key in keys))
        return {key: (row[0], row[1]) for key, rows in zip(keys, read, strict=True) for row in rows}

    def nearest(self, task: str, limit: int) -> list[CacheRecord]:
        return list(map(records.cached, self._all(sql.NEAREST, task, limit)))

    def clear_cache(self, task: str | None = None) -> int:
        with self._database.write() as cursor:
            if task is None:
                cursor.execute(sql.CLEAR_CACHE)
            else:
                cursor.execute(sql.CLEAR_CACHE_OF, (task,))
            return cursor.rowcount
