"""The manner of a launch plan: how its executions begin, and are carried out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast, runtime_checkable

import msgspec

from volery.errors import DefinitionError
from volery.ir.notification import Notification
from volery.ir.schedule import Schedule
from volery.ir.specs import Concurrency
from volery.sdk import options
from volery.sdk.labels import Pairs, pairs_of
from volery.sdk.options import PlanOptions


class Manner(msgspec.Struct, frozen=True):
    """What the options of a launch plan say: see `LaunchPlanSpec`."""

    max_parallelism: int | None = None
    concurrency: Concurrency | None = None
    overwrite_cache: bool = False
    schedule: Schedule | None = None
    notifications: tuple[Notification, ...] = ()
    labels: Pairs = ()
    annotations: Pairs = ()
    auto_activate: bool = False
    executor: str = ""


@runtime_checkable
class Notifies(Protocol):
    """A notification, such as an `Email`."""

    def spec(self) -> object:
        """A `Notification`: the same as the IR has it."""
        ...


def manner_of(given: PlanOptions, place: str) -> Manner:
    """What options say. Raises DefinitionError: a value cannot be used."""
    most = given.get("max_parallelism")
    return Manner(
        None if most is None else options.count(most, "max_parallelism", place, 1),
        _concurrency(given.get("concurrency"), place),
        options.flag(given.get("overwrite_cache", False), "overwrite_cache", place),
        _schedule(given.get("schedule"), place),
        _notifications(given.get("notifications"), place),
        pairs_of(given.get("labels"), "labels", place),
        pairs_of(given.get("annotations"), "annotations", place),
        options.flag(given.get("auto_activate", False), "auto_activate", place),
        options.text(given.get("executor") or "", "executor", place),
    )


def _concurrency(policy: object, place: str) -> Concurrency | None:
    if policy is None:
        return None
    from volery.sdk.concurrency import ConcurrencyPolicy

    if isinstance(policy, ConcurrencyPolicy):
        return policy.concurrency()
    raise DefinitionError(
        f"{place}: concurrency= takes a ConcurrencyPolicy, got {policy!r}",
        hint="write concurrency=ConcurrencyPolicy(max_concurrency=1)",
    )


def _schedule(schedule: object, place: str) -> Schedule | None:
    if schedule is None:
        return None
    from volery.sdk.schedule import CronSchedule, FixedRate

    if isinstance(schedule, CronSchedule | FixedRate):
        return schedule.spec()
    raise DefinitionError(
        f"{place}: schedule= takes a CronSchedule or a FixedRate, got {schedule!r}",
        hint='write schedule=CronSchedule("0 9 * * *")',
    )


def _notifications(given: object, place: str) -> tuple[Notification, ...]:
    if given is None:
        return ()
    if isinstance(given, list | tuple):
        made = [_notification(each) for each in cast("Sequence[object]", given)]
        found = tuple(each for each in made if each is not None)
        if len(found) == len(made):
            return found
    raise DefinitionError(
        f"{place}: notifications= takes a list of them, got {given!r}",
        hint='write notifications=[Email(["FAILED"], recipients_email=["ada@example.org"])]',
    )


def _notification(given: object) -> Notification | None:
    """What a notification is made of; None: it is none."""
    made = given.spec() if isinstance(given, Notifies) else None
    return made if isinstance(made, Notification) else None
