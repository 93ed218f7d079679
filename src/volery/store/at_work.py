"""Who is at work on a database, and on what."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from volery.store.sql_base import SqlBase

MOST_DRIVEN = 10_000
"""So many executions of an engine are counted."""

DRIVEN = """
    SELECT COUNT(*) FROM (
        SELECT 1 FROM executions WHERE owner = ? AND phase = 'RUNNING' LIMIT ?
    ) AS driven"""

# Both count only what is open: the rows of a partial index.

RUNNING = """
    SELECT owner, executor, COUNT(*) FROM attempts
    WHERE owner IS NOT NULL AND phase IN ('LAUNCHING', 'RUNNING') GROUP BY owner, executor"""

WAITING = """
    SELECT executor, COUNT(*) FROM attempts
    WHERE owner IS NULL AND phase = 'LAUNCHING' AND ready = 1 GROUP BY executor"""


class Work(NamedTuple):
    """Attempts that are open.

    Attributes:
        by_owner: how many each owner carries out.
        running, waiting: by executor, those that somebody carries out, and that nobody has taken.
    """

    by_owner: dict[str, int]
    running: dict[str, int]
    waiting: dict[str, int]


class AtWork(SqlBase):
    """Reads it."""

    def driven(self, owner: str) -> int:
        """How many executions an owner drives, up to `MOST_DRIVEN`."""
        ((count,),) = self._all(DRIVEN, owner, MOST_DRIVEN)
        return count

    def work(self) -> Work:
        """What is open now."""
        under_way, waiting = self._database.read((RUNNING, ()), (WAITING, ()))
        by_owner: Counter[str] = Counter()
        running: Counter[str] = Counter()
        for owner, executor, count in under_way:
            by_owner[owner] += count
            running[executor] += count
        return Work(dict(by_owner), dict(running), dict(waiting))
