"""Gates of a workflow: whether they can be told apart, and what they wait for is clear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from volery.ir.nodes import GateTarget, Graph, all_nodes
from volery.ir.problem import Problem, label
from volery.ir.specs import Bundle


def gate_problems(graph: Graph) -> Iterator[Problem]:
    """What is wrong with the gates of a workflow, those in the arms of its branches among them."""
    gates = [
        (node, node.target) for node in all_nodes(graph) if isinstance(node.target, GateTarget)
    ]
    count = Counter(gate.name for _, gate in gates if gate.gate != "sleep")
    for node, gate in gates:
        for reason in _reasons(gate, count[gate.name]):
            yield Problem(message=reason, node=label(node), consumer=node.source)


def _reasons(gate: GateTarget, count: int) -> Iterator[str]:
    if gate.gate == "sleep":
        if gate.seconds is None or gate.seconds < 0:
            yield f"it cannot sleep for {gate.seconds} seconds"
        if gate.name or gate.type is not None:
            yield "nobody signals a sleep: it has no name and no type"
        return
    if not gate.name or not set("/[]").isdisjoint(gate.name):
        yield f"{gate.name!r} cannot be the name of a gate: it is empty or has one of / [ ]"
    elif count > 1:
        yield f"{count} gates are called {gate.name}, so a signal could mean each of them"
    if gate.seconds is not None and gate.seconds <= 0:
        yield f"it cannot wait for {gate.seconds} seconds"
    if gate.type is None:
        yield "the type of what it gives is not said"


def may_have_gates(bundle: Bundle) -> bool:
    """Whether an execution of it can come to a gate; what dynamic tasks emit may have some."""
    return any(task.mode for task in bundle.tasks) or any(
        isinstance(node.target, GateTarget)
        for workflow in bundle.workflows
        for node in all_nodes(workflow.graph)
    )
