"""Attempts in a SQL database: who takes them, and what is reported of them."""

from __future__ import annotations

from collections.abc import Sequence

from volery.engine.model import AttemptEnded, Fact
from volery.store import records, statements as sql
from volery.store.base import Claim, Stop
from volery.store.database import key_name
from volery.store.moves import check_report
from volery.store.sql_base import SqlBase
from volery.store.sql_changes import Changes
from volery.store.sql_report import Report


class SqlAttempts(SqlBase):
    """See `Store`."""

    def claim(self, owner: str, root: str | None, limit: int, at: float) -> list[Claim]:  # noqa: ARG002
        if root is None:
            outbox, having = sql.OUTBOX, self._all(sql.HAVE_WORK, owner)
        else:
            outbox, having = sql.OUTBOX_OF, self._all(sql.HAS_WORK, root, owner)
        if not having:
            return []  # the usual case; it keeps nobody waiting for the turn to write
        with self._database.write(lasting=False) as cursor:
            found: list[records.Row] = []
            for (each,) in having:
                cursor.execute(outbox + self._database.skip_locked, (each, limit))
                found += cursor.fetchall()
            claims = [Claim(*row[:3]) for row in sorted(found, key=_turn)[:limit]]
            taken = [(owner, each.execution, each.path, each.attempt) for each in claims]
            cursor.executemany(sql.CLAIM, taken)
        return claims

    def record(self, facts: Sequence[Fact], at: float) -> int:
        if not facts:
            return 0
        for fact in facts:
            check_report(fact)
        known = self._known(fact.execution for fact in facts)
        ends = [fact for fact in facts if isinstance(fact, AttemptEnded)]
        names = {each.root for each in known.values()}
        names.update(key_name(entry.key) for fact in ends for entry in fact.cache)
        with self._database.write(*names, lasting=bool(ends)) as cursor:
            changes = Changes(cursor, at)
            counted = Report(changes, known).carry(facts)
            changes.flush()
            self._database.notify(cursor)
        return counted

    def flagged(self, owner: str) -> list[tuple[Claim, Stop]]:
        return [(Claim(*claim), why) for *claim, why in self._all(sql.TO_STOP, owner)]


def _turn(row: records.Row) -> tuple[int, float, int]:
    """Higher priority first, then older."""
    *_, priority, created, place = row
    return -priority, created, place
