"""Node executions and their attempts."""

from __future__ import annotations

from volery.api.routes import get
from volery.wire.backend import Backend
from volery.wire.executions import Attempt, Node, NodeFilter
from volery.wire.openings import NodeOpening
from volery.wire.page import Limit, Page


class NodePage(NodeFilter, frozen=True, forbid_unknown_fields=True):
    """Which node executions of an execution, and which part of their list.

    Attributes:
        limit: most items of a page.
        cursor: `next` of the page before.
    """

    limit: Limit = 100
    cursor: str = ""


@get("/executions/{id}/nodes")
def nodes(backend: Backend, id: str, query: NodePage) -> Page[Node]:
    """List node executions, by path."""
    return backend.nodes(id, query, query.limit, query.cursor)


@get("/executions/{id}/node")
def node(backend: Backend, id: str, path: str) -> Node:
    """Get a node execution, or an element of a map that is carried out with others."""
    return backend.node(id, path)


@get("/executions/{id}/node/opening")
def node_opening(backend: Backend, id: str, path: str) -> NodeOpening:
    """Get all that is shown of a node execution when it is opened."""
    return backend.node_opening(id, path)


@get("/executions/{id}/attempts")
def attempts(backend: Backend, id: str, path: str) -> tuple[Attempt, ...]:
    """List the attempts of a node execution, by number."""
    return backend.attempts(id, path)


ROUTES = [nodes, node, node_opening, attempts]
