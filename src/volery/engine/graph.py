"""A graph, indexed: what follows what, and how often each node may be tried again."""

from __future__ import annotations

from collections.abc import Mapping

from volery.engine.model import NodeKind
from volery.ir.bindings import OutputRef, references
from volery.ir.nodes import (
    BranchTarget,
    Graph,
    LaunchPlanTarget,
    MapTarget,
    Node,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.specs import FailurePolicy, TaskSpec


class GraphIndex:
    """An immutable view of a graph that answers the planner's questions at constant cost.

    Attributes:
        nodes: every node by id, in the order of the graph.
        upstream: for each node, how many distinct nodes have to end before it.
        downstream: for each node, the ids of those that wait for it.
        sources: ids of nodes that wait for nothing.
        retries: for each task node, how many failures of user code further attempts answer.
    """

    __slots__ = ("downstream", "failure_policy", "graph", "nodes", "retries", "sources", "upstream")

    def __init__(
        self, graph: Graph, tasks: Mapping[str, TaskSpec], failure_policy: FailurePolicy
    ) -> None:
        self.graph = graph
        self.failure_policy: FailurePolicy = failure_policy
        self.nodes: dict[str, Node] = {node.id: node for node in graph.nodes}
        self.upstream: dict[str, int] = {}
        self.downstream: dict[str, list[str]] = {id: [] for id in self.nodes}
        self.retries: dict[str, int] = {}
        for node in graph.nodes:
            upstream = set(node.upstream())
            self.upstream[node.id] = len(upstream)
            for id in upstream:
                self.downstream[id].append(node.id)
            self.retries[node.id] = user_retries(node, tasks)
        self.sources = tuple(id for id, count in self.upstream.items() if count == 0)

    def takes_data_from(self, id: str) -> frozenset[str]:
        """The nodes whose outputs this node uses; others it only waits for."""
        return frozenset(
            reference.node
            for bound in self.nodes[id].inputs
            for reference in references(bound.binding)
            if isinstance(reference, OutputRef)
        )


def user_retries(node: Node, tasks: Mapping[str, TaskSpec]) -> int:
    """Retries for failures of user code: the node's own word, else the task's, else none."""
    if node.policy.retries is not None:
        return node.policy.retries
    match node.target:
        case TaskTarget(name):
            return tasks[name].policy.retries or 0
        case MapTarget(target) if target.kind == "task":
            return tasks[target.name].policy.retries or 0
        case _:
            return 0


def kind_of(node: Node) -> NodeKind:
    """The node kind, as the store records it."""
    match node.target:
        case TaskTarget():
            return "task"
        case WorkflowTarget():
            return "workflow"
        case LaunchPlanTarget():
            return "launch_plan"
        case BranchTarget():
            return "branch"
        case MapTarget():
            return "map"
