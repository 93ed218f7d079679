"""Comparisons: of two executions, and of two versions of an entity."""

from __future__ import annotations

from volery.api.routes import get
from volery.wire.backend import Backend
from volery.wire.comparisons import Comparison, ComparisonQuery, DiffQuery, EntityDiff
from volery.wire.page import Limit


class ComparisonPage(ComparisonQuery, frozen=True, forbid_unknown_fields=True):
    """Which executions, and which part of the list of what is in them.

    Attributes:
        left: an execution.
        right: another one.
        limit: most node executions.
        cursor: `next` of the page before.
    """

    limit: Limit = 200
    cursor: str = ""


@get("/compare")
def compare(backend: Backend, query: ComparisonPage) -> Comparison:
    """Compare two executions: inputs, versions, timings, outputs, and what tells them apart."""
    return backend.compare(query, query.limit, query.cursor)


@get("/diff")
def diff(backend: Backend, query: DiffQuery) -> EntityDiff:
    """Say in what two versions of an entity differ."""
    return backend.diff(query)


ROUTES = [compare, diff]
