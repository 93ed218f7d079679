"""The structure of a scope: its definition as people see it drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import NamedTuple

from volery.engine.definitions import (
    BranchDefinition,
    Definitions,
    DynamicDefinition,
    FunctionDefinition,
    MapDefinition,
)
from volery.engine.graph import GraphIndex
from volery.engine.model import BODY, HANDLER, NodeKind, ScopeState
from volery.ids import join
from volery.ir.bindings import OutputRef, references
from volery.ir.nodes import BranchTarget, GateTarget, MapTarget, Node, Target, entity_of
from volery.ir.ref import Ref
from volery.services.conditions import Words, in_words, inputs_in_words
from volery.wire.entities import EntityKey
from volery.wire.graphs import DataFlow, Graph, GraphArm, GraphEdge, GraphNode, GraphOutput

MOST_NODES = 20_000
"""So many nodes of a scope are told."""

_OPEN: frozenset[NodeKind] = frozenset({"workflow", "dynamic", "eager", "map"})
NO_WORDS: Words = {}
"""Of what is called as it is."""
_ANY_STATE = ScopeState()


class Origin(NamedTuple):
    """What all entities of a graph are registered as."""

    version: str
    project: str
    domain: str

    def key(self, entity: Ref) -> EntityKey:
        """The identity of one of them."""
        return EntityKey(entity.kind, entity.name, self.version, self.project, self.domain)


class Structure:
    """Draws scopes.

    Args:
        definitions: where what the nodes carry out is found.
        origin: what that is registered as.
    """

    def __init__(self, definitions: Definitions, origin: Origin) -> None:
        self._definitions = definitions
        self._key = cache(origin.key)  # the same task may be carried out by thousands of nodes

    def graph(self, index: GraphIndex, path: str, entity: Ref | None) -> Graph:
        """A workflow at a path; or (of an execution of a task by itself) the task."""
        kind = "task" if entity is not None and entity.kind == "task" else "workflow"
        nodes, edges = self._drawn(index, path, NO_WORDS)
        outputs = tuple(
            GraphOutput(bound.name, reference.node, reference.output)
            for bound in index.graph.outputs
            for reference in references(bound.binding)
            if isinstance(reference, OutputRef)
        )
        return Graph(
            kind,
            _short(entity) if entity else "",
            self._key(entity) if entity else None,
            complete=True,
            total=len(index.nodes),
            nodes=nodes,
            edges=edges,
            outputs=outputs,
        )

    def branch(self, definition: BranchDefinition, path: str, words: Words) -> Graph:
        """A branch by itself; `words`: what its inputs are called."""
        arms = self._arms(definition, path, words)
        return Graph(
            "branch",
            definition.target.name,
            None,
            complete=True,
            total=sum(len(arm.nodes) for arm in arms),
            nodes=(),
            edges=(),
            arms=arms,
        )

    def map(self, definition: MapDefinition) -> Graph:
        """A map: what each of its elements is."""
        entity = entity_of(definition.target)
        element = GraphNode(
            id="[]",
            path="",
            kind=definition.kind,
            title=_short(entity),
            entity=self._key(entity),
            task=self._task(entity),
            opens=definition.kind in _OPEN,
            cached=definition.policy.cache is not None,
            retries=definition.policy.retries or 0,
        )
        return Graph(
            "map",
            _short(entity),
            self._key(entity),
            complete=True,
            total=0,
            nodes=(),
            edges=(),
            element=element,
        )

    def function(
        self, definition: FunctionDefinition, path: str, inner: Graph | None, *, complete: bool
    ) -> Graph:
        """A dynamic or eager task: its function, and what that has begun.

        Args:
            definition: of the task.
            path: of its scope.
            inner: what is known of the rest; None: nothing.
            complete: no more will come.
        """
        ref = Ref("task", definition.task.name)
        body = GraphNode(
            id=BODY,
            path=join(path, BODY),
            kind="task",
            title=_short(ref),
            entity=self._key(ref),
            task=definition.task.kind,
            role="function",
            retries=definition.policy.retries or 0,
            source=definition.task.source,
        )
        nodes = () if inner is None else inner.nodes
        edges = () if inner is None else inner.edges
        followed = {edge.target for edge in edges}
        begins = [GraphEdge(BODY, node.id) for node in nodes if node.id not in followed]
        return Graph(
            "dynamic" if isinstance(definition, DynamicDefinition) else "eager",
            _short(ref),
            self._key(ref),
            complete=complete,
            total=1 + (0 if inner is None else inner.total),
            nodes=(body, *nodes),
            edges=(*begins, *edges),
            outputs=() if inner is None else inner.outputs,
        )

    def call(self, path: str, id: str, kind: NodeKind, entity: Ref) -> GraphNode:
        """A call of an eager task's function."""
        opens = kind in _OPEN
        key = self._key(entity)
        return GraphNode(id=id, path=path, kind=kind, title=_short(entity), entity=key, opens=opens)

    # -- parts ----------------------------------------------------------------------------

    def _drawn(
        self, index: GraphIndex, path: str, words: Words
    ) -> tuple[tuple[GraphNode, ...], tuple[GraphEdge, ...]]:
        """The nodes of a graph and what is between them."""
        shown = dict(islice(index.nodes.items(), MOST_NODES))
        nodes = tuple(self._node(index, node, id, path, words) for id, node in shown.items())
        return nodes, tuple(_edges(shown))

    def _node(self, index: GraphIndex, node: Node, id: str, path: str, words: Words) -> GraphNode:
        target, kind, policy = node.target, index.kinds[id], index.policies[id]
        place = join(path, id)
        entity = carried_out(target)
        gate = target if isinstance(target, GateTarget) else None
        return GraphNode(
            id=id,
            path=place,
            kind=kind,
            title=_title(node),
            entity=self._key(entity) if entity else None,
            task=self._task(entity),
            opens=kind in _OPEN,
            cached=policy.cache is not None,
            role="handler" if id == HANDLER else "",
            arms=self._arms_of(index, node, place, words) if kind == "branch" else (),
            over=target.over if isinstance(target, MapTarget) else (),
            gate=gate.gate if gate else "",
            seconds=gate.seconds if gate else None,
            retries=policy.retries or 0,
            source=node.source,
        )

    def _arms_of(
        self, index: GraphIndex, node: Node, path: str, words: Words
    ) -> tuple[GraphArm, ...]:
        """The arms of a branch in a graph of which it is known what its inputs are called."""
        definition = self._definitions.child(index, _ANY_STATE, node.id)
        if not isinstance(definition, BranchDefinition):
            raise TypeError(f"node {node.id} is no branch")
        return self._arms(definition, path, inputs_of(index, node, words))

    def _arms(self, definition: BranchDefinition, path: str, words: Words) -> tuple[GraphArm, ...]:
        return tuple(
            GraphArm(in_words(arm.predicate, words), arm.fail)
            if index is None
            else GraphArm(in_words(arm.predicate, words), None, *self._drawn(index, path, words))
            for arm, index in zip(definition.target.arms, definition.arms, strict=True)
        )

    def _task(self, entity: Ref | None) -> str:
        """The kind of a task; of others nothing."""
        if entity is None or entity.kind != "task":
            return ""
        return self._definitions.tasks[entity.name].kind


