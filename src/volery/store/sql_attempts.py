"""Attempts in a SQL database: who takes them, and what is reported of them."""

from __future__ import annotations

from collections.abc import Sequence

from volery.engine.model import Fact
from volery.store import records, statements as sql
from volery.store.base import Claim, Stop
from volery.store.database import Cursor
from volery.store.moves import check_report
from volery.store.sql_base import SqlBase
from volery.store.sql_changes import Changes
from volery.store.sql_report import Report


class SqlAttempts(SqlBase):
    """See `Store`."""

    def claim(self, owner: str, root: str | None, limit: int, at: float) -> list[Claim]:  # noqa: ARG002
        has_work = (sql.HAS_WORK, owner) if root is None else (sql.HAS_WORK_OF, root)
        if not self._all(*has_work):
            return []  # the usual case; it keeps nobody waiting for the turn to write
        with self._database.write() as cursor:
            found = _outbox(cursor, owner, root, limit, self._database.skip_locked)
            claims = [Claim(*row[:3]) for row in found]
            taken = [(owner, each.execution, each.path, each.attempt) for each in claims]
            cursor.executemany(sql.CLAIM, taken)
        return claims

    def record(self, facts: Sequence[Fact], at: float) -> int:
        if not facts:
            return 0
        for fact in facts:
            check_report(fact)
        known = self._known(fact.execution for fact in facts)
        with self._database.write(*{each.root for each in known.values()}) as cursor:
            changes = Changes(cursor, at)
            counted = Report(changes, known).carry(facts)
            changes.flush()
            self._database.notify(cursor)
        return counted

    def flagged(self, owner: str) -> list[tuple[Claim, Stop]]:
        return [(Claim(*claim), why) for *claim, why in self._all(sql.TO_STOP, owner)]


def _outbox(
    cursor: Cursor, owner: str, root: str | None, limit: int, suffix: str
) -> list[records.Row]:
    """What an owner may take, in order; nothing when it is gone."""
    cursor.execute(sql.POOL, (owner,))
    pool = [mate for (mate,) in cursor.fetchall()]
    if not pool:
        return []
    if root is not None:
        cursor.execute(sql.OUTBOX_OF + suffix, (root, limit))
        return cursor.fetchall()
    found: list[records.Row] = []
    for mate in pool:
        cursor.execute(sql.OUTBOX + suffix, (mate, limit))
        found += cursor.fetchall()
    return sorted(found, key=_turn)[:limit]


def _turn(row: records.Row) -> tuple[int, float, int]:
    """Higher priority first, then older."""
    *_, priority, created, place = row
    return -priority, created, place
