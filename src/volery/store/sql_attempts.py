"""Attempts in a SQL database: who takes them, and what is reported of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from volery.engine.model import AttemptEnded, Fact
from volery.store import records, statements as sql
from volery.store.base import AttemptRecord, Claim, Room, Stop
from volery.store.database import key_name
from volery.store.moves import check_report
from volery.store.rooms import by_name
from volery.store.sql_base import SqlBase
from volery.store.sql_changes import Changes
from volery.store.sql_report import Report


class SqlAttempts(SqlBase):
    """See `Store`."""

    def claim(self, owner: str, root: str | None, rooms: Sequence[Room], at: float) -> list[Claim]:
        named = by_name(rooms)
        having = self._having(owner, root, list(named)) if named else []
        if not having:
            return []  # the usual case; it keeps nobody waiting for the turn to write
        outbox = (sql.OUTBOX if root is None else sql.OUTBOX_OF) + self._database.skip_locked
        with self._database.write(lasting=False) as cursor:
            found: list[records.Row] = []
            for whose, executor in having:
                cursor.execute(outbox, (whose, executor, named[executor].most))
                found += cursor.fetchall()
            claims = _first(sorted(found, key=_turn), named)
            cursor.executemany(sql.CLAIM, [_taken(each, owner, at) for each in claims])
        return claims

    def _having(self, owner: str, root: str | None, executors: list[str]) -> list[records.Row]:
        """Whose attempts wait for which of these executors; with a root: whether any do there."""
        if root is None:
            return self._all(sql.have_work(len(executors)), *executors, owner)
        return self._all(sql.has_work(len(executors)), *executors, root, owner)

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

    def attempt(self, claim: Claim) -> AttemptRecord | None:
        row = self._one(sql.ATTEMPT, claim.execution, claim.path, claim.attempt)
        return None if row is None else records.attempt(row)

    def crashes(self, claim: Claim) -> int:
        row = self._one(sql.CRASHES, claim.execution, claim.path)
        return 0 if row is None else row[0]

    def flagged(self, owner: str) -> list[tuple[Claim, Stop]]:
        return [(Claim(*claim), why) for *claim, why in self._all(sql.TO_STOP, owner)]


def _first(rows: Sequence[records.Row], named: Mapping[str, Room]) -> list[Claim]:
    """Claims on the first rows, as many for each executor as it has room."""
    claims: list[Claim] = []
    counts: Counter[str] = Counter()
    for execution, path, attempt, wanted, *_ in rows:
        room = named[wanted]
        counts[room.executor] += 1
        if counts[room.executor] <= room.most:
            claims.append(Claim(execution, path, attempt, room.executor))
    return claims


def _taken(claim: Claim, owner: str, at: float) -> records.Row:
    """The values of `statements.CLAIM`."""
    return owner, claim.executor, at, claim.execution, claim.path, claim.attempt


def _turn(row: records.Row) -> tuple[int, float, int]:
    """Higher priority first, then older."""
    *_, priority, created, place = row
    return -priority, created, place
