"""Schedules of active launch plans, the instants that they fire at, and backfills."""

from __future__ import annotations

import msgspec

from volery.wire.entities import EntityKey
from volery.wire.executions import Execution


class Schedule(msgspec.Struct, frozen=True):
    """The schedule of a launch plan's active version.

    Attributes:
        told: as it was written, such as ``0 9 * * * (Europe/Berlin)``.
        next: the next instant; None: there is none.
        last: the last instant that it has fired for.
        execution: what it has started then.
    """

    plan: EntityKey
    told: str
    next: float | None
    last: float | None = None
    execution: str = ""


class Fire(msgspec.Struct, frozen=True):
    """An instant of a schedule.

    Attributes:
        local: as its time zone writes it, ISO 8601.
        note: what a change of the clocks does to it; empty: nothing.
    """

    at: float
    local: str
    note: str = ""


class Course(msgspec.Struct, frozen=True):
    """What a launch plan has started lately, and what it starts by itself next.

    Attributes:
        told: its schedule as it was written; empty: it has none.
        fires: the next instants, whether it is active or not.
        executions: the newest, of any version.
    """

    told: str
    fires: tuple[Fire, ...]
    executions: tuple[Execution, ...]


class Backfill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The instants of a schedule in a stretch of the past: from `since` on, and before `until`.

    `dry`: nothing is started.
    """

    plan: EntityKey
    since: float
    until: float
    dry: bool = False


class Backfilled(msgspec.Struct, frozen=True):
    """An instant of a backfill. `made`: the execution is new; it has one for ever."""

    at: float
    execution: str
    made: bool
