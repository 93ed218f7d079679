"""Gates: a wait for a time, or for somebody's word."""

from __future__ import annotations

from volery.engine.look import Look
from volery.engine.model import Create, NodeState, Phase
from volery.ir.bindings import Bound
from volery.ir.failure import TIMED_OUT, Failure
from volery.ir.nodes import GateTarget, Node
from volery.ir.values import EMPTY, Raw, join_record, unpack


def begin(look: Look, node: Node) -> None:
    """Begin to wait."""
    seconds = _target(node).seconds
    look.create(Create(node.id, "gate", until=None if seconds is None else look.now + seconds))


def settle(look: Look, node: Node, child: NodeState) -> None:
    """Decide about a gate that may have been signalled, or whose time may have come."""
    target = _target(node)
    if child.signal is not None and target.gate != "sleep":  # nobody shortens a sleep
        _hear(look, node, target, child.signal)
    elif child.until is None or look.now < child.until:
        return
    elif target.gate == "sleep":
        _open(look, node, EMPTY)
    else:
        message = f"nobody has answered gate {target.name} within {target.seconds:g} s"
        _fail(look, node, TIMED_OUT, message)


def _hear(look: Look, node: Node, target: GateTarget, signal: bytes) -> None:
    if target.gate == "input":
        _open(look, node, join_record({"o0": Raw(signal)}))
    elif unpack(signal) is True:
        _open(look, node, (Bound("o0", node.inputs[0].binding),))
    else:
        _fail(look, node, "Disapproved", f"gate {target.name} was not approved")


def _open(look: Look, node: Node, outputs: bytes | tuple[Bound, ...]) -> None:
    look.move(node.id, Phase.SUCCEEDED)
    look.give(node.id, outputs)


def _fail(look: Look, node: Node, code: str, message: str) -> None:
    look.move(node.id, Phase.FAILED, Failure(code, "USER", message, retryable=False))


def _target(node: Node) -> GateTarget:
    if not isinstance(node.target, GateTarget):
        raise TypeError(f"node {node.id} is no gate")
    return node.target
