"""The fleet: what many executions have come to, side by side."""

from __future__ import annotations

from typing import Annotated

import msgspec

from volery.api.routes import get
from volery.wire.backend import Backend
from volery.wire.executions import ExecutionFilter
from volery.wire.fleet import Columns, Fleet, FleetEntity

Runs = Annotated[int, msgspec.Meta(ge=1, le=50)]


class FleetQuery(ExecutionFilter, frozen=True, forbid_unknown_fields=True):
    """Which executions, and what of them.

    Attributes:
        scope: the node executions directly in it are shown; empty: those of the execution itself.
        limit: most executions.
        cursor: `next` of the page before.
    """

    scope: str = ""
    limit: Columns = 60
    cursor: str = ""


class LatelyQuery(ExecutionFilter, frozen=True, forbid_unknown_fields=True):
    """Which executions, among the newest.

    Attributes:
        runs: most executions of each entity.
    """

    runs: Runs = 14


@get("/fleet")
def fleet(backend: Backend, query: FleetQuery) -> Fleet:
    """Get executions, newest first, by what is in a scope of each, and how flaky that is."""
    return backend.fleet(query, query.scope, query.limit, query.cursor)


@get("/fleet/entities")
def entities(backend: Backend, query: LatelyQuery) -> tuple[FleetEntity, ...]:
    """List what has run lately, the latest first, each with its newest executions."""
    return backend.fleet_entities(query, query.runs)


ROUTES = [fleet, entities]
