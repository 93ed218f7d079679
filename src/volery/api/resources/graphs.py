"""Scopes of executions: how they are built, and how far what is in them is."""

from __future__ import annotations

from typing import Annotated

import msgspec

from volery.api.routes import get
from volery.wire.backend import Backend
from volery.wire.failures import FailureReport
from volery.wire.graphs import Graph
from volery.wire.openings import ScopeOpening
from volery.wire.progress import Cells, ScopeFilter, Statuses, Timeline

Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
"""Of an attempt; 0: of none of them."""


class StatusPage(ScopeFilter, frozen=True, forbid_unknown_fields=True):
    """Which node executions of an execution, and which part of their list.

    Attributes:
        limit: most items of a page.
        cursor: `next` of the page before.
    """

    limit: Annotated[int, msgspec.Meta(ge=1, le=20_000)] = 5_000
    cursor: str = ""


class TimelinePage(ScopeFilter, frozen=True, forbid_unknown_fields=True):
    """Which node executions of an execution, and which part of their list.

    Attributes:
        limit: most rows of a page.
        cursor: `next` of the page before.
    """

    limit: Annotated[int, msgspec.Meta(ge=1, le=5_000)] = 2_000
    cursor: str = ""


@get("/executions/{id}/graph")
def graph(backend: Backend, id: str, scope: str = "") -> Graph:
    """Get the graph of an execution, or that of a scope inside."""
    return backend.graph(id, scope)


@get("/executions/{id}/scope/opening")
def scope_opening(backend: Backend, id: str, scope: str = "") -> ScopeOpening:
    """Get all that is shown of a scope of an execution when it is opened."""
    return backend.scope_opening(id, scope)


@get("/executions/{id}/statuses")
def statuses(backend: Backend, id: str, query: StatusPage) -> Statuses:
    """Say how far the node executions of some scopes are, or those that have changed."""
    return backend.statuses(id, query, query.limit, query.cursor)


@get("/executions/{id}/timeline")
def timeline(backend: Backend, id: str, query: TimelinePage) -> Timeline:
    """Say when the node executions of some scopes did what, with their attempts."""
    return backend.timeline(id, query, query.limit, query.cursor)


@get("/executions/{id}/cells")
def cells(backend: Backend, id: str, path: str) -> Cells:
    """Get a byte for each element of a map."""
    return backend.cells(id, path)


@get("/executions/{id}/failure")
def failure(backend: Backend, id: str, path: str = "", attempt: Number = 0) -> FailureReport:
    """Say why an execution, a node execution or an attempt has failed, with the code around it."""
    return backend.failure(id, path, attempt)


ROUTES = [graph, scope_opening, statuses, timeline, cells, failure]
