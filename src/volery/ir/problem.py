"""Problems: what is wrong with a graph, where, and where the value came from."""

from __future__ import annotations

import msgspec

from volery.ir.nodes import (
    BranchTarget,
    GateTarget,
    LaunchPlanTarget,
    MapTarget,
    Node,
    Target,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.ref import Source


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something wrong with a workflow.

    Attributes:
        message: what was expected and what came.
        hint: what to do about it.
        node: label of the node that it concerns; None for the workflow's own outputs.
        input: name of the node's input.
        output: name of the workflow's output.
        consumer: where the node or output is written.
        producer_node: label of the node, or name of the input, that gives the value.
        producer: where that is written.
    """

    message: str
    hint: str | None = None
    node: str | None = None
    input: str | None = None
    output: str | None = None
    consumer: Source | None = None
    producer_node: str | None = None
    producer: Source | None = None


def describe(problem: Problem, file: str | None = None) -> str:
    """A problem as people read it, with lines for its hint and for where its value comes from.

    Args:
        problem: the problem.
        file: of the workflow; lines of other files are shown with the file.
    """
    place = f"output {problem.output}" if problem.output else ""
    if problem.node:
        place = f"node {problem.node}"
        if problem.input:
            place += f"({problem.input}=...)"
    place = f"{place} {_line(problem.consumer, file)}".strip()
    text = f"{place}: {problem.message}" if place else problem.message
    if problem.producer_node:
        text += f"\n   from {problem.producer_node} {_line(problem.producer, file)}".rstrip()
    if problem.hint:
        text += f"\n   hint: {problem.hint}"
    return text


def label(node: Node) -> str:
    """A node as people know it: its id, and what it stands for."""
    return f"{node.id} {stands_for(node.target)}"


def stands_for(target: Target) -> str:
    """What a node stands for, as people say it where the module is clear."""
    match target:
        case TaskTarget(name) | WorkflowTarget(name) | LaunchPlanTarget(name):
            return name.rpartition(".")[2]
        case MapTarget(entity):
            return f"map of {entity.name.rpartition('.')[2]}"
        case BranchTarget(_, name):
            return f"conditional {name}".rstrip()
        case GateTarget("input", name):
            return f"wait_for_input {name}"
        case GateTarget(gate, name):
            return f"{gate} {name}".rstrip()


def _line(source: Source | None, file: str | None) -> str:
    match source:
        case None:
            return ""
        case Source(other, line) if file not in {None, other}:
            return f"at {other}:{line}"
        case _:
            return f"at line {source.line}"
