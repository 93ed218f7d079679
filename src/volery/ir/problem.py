"""Problems: what is wrong with a graph, where, and where the value came from."""

from __future__ import annotations

import msgspec

from volery.ir.nodes import (
    BranchTarget,
    LaunchPlanTarget,
    MapTarget,
    Node,
    Source,
    Target,
    TaskTarget,
    WorkflowTarget,
)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a workflow.

    Attributes:
        message: what was expected and what came.
        node: label of the node that it concerns; None for the workflow's own outputs.
        input: name of the node's input.
        output: name of the workflow's output.
        consumer: where the node or output is written.
        producer_node: label of the node, or name of the input, that gives the value.
        producer: where that is written.
    """

    message: str
    node: str | None = None
    input: str | None = None
    output: str | None = None
    consumer: Source | None = None
    producer_node: str | None = None
    producer: Source | None = None


def describe(problem: Problem) -> str:
    """A problem as people read it, on one line, or on two when its value comes from somewhere."""
    place = f"output {problem.output}" if problem.output else ""
    if problem.node:
        place = f"node {problem.node}"
        if problem.input:
            place += f"({problem.input}=...)"
    place += _line(problem.consumer)
    text = f"{place}: {problem.message}" if place else problem.message
    if problem.producer_node:
        text += f"\n   from {problem.producer_node}{_line(problem.producer)}"
    return text


def label(node: Node) -> str:
    """A node as people know it: its id, and what it stands for."""
    return f"{node.id} {_short_name(node.target)}"


def _short_name(target: Target) -> str:
    match target:
        case TaskTarget(name) | WorkflowTarget(name) | LaunchPlanTarget(name):
            return name.rpartition(".")[2]
        case MapTarget(entity):
            return f"map of {entity.name.rpartition('.')[2]}"
        case BranchTarget():
            return "conditional"


def _line(source: Source | None) -> str:
    return f" at line {source.line}" if source else ""
