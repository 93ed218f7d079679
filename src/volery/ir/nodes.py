"""Nodes and the graphs that they make up. The set of node kinds is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from volery.ir.bindings import Binding, Bound, OutputRef, references
from volery.ir.predicates import Predicate, operands

EntityKind = Literal["task", "workflow", "launch_plan"]


class Ref(msgspec.Struct, frozen=True):
    """An entity of the same bundle, by kind and name."""

    kind: EntityKind
    name: str


class Source(msgspec.Struct, frozen=True):
    """Where in the user's code something is written; `file` is relative to the import root."""

    file: str
    line: int


class Policy(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a node is to be carried out. None: as the layer below says.

    `retries` is the number of further attempts after a failure of user code.
    """

    retries: int | None = None
    environment: tuple[tuple[str, str], ...] = ()


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


Target = TaskTarget | WorkflowTarget | LaunchPlanTarget | BranchTarget | MapTarget


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


def arm_bindings(arm: Arm) -> Iterator[Binding]:
    """The operands of an arm's predicate."""
    if arm.predicate is not None:
        yield from operands(arm.predicate)
