"""Entities that the suite of backends registers and runs. Every worker finds this module."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from volery.ir.codec import canonical
from volery.ir.schedule import Cron, Schedule
from volery.ir.specs import LaunchPlanSpec
from volery.sdk.compile import compile_entity
from volery.sdk.deck import Deck
from volery.sdk.entity import Entity
from volery.sdk.fingerprint import fingerprinted
from volery.sdk.gate import approve
from volery.sdk.launch_plan import LaunchPlan
from volery.sdk.map import map_task
from volery.sdk.task import task
from volery.sdk.workflow import workflow
from volery.wire.entities import EntityKey, Registration

_log = logging.getLogger(__name__)


@task
def total(values: list[int], by: int = 2) -> int:
    """The sum of numbers, times another."""
    print("summing", len(values), "numbers")  # noqa: T201 - it is to be in the log
    _log.warning("by %d", by)
    return sum(values) * by


@task
def showing(value: int) -> int:
    """A number that is shown, as somebody might who wishes no good."""
    Deck("Numbers", f"<b>{value}</b><script>alert(1)</script>")
    return value


@task
def one_more(value: int) -> int:
    """The next number."""
    return value + 1


@task
def size(file: str, least: int) -> int:
    """How many characters are in a file, which may not be there; and no less than that."""
    return max(least, len(Path(file).read_text()))


@task(executor="moon")
def elsewhere() -> None:
    """Something for an executor that there is not."""


@workflow
def sums(values: list[int], by: int = 2) -> int:
    """A number made of others."""
    return one_more(value=total(values=values, by=by))


@workflow
def each(values: list[int]) -> list[int]:
    """Numbers, one higher."""
    return map_task(one_more)(value=values)


@workflow
def fragile(file: str, value: int = 1) -> int:
    """Something that succeeds, and something that fails without a file."""
    return size(file=file, least=one_more(value=value))


@workflow
def gated(value: int = 1) -> int:
    """Something that somebody has to agree to."""
    return one_more(value=approve(value, "ship", timeout=timedelta(hours=1)))


plan = LaunchPlan.get_or_create(
    sums, name="conformance-plan", default_inputs={"values": [1]}, fixed_inputs={"by": 3}
)

HOURLY = Schedule(Cron("0 * * * *"))


def bundle_of(entity: Entity, schedule: Schedule | None = None) -> bytes:
    """The bundle of an entity and what it refers to; its launch plans with a schedule, perhaps."""
    bundle = fingerprinted(compile_entity(entity)).bundle
    plans = tuple(_scheduled(each, schedule) for each in bundle.launch_plans)
    return canonical(msgspec.structs.replace(bundle, launch_plans=plans))


def _scheduled(spec: LaunchPlanSpec, schedule: Schedule | None) -> LaunchPlanSpec:
    return msgspec.structs.replace(spec, schedule=schedule)


def registration_of(
    entity: Entity,
    project: str,
    *,
    schedule: Schedule | None = None,
    **more: Any,
) -> Registration:
    """A registration of an entity in a project; `more` of its fields."""
    return Registration(bundle_of(entity, schedule), project=project, **more)


def key_of(entity: Entity, project: str, version: str = "") -> EntityKey:
    """The identity of an entity in a project."""
    kind: Literal["task", "workflow", "launch_plan"] = entity.kind
    return EntityKey(kind, entity.name, version, project)
