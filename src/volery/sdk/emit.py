"""Emission: what the function of a dynamic task calls becomes a program of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from volery.ir.nodes import WorkflowTarget, all_nodes
from volery.ir.ref import Source
from volery.ir.work import EMITTED
from volery.sdk.build import build
from volery.sdk.compile import compile_entity
from volery.sdk.entity import Compiled
from volery.sdk.interface import Signature
from volery.sdk.trace import too_large
from volery.sdk.workflow import AnyWorkflow

if TYPE_CHECKING:
    from volery.ir.specs import Bundle
    from volery.sdk.program import Program
    from volery.sdk.task import Task


def emit(task: Task[..., Any], arguments: Mapping[str, Any], most_nodes: int) -> Program:
    """Run the function of a dynamic task, and compile what it calls.

    Args:
        task: the task.
        arguments: of its function, complete.
        most_nodes: so many nodes there may be, with those of the workflows that they stand for.

    Returns:
        a program with a workflow called `EMITTED`: without inputs, with the outputs of the task.

    Raises:
        CompileError: the graph has problems, all of which are listed, or is too large.
        Exception: what the function raises.
    """
    emission = _Emission(task, arguments, most_nodes)
    program = compile_entity(emission)
    if _size(program.bundle) > most_nodes:
        raise too_large(emission.signature.owner, most_nodes)
    return program


class _Emission(AnyWorkflow):
    """What a dynamic task emits, as a workflow."""

    def __init__(self, task: Task[..., Any], arguments: Mapping[str, Any], most_nodes: int) -> None:
        outputs = task.signature.outputs
        owner = f"the graph that {task.signature.owner} emits"
        self.name = EMITTED
        self.source = task.source
        self._task = task
        self._arguments = arguments
        self._most_nodes = most_nodes
        self._signature = Signature(owner, {}, outputs, task.signature.named)

    @property
    def signature(self) -> Signature:
        return self._signature

    def compiled(self) -> Compiled:
        return build(self, self._body, [], self._returns, self._most_nodes)

    def _body(self) -> Any:
        return self._task.called(**self._arguments)

    def _returns(self) -> Source:
        from inspect import unwrap

        from volery.sdk.body import Body

        return Body(unwrap(self._task.function), self.source.file).returns


def _size(bundle: Bundle) -> int:
    """How many nodes there are when each workflow is written out where a node stands for it."""
    graphs = {each.name: each.graph for each in bundle.workflows}
    sizes: dict[str, int] = {}

    def size(name: str) -> int:
        if name not in sizes:
            targets = [node.target for node in all_nodes(graphs[name])]
            inner = (size(each.name) for each in targets if isinstance(each, WorkflowTarget))
            sizes[name] = len(targets) + sum(inner)
        return sizes[name]

    return size(EMITTED)
