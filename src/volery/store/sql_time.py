"""What the passing of time does, in a SQL database."""

from __future__ import annotations

from volery.engine.model import BODY
from volery.engine.times import earliest
from volery.ids import split
from volery.store import journal, records, statements as sql
from volery.store.moves import timed_out
from volery.store.records import Standing
from volery.store.sql_base import SqlBase
from volery.store.sql_changes import Changes

BATCH = 500
"""Rows that one transaction takes care of, so that it does not keep others waiting for long."""
_ALL = 1_000_000_000
"""A limit that is none."""


class SqlTime(SqlBase):
    """See `Store`."""

    def wake(self, owner: str, root: str | None, at: float) -> float | None:
        while True:
            sleeping, put_off, deadline = self._upcoming(owner, root)
            if sleeping is not None and sleeping <= at:
                self._wake_sleepers(owner, root, at)
            elif put_off is not None and put_off <= at:
                self._make_ready(owner, root, at)
            else:
                return earliest((sleeping, put_off, deadline))

    def time_out(self, owner: str, root: str | None, at: float) -> int:
        stopped = 0
        while rows := self._due(sql.OVERDUE, sql.OVERDUE_OF, owner, root, at):
            with self._database.write(*(family for *_, family in rows)) as cursor:
                changes = Changes(cursor, at)
                woken: dict[tuple[str, str], int] = {}
                stopped += sum(_stop(changes, row, woken) for row in rows)
                changes.flush()
                self._database.notify(cursor)
        return stopped

    def _upcoming(self, owner: str, root: str | None) -> records.Row:
        """When the next scope is woken, attempt made ready, attempt stopped."""
        if root is None:
            row = self._one(sql.UPCOMING, owner, owner, owner)
        else:
            row = self._one(sql.UPCOMING_OF, root)
        return row or (None, None, None)

    def _due(
        self, of_all: str, of_family: str, owner: str, root: str | None, at: float
    ) -> list[records.Row]:
        if root is None:
            return self._all(of_all, owner, at, BATCH)
        return self._all(of_family, root, root, at, BATCH)

    def _wake_sleepers(self, owner: str, root: str | None, at: float) -> None:
        rows = self._due(sql.SLEEPERS, sql.SLEEPERS_OF, owner, root, at)
        with self._database.write(*(family for *_, family in rows)) as cursor:
            woken = ((execution, path, at) for execution, path, _ in rows)
            cursor.executemany(sql.WAKE_SLEEPER, list(woken))

    def _make_ready(self, owner: str, root: str | None, at: float) -> None:
        rows = self._due(sql.PUT_OFF, sql.PUT_OFF_OF, owner, root, at)
        known = self._known(execution for execution, _ in rows)
        with self._database.write(*(family for _, family in rows)) as cursor:
            changes = Changes(cursor, at)
            for execution, _ in rows:
                _let_in(changes, execution, known[execution])
            self._database.notify(cursor)


def _let_in(changes: Changes, execution: str, standing: Standing) -> None:
    """Make attempts of an execution ready that are due, as far as there is room."""
    most = standing.max_parallelism
    room = _ALL
    if most is not None:
        row = changes.one(sql.SLOTS, execution)
        room = max(0, most - (row[0] if row else 0))
    due = changes.all(sql.DUE, execution, changes.at, room)
    ready = [
        (int(most is not None and not _mostly_waits(changes, execution, path)), path, number)
        for path, number in due
    ]
    changes.cursor.executemany(
        sql.READY, [(slot, execution, path, number) for slot, path, number in ready]
    )
    soonest, waiting = changes.one(sql.NEXT_DUE, execution) or (None, 0)
    if not waiting:
        changes.cursor.execute(sql.LOOK_NO_MORE, (execution,))
    else:
        # Without room the next look comes when an attempt has ended.
        later = soonest if sum(slot for slot, *_ in ready) < room else None
        changes.cursor.execute(sql.LOOK_LATER, (later, execution))


def _mostly_waits(changes: Changes, execution: str, path: str) -> bool:
    """Whether it is the function of an eager task: what it calls needs the room."""
    scope, id = split(path)
    return bool(scope) and id == BODY and changes.all(sql.NODE, execution, scope)[0][0] == "eager"


def _stop(changes: Changes, row: records.Row, woken: dict[tuple[str, str], int]) -> bool:
    """Stop an attempt whose time is over, if that is still so."""
    execution, path, number, root = row
    key = (execution, path, number)
    deadline, until = changes.one(sql.TIMES, *key) or (None, None)
    failure = timed_out(execution, path, deadline, until, changes.at)
    ended = (records.pack(failure), changes.at)
    if changes.change(sql.TIME_OUT_ATTEMPT, *ended, *key, changes.at):
        scope = (execution, split(path)[0])
        if scope not in woken:
            woken[scope] = changes.wake(*scope)
        changes.later(sql.CHANGE_NODE, (woken[scope], execution, path))
        changes.later(sql.LOOK_NOW, (execution,))
        changes.write(root, journal.never_began_in_time(*key, failure))
        return True
    if changes.change(sql.STOP_ATTEMPT, "timeout", *key):
        changes.write(root, journal.timed_out(*key))
        return True
    return False
