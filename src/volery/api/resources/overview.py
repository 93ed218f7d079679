"""What there is, at a glance: executions over time, gates that wait, who is at work."""

from __future__ import annotations

from typing import Annotated

import msgspec

from volery.api.routes import get
from volery.wire.backend import Backend
from volery.wire.executions import ExecutionFilter
from volery.wire.gates import WaitingGate
from volery.wire.glance import Glance, GlanceQuery
from volery.wire.over_time import Buckets, OverTime
from volery.wire.page import Limit, Page
from volery.wire.suggestions import SuggestionQuery
from volery.wire.system import System

Few = Annotated[int, msgspec.Meta(ge=1, le=100)]


class OverTimeQuery(ExecutionFilter, frozen=True, forbid_unknown_fields=True):
    """Which executions, and how the stretch of time is divided.

    Attributes:
        buckets: so many equal parts.
    """

    buckets: Buckets = 60


class Suggested(SuggestionQuery, frozen=True, forbid_unknown_fields=True):
    """What is being typed.

    Attributes:
        limit: most suggestions.
    """

    limit: Few = 20


@get("/glance")
def glance(backend: Backend, query: GlanceQuery) -> Glance:
    """Say what runs, what failed, what waits, what comes next, and whether all is well."""
    return backend.glance(query)


@get("/counts/over-time")
def over_time(backend: Backend, query: OverTimeQuery) -> OverTime:
    """Count executions in each phase by when they were created; by default in the last 24 hours."""
    return backend.over_time(query, query.buckets)


@get("/gates")
def waiting_gates(
    backend: Backend, project: str = "", domain: str = "", limit: Limit = 100, cursor: str = ""
) -> Page[WaitingGate]:
    """List the gates that wait for somebody, in all executions, newest first."""
    return backend.waiting_gates(project, domain, limit, cursor)


@get("/suggestions")
def suggestions(backend: Backend, query: Suggested) -> tuple[str, ...]:
    """Suggest what can be looked for, as far as it begins with what was typed."""
    return backend.suggestions(query, query.limit)


@get("/system")
def system(backend: Backend) -> System:
    """Say what the server is made of, and who is at work."""
    return backend.system()


ROUTES = [glance, over_time, waiting_gates, suggestions, system]
