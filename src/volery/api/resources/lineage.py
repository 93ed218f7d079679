"""Lineage."""

from __future__ import annotations

from typing import Annotated

import msgspec

from volery.api.routes import get
from volery.wire.backend import Backend
from volery.wire.lineage import Lineage, LineageQuery

Most = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class LineageSearch(LineageQuery, frozen=True, forbid_unknown_fields=True):
    """Whose lineage: of a value by `digest`, of content by `uri`, of a node execution.

    Attributes:
        digest: of a value.
        uri: of content that lies outside of the storage.
        execution: its outputs, or those of the node execution at `path`.
        path: with `execution`; empty: the execution itself.
        way: where it comes from, or what it went into.
        depth: so many steps.
        limit: most values at node executions.
    """

    limit: Most = 1000


@get("/lineage")
def lineage(backend: Backend, query: LineageSearch) -> Lineage:
    """Say where a value, a file or a node execution comes from, or what it went into."""
    return backend.lineage(query, query.limit)


ROUTES = [lineage]
