"""Node executions and their attempts."""

from __future__ import annotations

import msgspec

from volery.api.routes import get
from volery.engine.model import Phase
from volery.wire.backend import Backend
from volery.wire.executions import Attempt, Node, NodeFilter
from volery.wire.page import Limit, Page


class NodeQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which node executions of an execution.

    Attributes:
        scope: those directly in this scope, empty for the execution itself; without: at any depth.
        phase: any of these; may be given again.
        search: a part of the path.
        limit: most items of a page.
        cursor: `next` of the page before.
    """

    scope: str | None = None
    phase: tuple[Phase, ...] = ()
    search: str = ""
    limit: Limit = 100
    cursor: str = ""

    def filter(self) -> NodeFilter:
        """The same without what concerns pages."""
        phases = tuple(phase.value for phase in self.phase)
        return NodeFilter(self.scope, phases, self.search)


@get("/executions/{id}/nodes")
def nodes(backend: Backend, id: str, query: NodeQuery) -> Page[Node]:
    """List node executions, by path."""
    return backend.nodes(id, query.filter(), query.limit, query.cursor)


@get("/executions/{id}/node")
def node(backend: Backend, id: str, path: str) -> Node:
    """Get a node execution."""
    return backend.node(id, path)


@get("/executions/{id}/attempts")
def attempts(backend: Backend, id: str, path: str) -> tuple[Attempt, ...]:
    """List the attempts of a node execution, by number."""
    return backend.attempts(id, path)


ROUTES = [nodes, node, attempts]
