"""Nodes and the graphs that they make up. The set of node kinds is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from volery.ir.bindings import Binding, Bound, OutputRef, references
from volery.ir.predicates import Predicate, operands
from volery.ir.types import LiteralType

EntityKind = Literal["task", "workflow", "launch_plan"]


class Ref(msgspec.Struct, frozen=True):
    """An entity of the same bundle, by kind and name."""

    kind: EntityKind
    name: str


class Source(msgspec.Struct, frozen=True):
    """Where in the user's code something is written; `file` is relative to the import root."""

    file: str
    line: int


class Backoff(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long the next attempt waits after a failure; durations in seconds.

    Before retry number n (from 1) it waits ``min(first * factor ** (n - 1), most)``, of which up to
    the part `jitter` (from 0 to 1) is taken off, as a number says that is drawn from the attempt's
    identity.
    """

    first: float = 0.0
    factor: float = 2.0
    most: float = 3600.0
    jitter: float = 0.0


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long something may take, in seconds. None: as long as it likes.

    Attributes:
        queued: from when an attempt may start until its code begins to run; of an execution: until
            it is its turn.
        running: from when its code begins to run; of an execution: from its turn.
        total: from the beginning of the node execution, over all attempts; of an execution: from
            when it was created.
    """

    queued: float | None = None
    running: float | None = None
    total: float | None = None


class Caching(msgspec.Struct, frozen=True, omit_defaults=True):
    """How outputs are kept for equal work.

    Attributes:
        version: of the code, given by the user; empty: the task's fingerprint.
        serialize: of equal work at the same time one runs, and the others wait for it.
        ignored: names of inputs that do not count.
        salt: whatever else is to count.
        ttl: entries count for so many seconds; None: always.
    """

    version: str = ""
    serialize: bool = False
    ignored: tuple[str, ...] = ()
    salt: str = ""
    ttl: float | None = None


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an attempt needs of a machine. None: nothing is said.

    Attributes:
        cpu: processors; parts of one are allowed.
        mem, ephemeral_storage: bytes.
        gpu: devices.
    """

    cpu: float | None = None
    mem: int | None = None
    gpu: int | None = None
    ephemeral_storage: int | None = None


class Policy(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a node is to be carried out. None: as the layer below says.

    Attributes:
        retries: further attempts after failures of user code.
        backoff: the wait between attempts.
        limits: how long attempts may take.
        cache: None: outputs are not kept; of a node: as its task says.
        uncached: a node's word that its task's cache does not count.
        requests: what an attempt needs at least; `limits` of Kubernetes stand in `caps`.
        priority: among attempts that wait, higher ones are taken first.
    """

    retries: int | None = None
    environment: tuple[tuple[str, str], ...] = ()
    backoff: Backoff | None = None
    limits: Limits | None = None
    cache: Caching | None = None
    uncached: bool = False
    requests: Request | None = None
    caps: Request | None = None
    priority: int | None = None

    def over(self, lower: Policy) -> Policy:
        """This policy where it says something, the lower one elsewhere."""
        return Policy(
            retries=lower.retries if self.retries is None else self.retries,
            environment=lower.environment + self.environment,
            backoff=self.backoff or lower.backoff,
            limits=self.limits or lower.limits,
            cache=None if self.uncached else self.cache or lower.cache,
            requests=self.requests or lower.requests,
            caps=self.caps or lower.caps,
            priority=lower.priority if self.priority is None else self.priority,
        )


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
