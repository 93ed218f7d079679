"""Openings: all that is shown of something when it is opened, from those who know it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from volery.engine.model import BODY
from volery.errors import VoleryError
from volery.ids import ROOT, join
from volery.services.browsing import Browsing
from volery.services.decks import Decks
from volery.services.failing import Failing
from volery.services.following import MOST_STATUSES, Following
from volery.services.graphs import Graphs
from volery.store.progress import MOST_ASKED
from volery.wire.access import Identity
from volery.wire.graphs import Graph, GraphNode
from volery.wire.openings import ExecutionOpening, NodeOpening, ScopeOpening
from volery.wire.parts import Parts, PartsQuery, Side
from volery.wire.progress import ScopeFilter, Statuses

PARTS: Final = 100
"""Inputs and outputs that are shown."""

T = TypeVar("T")


class Openings:
    """See the module's text. Any thread may use it.

    Args:
        browsing: knows executions, node executions and values.
        graphs: know how scopes are built.
        following: knows how far they are.
        failing: knows why something has failed.
        decks: has what attempts show.
    """

    def __init__(
        self,
        browsing: Browsing,
        graphs: Graphs,
        following: Following,
        failing: Failing,
        decks: Decks,
    ) -> None:
        self._browsing = browsing
        self._graphs = graphs
        self._following = following
        self._failing = failing
        self._decks = decks

    def execution(self, who: Identity, id: str) -> ExecutionOpening:
        """See `Views.opening`."""
        summary = self._browsing.summary(who, id)
        has_outputs = summary.execution.phase == "SUCCEEDED"
        graph = _had(lambda: self._graphs.of_execution(who, id, ROOT))
        scopes = _shown(ROOT, graph)
        return ExecutionOpening(
            summary=summary,
            graph=graph,
            scopes=scopes,
            statuses=self._statuses(who, id, scopes),
            gates=self._browsing.gates(who, id) if summary.gates else (),
            inputs=self._values(who, id, ROOT, "inputs"),
            outputs=self._values(who, id, ROOT, "outputs") if has_outputs else None,
            failure=_had(lambda: self._failing.report(who, id, ROOT, 0)),
        )

    def scope(self, who: Identity, id: str, path: str) -> ScopeOpening:
        """See `Views.scope_opening`."""
        graph = self._graphs.of_execution(who, id, path)
        is_map = graph.kind == "map"
        scopes = () if is_map else _shown(path, graph)
        return ScopeOpening(
            graph=graph,
            scopes=scopes,
            statuses=self._statuses(who, id, scopes) if scopes else None,
            cells=_had(lambda: self._following.cells(who, id, path)) if is_map else None,
        )

    def node(self, who: Identity, id: str, path: str) -> NodeOpening:
        """See `Views.node_opening`."""
        node = self._browsing.node(who, id, path)
        tried = join(path, BODY) if node.kind in {"dynamic", "eager"} else path
        attempts = _had(lambda: self._browsing.attempts(who, id, tried)) or ()
        last = attempts[-1] if attempts else None
        return NodeOpening(
            node=node,
            attempts=attempts,
            decks=_had(lambda: self._decks.decks(id, last.path, last.number)) or () if last else (),
            inputs=self._values(who, id, path, "inputs") if node.failure else None,
            failure=_had(lambda: self._failing.report(who, id, node.range or path, 0)),
        )

    def _statuses(self, who: Identity, id: str, scopes: tuple[str, ...]) -> Statuses:
        return self._following.statuses(who, id, ScopeFilter(scopes), MOST_STATUSES, "")

    def _values(self, who: Identity, id: str, path: str, side: Side) -> Parts | None:
        query = PartsQuery(path=path, side=side, limit=PARTS)
        return _had(lambda: self._browsing.parts(who, id, query))


def _shown(scope: str, graph: Graph | None) -> tuple[str, ...]:
    """A scope and the branches in it, which stand in place in its graph."""
    return (scope, *_branches(graph.nodes if graph else ()))[:MOST_ASKED]


def _branches(nodes: Iterable[GraphNode]) -> Iterator[str]:
    """Paths of the branches among nodes, and of those inside of them."""
    for node in nodes:
        if node.kind == "branch":
            yield node.path
            yield from _branches(inner for arm in node.arms for inner in arm.nodes)


def _had(ask: Callable[[], T]) -> T | None:
    """What is asked for, if it can be had."""
    try:
        return ask()
    except VoleryError:
        return None
