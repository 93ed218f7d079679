"""Schedules, the instants that they fire at, and backfills."""

from __future__ import annotations

from typing import Annotated

import msgspec

from volery.api.routes import get, post
from volery.wire.backend import Backend
from volery.wire.entities import EntityKey
from volery.wire.schedules import Backfill, Backfilled, Course, Fire, Schedule

Count = Annotated[int, msgspec.Meta(ge=1, le=1000)]


@get("/schedules")
def schedules(backend: Backend, project: str = "", domain: str = "") -> tuple[Schedule, ...]:
    """List the schedules of active launch plans, by the next instant."""
    return backend.schedules(project, domain)


@get("/schedules/{project}/{domain}/{name}/fires")
def fires(
    backend: Backend, *, project: str, domain: str, name: str, version: str = "", count: Count = 20
) -> tuple[Fire, ...]:
    """List the next instants of a launch plan's schedule, active or not."""
    return backend.fires(EntityKey("launch_plan", name, version, project, domain), count)


@get("/schedules/{project}/{domain}/{name}/course")
def course(backend: Backend, *, project: str, domain: str, name: str, version: str = "") -> Course:
    """Say what a launch plan has started lately, and what it starts by itself next."""
    return backend.course(EntityKey("launch_plan", name, version, project, domain))


@post("/launch-plans/backfill")
def backfill(backend: Backend, data: Backfill) -> tuple[Backfilled, ...]:
    """Start the executions for the instants of a schedule in a stretch of the past."""
    return backend.backfill(data)


ROUTES = [schedules, fires, course, backfill]
