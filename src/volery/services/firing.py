"""Firing: instants that have come are written down, and then an execution is started for each.

Every step may be repeated, and done by several servers at once: the id of the execution is derived
from launch plan and instant, and the store takes an id once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import msgspec

from volery.clock import Clock
from volery.errors import StorageError, StoreError, Unavailable, VoleryError
from volery.ids import scheduled_execution_id
from volery.ir.instants import moment
from volery.ir.schedule import Schedule
from volery.ir.values import EMPTY, join_record
from volery.services.access import Audit
from volery.services.misfire import step
from volery.store.base import Created
from volery.store.schedules import ScheduleRecord, Schedules
from volery.types.packing import pack
from volery.types.registry import codec_for
from volery.wire.access import Identity
from volery.wire.entities import EntityKey
from volery.wire.health import Check

SCHEDULE = Identity("schedule", "operator")
"""Whoever starts, in the audit, what nobody has started."""

AGAIN = 1.0
"""Seconds before what could not be started is looked at again; what fails waits twice as long each
time, up to `LONGEST`."""
LONGEST = 300.0
MOST_PLANS = 100
"""Launch plans that a step of a tick concerns at most."""
MOST_STARTS = 1000
"""Executions of a launch plan that a tick starts at most."""

_log = logging.getLogger("volery.schedules")


class Start(msgspec.Struct, frozen=True):
    """An execution to be started for an instant. Whoever repeats it has the same one.

    Attributes:
        plan: the launch plan, with its version.
        id: of the execution.
        at: the instant.
        inputs: the input record, of what the launch plan does not bind itself.
        who: wants it.
    """

    plan: EntityKey
    id: str
    at: float
    inputs: bytes
    who: Identity = SCHEDULE


def start_of(plan: EntityKey, schedule: Schedule, at: float, who: Identity = SCHEDULE) -> Start:
    """What is started for an instant."""
    id = scheduled_execution_id(plan.project, plan.domain, plan.name, at)
    inputs = EMPTY
    if schedule.argument:
        given = pack(codec_for(datetime), moment(schedule.when, at))
        inputs = join_record({schedule.argument: given})
    return Start(plan, id, at, inputs, who)


class Firing:
    """Follows the schedules that are written down.

    One that fails is left alone for a while, and holds up no other.

    Args:
        schedules: where they stand.
        launch: starts; Unavailable or StorageError: it cannot be done now.
        clock: says which instants have come.
        audit: of instants that nothing is started for.
    """

    def __init__(
        self,
        schedules: Schedules,
        launch: Callable[[Start], Created],
        *,
        clock: Clock,
        audit: Audit,
    ) -> None:
        self._schedules = schedules
        self._launch = launch
        self._clock = clock
        self._audit = audit
        self._troubles: dict[EntityKey, _Trouble] = {}

    def tick(self) -> float | None:
        """Start what is due. Returns seconds until there is more to do; None: nothing is ahead.

        Raises:
            StoreError: the database cannot be used.
        """
        now = self._clock.now()
        self._forget_troubles(now)
        waits = [*self._write_down(now), *self._start(now)]
        coming = self._schedules.next(now)
        if coming is not None:
            waits.append(coming - now)
        return min((each for each in waits if each is not None), default=None)

    def check(self) -> Check:
        """How many launch plans cannot be started here. The server is well all the same."""
        count = len(self._troubles)
        told = f"{count} cannot be started now; the log says why" if count else ""
        return Check("launch plans", ok=True, detail=told)

    # -- what has come --------------------------------------------------------------------

    def _write_down(self, now: float) -> Iterator[float | None]:
        come = self._schedules.come(now, MOST_PLANS)
        for each in come:
            yield self._by_itself(each.plan, partial(self._write_down_of, each, now), now)
        if len(come) == MOST_PLANS:
            yield 0.0

    def _write_down_of(self, record: ScheduleRecord, now: float) -> float | None:
        if record.next is None:
            return None
        made = step(record.schedule, record.next, now)
        self._schedules.move_on(record, made.due, made.coming)
        return 0.0 if made.coming is not None and made.coming <= now else None

    # -- what is due ----------------------------------------------------------------------

    def _start(self, now: float) -> Iterator[float | None]:
        for plan, schedule in self._schedules.due_plans():
            yield self._by_itself(plan, partial(self._start_of, plan, schedule), now)

    def _start_of(self, plan: EntityKey, schedule: Schedule) -> float | None:
        due = self._schedules.due(plan, MOST_STARTS)
        if not all(self._settled(plan, schedule, at) for at in due):
            return AGAIN
        self._troubles.pop(plan, None)
        return 0.0 if len(due) == MOST_STARTS else None

    def _settled(self, plan: EntityKey, schedule: Schedule, at: float) -> bool:
        """Start an execution for an instant, or drop it. False: neither can be done now."""
        before = None if schedule.overlap == "allow" else self._schedules.goes_on(plan)
        if before is not None:
            if schedule.overlap == "queue":
                return False
            self._drop(plan, schedule, at, f"{before}, of the instant before, goes on")
            return True
        start = start_of(plan, schedule, at)
        try:
            created = self._launch(start)
        except (Unavailable, StorageError):
            return False
        except StoreError:
            raise
        except VoleryError as error:
            self._drop(plan, schedule, at, error.message)
            return True
        if created == "full":
            self._drop(plan, schedule, at, "as many executions are under way as may be")
        else:
            self._schedules.started(plan, at, start.id)
        return True

    def _drop(self, plan: EntityKey, schedule: Schedule, at: float, why: str) -> None:
        if self._schedules.dropped(plan, at):
            detail = f"{moment(schedule.when, at).isoformat()}: {why}"
            self._audit.write(SCHEDULE, "schedules.skip", plan.name, plan.project, detail)

    # -- each launch plan by itself -------------------------------------------------------

    def _by_itself(
        self, plan: EntityKey, act: Callable[[], float | None], now: float
    ) -> float | None:
        """Act for a launch plan, unless it has failed a moment ago; whatever it does, others go on.

        Returns:
            Seconds until there is more to do for it; None: nothing is known of.
        """
        known = self._troubles.get(plan)
        if known is not None and 0 < known.until - now <= LONGEST:  # a clock may be set back
            return known.until - now
        try:
            return act()
        except StoreError as error:
            # The whole database, or what it has of this one: the next tick finds out.
            self._failed(plan, error, now)
            raise
        except Exception as error:  # noqa: BLE001 - it may be any mistake of anybody
            return self._failed(plan, error, now)

    def _failed(self, plan: EntityKey, error: Exception, now: float) -> float:
        """Leave a launch plan alone for so many seconds."""
        known = self._troubles.get(plan)
        wait = AGAIN if known is None else min(2 * known.wait, LONGEST)
        self._troubles[plan] = _Trouble(wait, now + wait)
        _log.error(
            "launch plan %s cannot be started, and is tried again in %g s",
            plan.name,
            wait,
            exc_info=error,
            extra={"project": plan.project, "domain": plan.domain},
        )
        return wait

    def _forget_troubles(self, now: float) -> None:
        """Of launch plans that nobody has tried for long: there is nothing to start any more."""
        old = [plan for plan, each in self._troubles.items() if each.until < now - LONGEST]
        for plan in old:
            del self._troubles[plan]


class _Trouble(msgspec.Struct, frozen=True):
    """A launch plan could not be started: nobody tries for so many seconds, until then."""

    wait: float
    until: float
