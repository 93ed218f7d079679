"""Definitions: the part of the IR that one scope is planned by, found from the bundle.

A scope holds no copy of its graph. It is derived from the execution's bundle and the path, so
that an execution is pinned to what it was compiled from.
"""

from __future__ import annotations

from dataclasses import dataclass

from volery.engine.graph import GraphIndex, user_retries
from volery.engine.model import NodeKind, ScopeState
from volery.errors import NotFound
from volery.ir.codec import contract_of
from volery.ir.interface import Interface
from volery.ir.nodes import (
    BranchTarget,
    LaunchPlanTarget,
    MapTarget,
    Node,
    Ref,
    Target,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.specs import Bundle, LaunchPlanSpec, single_task


@dataclass(frozen=True, slots=True)
class BranchDefinition:
    """A branch: its arms, and for each arm with nodes the index of its graph."""

    target: BranchTarget
    arms: tuple[GraphIndex | None, ...]


@dataclass(frozen=True, slots=True)
class MapDefinition:
    """A map. `kind` is the kind of each element's node execution."""

    target: MapTarget
    kind: NodeKind
    retries: int


Definition = GraphIndex | BranchDefinition | MapDefinition


class Definitions:
    """Finds definitions and interfaces in a bundle; each is made once."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.tasks = {spec.name: spec for spec in bundle.tasks}
        self.workflows = {spec.name: spec for spec in bundle.workflows}
        self.launch_plans = {spec.name: spec for spec in bundle.launch_plans}
        self._graphs: dict[str, GraphIndex] = {}
        self._nodes: dict[int, Definition] = {}
        self._contracts: dict[str, str] = {}

    def root(self, entity: Ref) -> GraphIndex:
        """What an execution of this entity runs."""
        match entity.kind:
            case "task":
                task = self.tasks.get(entity.name)
                if task is None:
                    raise NotFound(f"task {entity.name} is not in this bundle")
                return GraphIndex(single_task(task), self.tasks, "fail_immediately")
            case "workflow":
                return self.workflow(entity.name)
            case "launch_plan":
                return self.workflow(self.launch_plan(entity.name).workflow)

    def workflow(self, name: str) -> GraphIndex:
        """The graph of a workflow."""
        index = self._graphs.get(name)
        if index is None:
            spec = self.workflows.get(name)
            if spec is None:
                raise NotFound(f"workflow {name} is not in this bundle")
            index = GraphIndex(spec.graph, self.tasks, spec.failure_policy)
            self._graphs[name] = index
        return index

    def launch_plan(self, name: str) -> LaunchPlanSpec:
        """A launch plan's spec."""
        spec = self.launch_plans.get(name)
        if spec is None:
            raise NotFound(f"launch plan {name} is not in this bundle")
        return spec

    def contract(self, task: str) -> str:
        """What a task's code has to keep to, as a digest."""
        found = self._contracts.get(task)
        if found is None:
            found = self._contracts[task] = contract_of(self.tasks[task].interface)
        return found

    def child(self, parent: Definition, state: ScopeState, id: str) -> Definition:
        """What the child scope `id` of a scope is planned by."""
        if isinstance(parent, MapDefinition):
            return self.root(parent.target.target)
        return self._of_node(graph_of(parent, state).nodes[id])

    def interface(self, target: Target | Ref) -> Interface:
        """The interface of an entity that a node stands for; empty for a branch."""
        match target:
            case TaskTarget(name) | Ref("task", name):
                return self.tasks[name].interface
            case WorkflowTarget(name) | Ref("workflow", name):
                return self.workflows[name].interface
            case LaunchPlanTarget(name) | Ref("launch_plan", name):
                return self.launch_plans[name].interface
            case MapTarget(inner):
                return self.interface(inner)
            case _:
                return Interface()

    def _of_node(self, node: Node) -> Definition:
        # Nodes live as long as the bundle, so their identity is a key that costs no hashing.
        found = self._nodes.get(id(node))
        if found is None:
            found = self._nodes[id(node)] = self._make(node)
        return found

    def _make(self, node: Node) -> Definition:
        match node.target:
            case BranchTarget(arms):
                graphs = tuple(
                    None
                    if arm.graph is None
                    else GraphIndex(arm.graph, self.tasks, "fail_immediately")
                    for arm in arms
                )
                return BranchDefinition(node.target, graphs)
            case MapTarget(target):
                return MapDefinition(node.target, target.kind, user_retries(node, self.tasks))
            case WorkflowTarget(name):
                return self.workflow(name)
            case TaskTarget(name) | LaunchPlanTarget(name):
                raise NotFound(f"node {node.id} ({name}) has no scope in this execution")


def graph_of(definition: Definition, state: ScopeState) -> GraphIndex:
    """The graph that a scope runs: its own, or that of the arm that it took."""
    if isinstance(definition, GraphIndex):
        return definition
    if isinstance(definition, BranchDefinition) and state.arm is not None:
        graph = definition.arms[state.arm]
        if graph is not None:
            return graph
    raise NotFound("this scope runs no graph")
