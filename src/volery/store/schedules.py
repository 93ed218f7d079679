"""Schedules of active launch plans: what comes next, and what has come and is not started yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from volery.ir.schedule import Schedule
from volery.store.moves import IllegalMove
from volery.store.sql_base import SqlBase
from volery.wire.entities import EntityKey

BEHIND = """
    SELECT a.project, a.domain, a.name, a.version
    FROM active_plans AS a
    LEFT JOIN schedules AS s
        ON s.project = a.project AND s.domain = a.domain AND s.plan = a.name
    WHERE s.version IS NULL OR s.version <> a.version
    ORDER BY a.project, a.domain, a.name LIMIT ?"""

KNOWN = "SELECT schedule FROM schedules WHERE project = ? AND domain = ? AND plan = ?"

# A version goes on where the one before it was, if that still has the schedule it is compared with.
PUT = """
    INSERT INTO schedules (project, domain, plan, version, schedule, next)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (project, domain, plan) DO UPDATE SET
        version = excluded.version,
        schedule = excluded.schedule,
        next = CASE WHEN schedules.schedule = ?
            THEN schedules.next ELSE excluded.next END,
        revision = schedules.revision + 1"""

NO_LONGER_DUE = """
    DELETE FROM due_instants WHERE project = ? AND domain = ? AND plan = ?"""

FORGET = "DELETE FROM schedules WHERE project = ? AND domain = ? AND plan = ?"

_SCHEDULE = "project, domain, plan, version, schedule, next, last, execution, revision"

SCHEDULES = f"""
    SELECT {_SCHEDULE} FROM schedules WHERE schedule IS NOT NULL
    ORDER BY next IS NULL, next, project, domain, plan"""  # noqa: S608 - a constant of this file

COME = f"""
    SELECT {_SCHEDULE} FROM schedules WHERE next <= ?
    ORDER BY next LIMIT ?"""  # noqa: S608 - the same

NEXT = "SELECT min(next) FROM schedules WHERE next > ?"

MOVE_ON = """
    UPDATE schedules SET next = ?, revision = revision + 1
    WHERE project = ? AND domain = ? AND plan = ? AND revision = ?"""

ADD_DUE = """
    INSERT INTO due_instants (project, domain, plan, at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO NOTHING"""

DUE_PLANS = """
    SELECT project, domain, plan, version, schedule FROM schedules AS s
    WHERE schedule IS NOT NULL AND EXISTS (
        SELECT 1 FROM due_instants AS d
        WHERE d.project = s.project AND d.domain = s.domain AND d.plan = s.plan
    )
    ORDER BY project, domain, plan"""

DUE = """
    SELECT at FROM due_instants WHERE project = ? AND domain = ? AND plan = ?
    ORDER BY at LIMIT ?"""

GOES_ON = """
    SELECT e.id FROM schedules AS s JOIN executions AS e ON e.id = s.execution
    WHERE s.project = ? AND s.domain = ? AND s.plan = ? AND e.phase = 'RUNNING'"""

STARTED = """
    UPDATE schedules SET last = ?, execution = ?
    WHERE project = ? AND domain = ? AND plan = ? AND (last IS NULL OR last < ?)"""

DONE = """
    DELETE FROM due_instants WHERE project = ? AND domain = ? AND plan = ? AND at = ?"""

EXISTS = "SELECT id FROM executions WHERE id = ?"


class ScheduleRecord(msgspec.Struct, frozen=True):
    """The schedule of an active launch plan, as it stands.

    Attributes:
        plan: with its version.
        next: the instant that comes next; None: none does.
        last: the newest that was started, with its `execution`.
        revision: what `move_on` compares.
    """

    plan: EntityKey
    schedule: Schedule
    next: float | None
    last: float | None
    execution: str
    revision: int


class Schedules(SqlBase):
    """One row for each active launch plan. It goes, with all that is due, when that is deactivated.

    What has come is first written down as due, in one transaction with the instant that is next
    from then on; only then is it started. So nothing is lost between the two, whoever dies.
    """

    # -- as launch plans are activated ----------------------------------------------------

    def behind(self, limit: int) -> list[EntityKey]:
        """Active launch plans whose version is not the one known here."""
        return [_key(*row) for row in self._all(BEHIND, limit)]

    def put(self, plan: EntityKey, schedule: Schedule | None, coming: float | None) -> bool:
        """Know the schedule of an active version. False: the launch plan is not active.

        Args:
            plan: with its version.
            schedule: None: it has none, and what is due is due no longer.
            coming: its next instant, if it comes at other times than that of the version before.
        """
        packed = None if schedule is None else _pack(schedule)
        like = self._like(plan, schedule)
        try:
            with self._database.write() as cursor:
                cursor.execute(PUT, (*_place(plan), plan.version, packed, coming, like))
                if schedule is None:
                    cursor.execute(NO_LONGER_DUE, _place(plan))
        except IllegalMove:
            return False
        return True

    def _like(self, plan: EntityKey, schedule: Schedule | None) -> bytes | None:
        """The schedule that is known, if it comes at the same times as this one."""
        row = self._one(KNOWN, *_place(plan))
        known = None if row is None else row[0]
        same = known and schedule and _unpack(known).when == schedule.when
        return known if same else None

    def forget(self, plan: EntityKey) -> None:
        """Know nothing of a launch plan; if it is active after all, it is `behind`."""
        with self._database.write() as cursor:
            cursor.execute(FORGET, _place(plan))

    # -- as time goes by ------------------------------------------------------------------

    def all(self) -> list[ScheduleRecord]:
        """By the next instant."""
        return [_record(row) for row in self._all(SCHEDULES)]

    def come(self, at: float, limit: int) -> list[ScheduleRecord]:
        """Those whose next instant has come, longest ago first."""
        return [_record(row) for row in self._all(COME, at, limit)]

    def next(self, after: float) -> float | None:
        """The first instant that is later than this one."""
        row = self._one(NEXT, after)
        return None if row is None else row[0]

    def move_on(self, record: ScheduleRecord, due: Iterable[float], coming: float | None) -> bool:
        """These instants are due, and this one comes next. False: others were faster."""
        place = _place(record.plan)
        with self._database.write() as cursor:
            cursor.execute(MOVE_ON, (coming, *place, record.revision))
            if cursor.rowcount != 1:
                return False
            cursor.executemany(ADD_DUE, [(*place, at) for at in due])
            return True

    # -- what is due ----------------------------------------------------------------------

    def due_plans(self) -> list[tuple[EntityKey, Schedule]]:
        """Launch plans of which something is due, with their schedules."""
        rows = self._all(DUE_PLANS)
        return [(_key(*plan), _unpack(schedule)) for *plan, schedule in rows]

    def due(self, plan: EntityKey, limit: int) -> list[float]:
        """What is due of a launch plan, in order."""
        return [at for (at,) in self._all(DUE, *_place(plan), limit)]

    def goes_on(self, plan: EntityKey) -> str | None:
        """The execution of the newest instant that was started, unless it has ended."""
        row = self._one(GOES_ON, *_place(plan))
        return None if row is None else row[0]

    def started(self, plan: EntityKey, at: float, execution: str) -> None:
        """An instant has its execution."""
        with self._database.write() as cursor:
            # In this order, as when a launch plan is deactivated: two never wait for each other.
            cursor.execute(STARTED, (at, execution, *_place(plan), at))
            cursor.execute(DONE, (*_place(plan), at))

    def dropped(self, plan: EntityKey, at: float) -> bool:
        """Nothing is started for an instant. False: others have seen to it."""
        with self._database.write() as cursor:
            cursor.execute(DONE, (*_place(plan), at))
            return cursor.rowcount == 1

    def existing(self, executions: Sequence[str]) -> set[str]:
        """Those of these ids that there is an execution of."""
        found = self._database.read(*((EXISTS, (each,)) for each in executions))
        return {id for rows in found for (id,) in rows}


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Schedule).decode


def _key(project: str, domain: str, name: str, version: str) -> EntityKey:
    return EntityKey("launch_plan", name, version, project, domain)


def _place(plan: EntityKey) -> tuple[str, str, str]:
    return plan.project, plan.domain, plan.name


def _record(row: Any) -> ScheduleRecord:
    *plan, schedule, next_, last, execution, revision = row
    return ScheduleRecord(_key(*plan), _unpack(schedule), next_, last, execution or "", revision)
