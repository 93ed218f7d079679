"""Nodes and the graphs that they make up. The set of node kinds is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from volery.ir.bindings import Binding, Bound, OutputRef, references
from volery.ir.policy import Policy
from volery.ir.predicates import Predicate, operands
from volery.ir.ref import Ref, Source
from volery.ir.types import LiteralType


class _Target(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="kind"):
    """Base of what a node can stand for."""


class TaskTarget(_Target, frozen=True, tag="task"):
    """One task."""

    name: str


class WorkflowTarget(_Target, frozen=True, tag="workflow"):
    """A subworkflow: a scope in the same execution."""

    name: str


class LaunchPlanTarget(_Target, frozen=True, tag="launch_plan"):
    """A launch plan: an execution of its own."""

    name: str


class Arm(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way through a branch: taken when `predicate` holds (None: else).

    Exactly one of `graph` and `fail` (the message of the failure) is set.
    """

    predicate: Predicate | None = None
    graph: Graph | None = None
    fail: str | None = None


class BranchTarget(_Target, frozen=True, tag="branch"):
    """The first arm whose predicate holds. Arms see the inputs that are bound to the node.

    Attributes:
        name: what its author calls the choice; only people read it.
    """

    arms: tuple[Arm, ...]
    name: str = ""


class MapTarget(_Target, frozen=True, tag="map"):
    """An entity applied to every element of the inputs named in `over`; other inputs are shared.

    Attributes:
        target: what is applied.
        over: names of the inputs that are lists, all of one length.
        concurrency: how many elements may be under way at once; None: no limit of its own.
        min_success_ratio: the part of the elements, from 0 to 1, that has to succeed. Failed
            elements then have nil in the outputs.
        min_successes: the same as a number; both hold where both are given.
    """

    target: Ref
    over: tuple[str, ...]
    concurrency: int | None = None
    min_success_ratio: float = 1.0
    min_successes: int | None = None


class GateTarget(_Target, frozen=True, tag="gate"):
    """A wait: for a time, or for somebody's word.

    Attributes:
        gate: ``sleep`` waits for `seconds`; ``approve`` for a yes or no, and gives its one input
            ``o0`` on; ``input`` for a value of the type `type`, which is its output ``o0``.
        name: how it is signalled; of ``sleep``: empty.
        seconds: how long to sleep, or after how long nobody is waited for any more; None: for
            ever.
        type: of the value that is waited for or given on; None for ``sleep``.
    """

    gate: Literal["approve", "input", "sleep"]
    name: str = ""
    seconds: float | None = None
    type: LiteralType | None = None


EntityTarget = TaskTarget | WorkflowTarget | LaunchPlanTarget
Target = EntityTarget | BranchTarget | MapTarget | GateTarget


class Node(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of a graph.

    Attributes:
        id: unique in its graph; a path segment, so without ``/``, ``[`` and ``]``.
        inputs: bindings for inputs of the target. For a branch: the values its arms and
            predicates use, under names of the compiler's choosing.
        after: ids of nodes that have to end first, without data flowing.
    """

    id: str
    target: Target
    inputs: tuple[Bound, ...] = ()
    after: tuple[str, ...] = ()
    policy: Policy = Policy()
    source: Source | None = None

    def upstream(self) -> Iterator[str]:
        """Ids of the nodes in the same graph that have to end first; may repeat."""
        yield from self.after
        for bound in self.inputs:
            for reference in references(bound.binding):
                if isinstance(reference, OutputRef):
                    yield reference.node


class Graph(msgspec.Struct, frozen=True, omit_defaults=True):
    """Nodes, and what their scope gives back."""

    nodes: tuple[Node, ...] = ()
    outputs: tuple[Bound, ...] = ()


def target_of(entity: Ref) -> EntityTarget:
    """What a node is that stands for an entity."""
    match entity.kind:
        case "task":
            return TaskTarget(entity.name)
        case "workflow":
            return WorkflowTarget(entity.name)
        case "launch_plan":
            return LaunchPlanTarget(entity.name)


def entity_of(target: EntityTarget | MapTarget) -> Ref:
    """The entity that a node stands for, or that it maps."""
    match target:
        case TaskTarget(name):
            return Ref("task", name)
        case WorkflowTarget(name):
            return Ref("workflow", name)
        case LaunchPlanTarget(name):
            return Ref("launch_plan", name)
        case MapTarget(entity):
            return entity


def all_nodes(graph: Graph) -> Iterator[Node]:
    """Every node of a graph, those in the arms of its branches among them."""
    for node in graph.nodes:
        yield node
        if isinstance(node.target, BranchTarget):
            for arm in node.target.arms:
                if arm.graph is not None:
                    yield from all_nodes(arm.graph)


def arm_bindings(arm: Arm) -> Iterator[Binding]:
    """The operands of an arm's predicate."""
    if arm.predicate is not None:
        yield from operands(arm.predicate)
