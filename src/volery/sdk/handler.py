"""The node of a failure handler: the inputs of its workflow that it gets, and the failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from volery.ir.assign import variants
from volery.ir.bindings import Binding, Bound, Constant, FailureRef, InputRef
from volery.ir.failure import WORKFLOW_FAILURE
from volery.ir.nodes import Node, target_of
from volery.ir.types import NONE
from volery.ir.values import NIL
from volery.sdk.entity import Entity
from volery.sdk.graph import with_cast
from volery.sdk.interface import Port
from volery.sdk.workflow import AnyWorkflow

HANDLER: Final = "@on_failure"
"""Id of the node."""


def handler_node(workflow: AnyWorkflow, handler: Entity) -> Node:
    """The node of a workflow's failure handler. What is not bound is left to the check."""
    inputs = workflow.signature.inputs
    bindings = {name: _binding(each, inputs) for name, each in handler.signature.inputs.items()}
    return Node(
        HANDLER,
        target_of(handler.ref),
        tuple(Bound(name, each) for name, each in bindings.items() if each is not None),
        source=workflow.source,
    )


def _binding(each: Port, inputs: Mapping[str, Port]) -> Binding | None:
    kind = each.codec.type
    if each.name in inputs:
        return with_cast(InputRef(each.name), inputs[each.name].codec.type, kind)
    if WORKFLOW_FAILURE in variants(kind):
        return with_cast(FailureRef(), WORKFLOW_FAILURE, kind)
    if each.default is not None:
        return Constant(each.default)
    return Constant(NIL) if NONE in variants(kind) else None
