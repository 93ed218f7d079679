"""A graph, indexed: what follows what, and how each node is carried out."""

from __future__ import annotations

from volery.engine.entities import SILENT, Entities
from volery.engine.model import HANDLER, NodeKind
from volery.ir.bindings import Constant, InputRef, OutputRef, references
from volery.ir.nodes import GateTarget, Graph, Node
from volery.ir.policy import Limits, Policy
from volery.ir.specs import FailurePolicy


class GraphIndex:
    """An immutable view of a graph that answers the planner's questions at constant cost.

    Attributes:
        nodes: every node by id, in the order of the graph; the failure handler as `HANDLER`.
        upstream: for each node of the graph, how many distinct nodes have to end before it.
        downstream: for each of them, the ids of those that wait for it.
        sources: ids of those that wait for nothing.
        kinds, policies: how each node is planned and carried out, its entity's word included.
        cached: ids of nodes whose outputs may be in the cache.
        doubtful: ids of gates that are to approve a value which may turn out not to be there.
        limits: how long an execution of it may take.
    """

    __slots__ = (
        "cached",
        "doubtful",
        "downstream",
        "failure_policy",
        "graph",
        "kinds",
        "limits",
        "nodes",
        "on_failure",
        "policies",
        "sources",
        "upstream",
    )

    def __init__(
        self,
        graph: Graph,
        entities: Entities,
        failure_policy: FailurePolicy = "fail_immediately",
        *,
        on_failure: Node | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.graph = graph
        self.failure_policy: FailurePolicy = failure_policy
        self.on_failure = on_failure
        self.limits = limits
        self.nodes: dict[str, Node] = {node.id: node for node in graph.nodes}
        self.upstream: dict[str, int] = {}
        self.downstream: dict[str, list[str]] = {id: [] for id in self.nodes}
        for node in graph.nodes:
            upstream = set(node.upstream())
            self.upstream[node.id] = len(upstream)
            for id in upstream:
                self.downstream[id].append(node.id)
        self.sources = tuple(id for id, count in self.upstream.items() if count == 0)
        if on_failure is not None:
            self.nodes[HANDLER] = on_failure
        self.kinds: dict[str, NodeKind] = {}
        self.policies: dict[str, Policy] = {}
        for id, node in self.nodes.items():
            self.kinds[id] = entities.kind(node.target)
            self.policies[id] = effective(node, entities)
        self.cached = frozenset(
            id
            for id in self.upstream
            if self.kinds[id] != "map" and self.policies[id].cache is not None
        )
        self.doubtful = frozenset(node.id for node in graph.nodes if _is_doubtful(node))

    def takes_data_from(self, id: str) -> frozenset[str]:
        """The nodes whose outputs this node uses; others it only waits for."""
        return frozenset(
            reference.node
            for bound in self.nodes[id].inputs
            for reference in references(bound.binding)
            if isinstance(reference, OutputRef)
        )


def _is_doubtful(node: Node) -> bool:
    """Whether a node is a gate with a value that has to be made: a part of another one, say."""
    return isinstance(node.target, GateTarget) and not all(
        isinstance(bound.binding, Constant)
        or (isinstance(bound.binding, (InputRef, OutputRef)) and not bound.binding.path)
        for bound in node.inputs
    )


def effective(node: Node, entities: Entities) -> Policy:
    """How a node is carried out: its own word over that of its entity."""
    lower = entities.policy(node.target)
    if lower is SILENT:
        return node.policy
    return lower if node.policy == SILENT else node.policy.over(lower)
