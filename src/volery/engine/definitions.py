"""Definitions: the part of the IR that one scope is planned by, found from the bundle.

A scope holds no copy of its graph. It is derived from the execution's bundle and the path, so
that an execution is pinned to what it was compiled from.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from volery.engine.entities import Entities
from volery.engine.graph import GraphIndex, effective
from volery.engine.model import BODY, NodeKind, ScopeState
from volery.errors import NotFound
from volery.ir.bindings import Bound, InputRef
from volery.ir.codec import contract_of
from volery.ir.nodes import (
    BranchTarget,
    GateTarget,
    LaunchPlanTarget,
    MapTarget,
    Node,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.policy import Policy
from volery.ir.ref import Ref
from volery.ir.specs import Bundle, LaunchPlanSpec, TaskSpec, single_task


class BranchDefinition(msgspec.Struct, frozen=True):
    """A branch: its arms, and for each arm with nodes the index of its graph."""

    target: BranchTarget
    arms: tuple[GraphIndex | None, ...]


class MapDefinition(msgspec.Struct, frozen=True):
    """A map. `kind` and `policy` are those of each element's node execution."""

    target: MapTarget
    kind: NodeKind
    policy: Policy


class FunctionDefinition(msgspec.Struct, frozen=True):
    """A task whose function decides at run time what else runs.

    Attributes:
        policy: how the task is carried out.
        body: the node that runs the function. What the whole task is held to (its cache, its limit
            of total time) is not in its policy.
    """

    task: TaskSpec
    policy: Policy
    body: Node


class DynamicDefinition(FunctionDefinition, frozen=True):
    """A dynamic task: its function gives a graph, which runs in the same scope."""


class EagerDefinition(FunctionDefinition, frozen=True):
    """An eager task: what its function calls runs in the same scope."""


Definition = GraphIndex | BranchDefinition | MapDefinition | DynamicDefinition | EagerDefinition


class Definitions(Entities):
    """Finds definitions in a bundle; each is made once."""

    def __init__(self, bundle: Bundle) -> None:
        super().__init__(bundle)
        self._graphs: dict[Ref, GraphIndex] = {}
        self._nodes: dict[int, tuple[Node, Definition]] = {}
        self._contracts: dict[str, str] = {}

    def root(self, entity: Ref) -> GraphIndex:
        """What an execution of this entity runs; of a task, a graph of that one node."""
        match entity.kind:
            case "task":
                found = self._graphs.get(entity)
                if found is None:
                    graph = single_task(self._task(entity.name))
                    found = self._graphs[entity] = GraphIndex(graph, self)
                return found
            case "workflow":
                return self.workflow(entity.name)
            case "launch_plan":
                return self.workflow(self.launch_plan(entity.name).workflow)

    def scope(self, entity: Ref, policy: Policy | None = None) -> Definition:
        """What a scope that carries out this entity is planned by.

        `policy`: how a task is carried out; None: as it says itself.
        """
        if entity.kind != "task":
            return self.root(entity)
        task = self._task(entity.name)
        return _function(task, task.policy if policy is None else policy)

    def workflow(self, name: str) -> GraphIndex:
        """The graph of a workflow."""
        entity = Ref("workflow", name)
        index = self._graphs.get(entity)
        if index is None:
            spec = self.workflows.get(name)
            if spec is None:
                raise NotFound(f"workflow {name} is not in this bundle")
            index = self._graphs[entity] = GraphIndex(
                spec.graph,
                self,
                spec.failure_policy,
                on_failure=spec.on_failure,
                limits=spec.limits,
            )
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
        """What the child scope `id` of a scope is planned by.

        Of a scope that runs a graph emitted by a dynamic task, the parent is that graph; what an
        eager task's function calls is found by `scope`.
        """
        if isinstance(parent, MapDefinition):
            return self.scope(parent.target.target, parent.policy)
        return self._of_node(graph_of(parent, state).nodes[id])

    def _task(self, name: str) -> TaskSpec:
        spec = self.tasks.get(name)
        if spec is None:
            raise NotFound(f"task {name} is not in this bundle")
        return spec

    def _of_node(self, node: Node) -> Definition:
        # Their identity is a key that costs no hashing; it stays theirs while they are kept.
        found = self._nodes.get(id(node))
        if found is None:
            found = self._nodes[id(node)] = (node, self._make(node))
        return found[1]

    def _make(self, node: Node) -> Definition:
        match node.target:
            case BranchTarget(arms):
                graphs = tuple(
                    None if arm.graph is None else GraphIndex(arm.graph, self) for arm in arms
                )
                return BranchDefinition(node.target, graphs)
            case MapTarget(target):
                return MapDefinition(node.target, self.kind(target), effective(node, self))
            case WorkflowTarget(name):
                return self.workflow(name)
            case TaskTarget(name):
                return self.scope(Ref("task", name), effective(node, self))
            case LaunchPlanTarget() | GateTarget():
                raise NotFound(f"node {node.id} has no scope in this execution")


def _function(task: TaskSpec, policy: Policy) -> DynamicDefinition | EagerDefinition:
    """The definition of a dynamic or eager task's scope."""
    limits = policy.limits and replace(policy.limits, total=None)
    body = Node(
        BODY,
        TaskTarget(task.name),
        tuple(Bound(each.name, InputRef(each.name)) for each in task.interface.inputs),
        policy=replace(policy, limits=limits, cache=None, uncached=True),
    )
    match task.mode:
        case "dynamic":
            return DynamicDefinition(task, policy, body)
        case "eager":
            return EagerDefinition(task, policy, body)
        case _:
            raise NotFound(f"task {task.name} has no scope of its own")


def graph_of(definition: Definition, state: ScopeState) -> GraphIndex:
    """The graph that a scope runs: its own, or that of the arm that it took."""
    if isinstance(definition, GraphIndex):
        return definition
    if isinstance(definition, BranchDefinition) and state.arm is not None:
        graph = definition.arms[state.arm]
        if graph is not None:
            return graph
    raise NotFound("this scope runs no graph of its bundle")
