"""Scheduling: launch plans that start by themselves, for whoever asks about them.

What is active is learned from the catalog, by whoever looks next; `firing` follows it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

from volery.clock import Clock
from volery.errors import Busy, CallError, NotFound, StoreError
from volery.ir.instants import between, moment, next_after, told
from volery.ir.schedule import Schedule
from volery.ir.schedule_check import schedule_flaws
from volery.ir.specs import LaunchPlanSpec
from volery.services.access import Audit, require
from volery.services.firing import MOST_PLANS, Firing, Start, start_of
from volery.services.forecast import fires
from volery.services.registration import Registration
from volery.store.base import Created
from volery.store.schedules import Schedules
from volery.wire import schedules as wire
from volery.wire.access import Identity, Role
from volery.wire.entities import EntityKey
from volery.wire.health import Check

MOST_FIRES = 1000
MOST_BACKFILLED = 10_000


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
        self._firing = Firing(schedules, launch, clock=clock, audit=audit)

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

    def ahead(self, who: Identity, key: EntityKey, count: int) -> tuple[str, tuple[wire.Fire, ...]]:
        """The schedule of a launch plan in words, and its next instants; without one, nothing.

        Raises:
            NotFound: there is no such launch plan.
        """
        require(who, "viewer", key.project, f"launch plan {key.name}")
        _, spec = self._spec(key)
        if spec.schedule is None:
            return "", ()
        when = spec.schedule.when
        return told(when), fires(when, self._clock.now(), count)

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
        starts = [start_of(plan, schedule, at, who) for at in stretch]
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
                f"a backfill is of a stretch of the past, from {_told(backfill.since)} to "
                f"{_told(backfill.until)} is none",
                hint="the earlier one first; what is still to come the schedule starts by itself",
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
        return self._firing.tick()

    def check(self) -> Check:
        """See `Firing.check`."""
        return self._firing.check()

    def _learn(self) -> None:
        for key in self._schedules.behind(MOST_PLANS):
            try:
                self.activated(*self._spec(key))
            except (NotFound, StoreError):
                # It was deactivated since, or registered by a newer server, which can read it.
                continue


def _told(at: float) -> str:
    """A time that somebody gave, whatever it is."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return f"{at} seconds since the epoch"