def inputs_of(index: GraphIndex, node: Node, words: Words) -> Words:
    """What the inputs of a branch are called; `words`: what those of the graph around it are."""
    return inputs_in_words(node.inputs, words, lambda id: _title(index.nodes[id]))


def _edges(nodes: Mapping[str, Node]) -> Iterator[GraphEdge]:
    """What goes from node to node; of all that goes between two of them one edge."""
    for id, node in nodes.items():
        flows: dict[str, dict[DataFlow, None]] = {each: {} for each in node.after}
        branch = isinstance(node.target, BranchTarget)
        for bound in node.inputs:
            for reference in references(bound.binding):
                if isinstance(reference, OutputRef):
                    flow = DataFlow(reference.output, "" if branch else bound.name)
                    flows.setdefault(reference.node, {})[flow] = None
        for source, data in flows.items():
            if source in nodes:
                yield GraphEdge(source, id, tuple(data))


def carried_out(target: Target) -> Ref | None:
    """What a node carries out, or does with each element."""
    return None if isinstance(target, BranchTarget | GateTarget) else entity_of(target)


def _title(node: Node) -> str:
    """What people call a node."""
    match node.target:
        case BranchTarget(_, name):
            return name
        case GateTarget(gate, name):
            return name or gate
        case target:
            return _short(entity_of(target))


def _short(entity: Ref) -> str:
    """The name of an entity without that of its module; launch plans are named as people like."""
    return entity.name if entity.kind == "launch_plan" else entity.name.rpartition(".")[2]
