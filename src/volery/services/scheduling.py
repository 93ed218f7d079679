"""Scheduling: launch plans that start by themselves, once for each instant.

A tick learns which launch plans are active, writes down the instants that have come, and starts an
execution for each. Every step may be repeated, and done by several servers at once: the id of the
execution is derived from launch plan and instant, and the store takes an id once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

import msgspec

from volery.clock import Clock
from volery.errors import (
    Busy,
    CallError,
    NotFound,
    StorageError,
    StoreError,
    Unavailable,
    VoleryError,
)
from volery.ids import scheduled_execution_id
from volery.ir.instants import between, moment, next_after, told
from volery.ir.schedule import Schedule
from volery.ir.scheduled import schedule_flaws
from volery.ir.specs import LaunchPlanSpec
from volery.ir.values import EMPTY, join_record
from volery.services.access import Audit, require
from volery.services.fires import fires
from volery.services.misfire import step
from volery.services.registration import Registration
from volery.store.base import Created
from volery.store.schedules import Schedules
from volery.types.packing import pack
from volery.types.registry import codec_for
from volery.wire import schedules as wire
from volery.wire.access import Identity, Role
from volery.wire.entities import EntityKey

SCHEDULE = Identity("schedule", "operator")
"""Whoever starts, in the audit, what nobody has started."""

AGAIN = 1.0
"""Seconds before what could not be started is looked at again."""
MOST_PLANS = 100
"""Launch plans that a step of a tick concerns at most."""
MOST_STARTS = 1000
"""Executions of a launch plan that a tick starts at most."""
MOST_FIRES = 1000
MOST_BACKFILLED = 10_000


class Start(msgspec.Struct, frozen=True):
    """An execution to be started for an instant. Whoever repeats it has the same one.

    Attributes:
        plan: the launch plan, with its version.
        id: of the execution.
        at: the instant.
        inputs: the input record, of what the launch plan does not bind itself.
    """

    plan: EntityKey
    id: str
    at: float
    inputs: bytes


class Scheduling:
    """See the module's text.

    Args:
        schedules: where they stand.
        registration: finds launch plans.
        launch: starts; Unavailable or StorageError: it cannot be done now.
        clock: says which instants have come.
        audit: of backfills, and of instants that nothing is started for.
    """

    def __init__(
        self,
        schedules: Schedules,
        registration: Registration,
        launch: Callable[[Start], Created],
        *,
        clock: Clock,
        audit: Audit,
    ) -> None:
        self._schedules = schedules
        self._registration = registration
        self._launch = launch
        self._clock = clock
        self._audit = audit

    # -- whoever asks ---------------------------------------------------------------------

    def schedules(
        self, who: Identity, project: str = "", domain: str = ""
    ) -> tuple[wire.Schedule, ...]:
        """Of active launch plans, by the next instant."""
        if project:
            require(who, "viewer", project)
        self._learn()  # nothing ticks where there is no server
        return tuple(
            wire.Schedule(each.plan, told(each.schedule.when), each.next, each.last, each.execution)
            for each in self._schedules.all()
            if who.may("viewer", each.plan.project)
            and project in {"", each.plan.project}
            and domain in {"", each.plan.domain}
        )

    def fires(self, who: Identity, key: EntityKey, count: int = 20) -> tuple[wire.Fire, ...]:
        """The next instants of a launch plan's schedule, active or not.

        Raises:
            NotFound: there is no such launch plan, or it has no schedule.
        """
        _, schedule = self._scheduled(who, "viewer", key)
        if not 1 <= count <= MOST_FIRES:
            raise CallError(f"expected a count from 1 to {MOST_FIRES}, got {count}")
        return fires(schedule.when, self._clock.now(), count)

    def backfill(self, who: Identity, backfill: wire.Backfill) -> tuple[wire.Backfilled, ...]:
        """Start what a schedule would have started in a stretch of the past, if it has not.

        Raises:
            NotFound: there is no such launch plan, or it has no schedule.
            CallError: there is no such stretch, or too much is in it.
            Busy: the launch plan has as many executions under way as it may; what was started
                until then goes on, and who asks again goes on from there.
        """
        plan, schedule = self._scheduled(who, "operator", backfill.plan)
        stretch = self._stretch(schedule, backfill)
        starts = [_start(plan, schedule, at) for at in stretch]
        known = self._schedules.existing([each.id for each in starts])
        if not backfill.dry:
            new = sum(each.id not in known for each in starts)
            self._audit.write(
                who, "schedules.backfill", plan.name, plan.project, f"{new} executions"
            )
        return tuple(
            wire.Backfilled(
                each.at,
                each.id,
                each.id not in known and (backfill.dry or self._fill(each)),
            )
            for each in starts
        )

    def _stretch(self, schedule: Schedule, backfill: wire.Backfill) -> list[float]:
        until = min(backfill.until, self._clock.now())
        if not 0 <= backfill.since < until:
            raise CallError(
                f"a backfill is of a stretch of the past, from {backfill.since} to {backfill.until}"
                " is none",
                hint="seconds since the epoch, the earlier one first; what is still to come the"
                " schedule starts by itself",
                path="$.since",
            )
        found = between(schedule.when, backfill.since, until)
        stretch = list(islice(found, MOST_BACKFILLED + 1))
        if len(stretch) > MOST_BACKFILLED:
            raise CallError(
                f"there are more than {MOST_BACKFILLED} instants in this stretch",
                hint=f"end it at {moment(schedule.when, stretch[-1]).isoformat()}, and begin the"
                " next one there",
                path="$.until",
            )
        return stretch

    def _fill(self, start: Start) -> bool:
        """Whether this has started it."""
        created = self._launch(start)
        if created == "full":
            raise Busy(
                f"launch plan {start.plan.name} has as many executions under way as it may",
                hint="ask for the same again when one has ended: nothing is started twice",
            )
        return created == "created"

    def _scheduled(self, who: Identity, role: Role, key: EntityKey) -> tuple[EntityKey, Schedule]:
        require(who, role, key.project, f"launch plan {key.name}")
        plan, spec = self._spec(key)
        if spec.schedule is None:
            raise NotFound(
                f"launch plan {key.name} has no schedule",
                hint='give it one, such as schedule=CronSchedule("0 9 * * *")',
            )
        return plan, spec.schedule

    def _spec(self, key: EntityKey) -> tuple[EntityKey, LaunchPlanSpec]:
        """A launch plan, with its version in the key."""
        resolved = self._registration.resolve(key)
        spec = self._registration.spec(resolved)
        if not isinstance(spec, LaunchPlanSpec):
            raise CallError(f"launch plans have schedules, and {key.name} is a {key.kind}")
        return resolved.key, spec

    # -- as launch plans are activated ----------------------------------------------------

    def activated(self, key: EntityKey, spec: LaunchPlanSpec | None) -> None:
        """A version is the active one now; None: no version is, and its schedule went with that.

        When nobody says so, the next tick finds out.
        """
        if spec is None:
            return
        schedule = spec.schedule
        if schedule is None or any(schedule_flaws(spec)):
            self._schedules.put(key, None, None)
        else:
            coming = next_after(schedule.when, self._clock.now())
            self._schedules.put(key, schedule, coming)

    # -- time goes by ---------------------------------------------------------------------

    def tick(self) -> float | None:
        """Start what is due. Returns seconds until there is more to do; None: nothing is ahead."""
        self._learn()
        now = self._clock.now()
        self._write_down(now)
        waits = list(self._start_due())
        coming = self._schedules.next()
        if coming is not None:
            waits.append(max(coming - now, 0.0))
        return min(waits, default=None)

    def _learn(self) -> None:
        for key in self._schedules.behind(MOST_PLANS):
            try:
                self.activated(*self._spec(key))
            except (NotFound, StoreError):
                # It was deactivated since, or registered by a newer server, which can read it.
                continue

    def _write_down(self, now: float) -> None:
        for record in self._schedules.come(now, MOST_PLANS):
            if record.next is not None:
                made = step(record.schedule, record.next, now)
                self._schedules.move_on(record, made.due, made.coming)

    def _start_due(self) -> Iterator[float]:
        """Seconds until more of it can be started, for each launch plan that has more."""
        for plan, schedule in self._schedules.due_plans():
            due = self._schedules.due(plan, MOST_STARTS)
            if not all(self._settled(plan, schedule, at) for at in due):
                yield AGAIN
            elif len(due) == MOST_STARTS:
                yield 0.0

    def _settled(self, plan: EntityKey, schedule: Schedule, at: float) -> bool:
        """Start an execution for an instant, or drop it. False: neither can be done now."""
        before = None if schedule.overlap == "allow" else self._schedules.goes_on(plan)
        if before is not None:
            if schedule.overlap == "queue":
                return False
            self._drop(plan, schedule, at, f"{before}, of the instant before, goes on")
            return True
        start = _start(plan, schedule, at)
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


def _start(plan: EntityKey, schedule: Schedule, at: float) -> Start:
    id = scheduled_execution_id(plan.project, plan.domain, plan.name, at)
    inputs = EMPTY
    if schedule.argument:
        given = pack(codec_for(datetime), moment(schedule.when, at))
        inputs = join_record({schedule.argument: given})
    return Start(plan, id, at, inputs)
