"""Graphs: how a workflow is built, scope by scope. What never changes of it, and no statuses.

Fields that are as they are without being said are left out. An answer has thousands, of which none
can be in a cycle: the garbage collector need not look at them (`gc=False`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from volery.ir.ref import Source
from volery.wire.entities import EntityKey

NodeKindName = Literal[
    "task", "workflow", "launch_plan", "branch", "map", "gate", "dynamic", "eager"
]


class DataFlow(msgspec.Struct, frozen=True, gc=False):
    """A value that goes along an edge; `input` is empty where it goes into a branch."""

    output: str
    input: str


class GraphEdge(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What one node waits for of another.

    Attributes:
        source, target: ids of nodes.
        data: the values; none: only the order matters.
    """

    source: str
    target: str
    data: tuple[DataFlow, ...] = ()


class GraphArm(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A way through a branch.

    Attributes:
        condition: when it is taken, in words.
        fails: the message that it fails with; it then has no nodes.
    """

    condition: str
    fails: str | None = None
    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()


class GraphNode(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A step of a workflow.

    Attributes:
        path: of its node execution.
        title: what people call it.
        entity: what it carries out; of a map, what it does with each element.
        task: the kind of a task, such as ``python``.
        opens: there is a graph inside: ask with its path as the scope.
        cached: its outputs may be found in the cache.
        role: ``function``: of the dynamic or eager task that the scope is; ``handler``: it runs
            when the workflow has failed.
        arms: of a branch, with the nodes in them.
        over: of a map: the inputs that are lists.
        gate, seconds: of a gate: what it waits for; how long it sleeps, or when it gives up.
        source: where it is written.
    """

    id: str
    path: str
    kind: NodeKindName
    title: str
    entity: EntityKey | None = None
    task: str = ""
    opens: bool = False
    cached: bool = False
    role: Literal["", "function", "handler"] = ""
    arms: tuple[GraphArm, ...] = ()
    over: tuple[str, ...] = ()
    gate: Literal["", "approve", "input", "sleep"] = ""
    seconds: float | None = None
    retries: int = 0
    source: Source | None = None


class GraphOutput(msgspec.Struct, frozen=True, gc=False):
    """An output of a scope, and the node that it is made of."""

    name: str
    node: str
    output: str


class Graph(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a scope is built.

    Attributes:
        entity: what the scope carries out; None: it is a branch.
        complete: no more nodes will come; those of a dynamic or eager task are known when it runs.
        total: how many nodes there are; very many are not all in `nodes`.
        outputs: those that are made of a node's.
        element: of a map: what each of its elements is; it has no nodes.
        arms: of a branch; it has no nodes besides.
    """

    kind: Literal["task", "workflow", "branch", "map", "dynamic", "eager"]
    title: str
    entity: EntityKey | None
    complete: bool
    total: int
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    outputs: tuple[GraphOutput, ...] = ()
    element: GraphNode | None = None
    arms: tuple[GraphArm, ...] = ()
