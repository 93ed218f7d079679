"""What tasks, workflows and launch plans have in common: how they are called."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from volery.errors import CallError
from volery.ir.interface import Interface
from volery.ir.policy import Policy
from volery.ir.ref import EntityKind, Ref, Source
from volery.ir.types import show
from volery.sdk.calling import call_async, caller
from volery.sdk.interface import Signature
from volery.sdk.trace import Recording, recording
from volery.types.mismatch import preview

if TYPE_CHECKING:
    from volery.ir.specs import LaunchPlanSpec, TaskSpec, WorkflowSpec
    from volery.sdk.program import Program


class Compiled(msgspec.Struct, frozen=True):
    """The IR of an entity, and the entities that it refers to."""

    spec: TaskSpec | WorkflowSpec | LaunchPlanSpec
    entities: Mapping[Ref, Entity] = {}


class Entity:
    """A definition that can be called, and recorded as a node while a workflow is compiled.

    Attributes:
        kind, name: its identity inside a bundle.
        source: where it is defined.
        policy: how its attempts are carried out; only tasks have any.
        lasting: whether what it refers to stays the same. In a session, such as a notebook, names
            may be given to something else at any time.
        program: what `compile_entity` made of it, to be used again.
    """

    kind: ClassVar[EntityKind]
    name: str
    source: Source
    policy: Policy = Policy()
    lasting: bool = True
    program: Program | None = None

    @property
    def ref(self) -> Ref:
        """How nodes refer to it."""
        return Ref(self.kind, self.name)

    @property
    def label(self) -> str:
        """How people call it where its module is clear."""
        return self.name.rpartition(".")[2]

    def compiled(self) -> Compiled:
        """Its IR, checked.

        Raises:
            DefinitionError: it cannot be compiled.
        """
        raise NotImplementedError

    @property
    def spec(self) -> TaskSpec | WorkflowSpec | LaunchPlanSpec:
        """Its IR alone."""
        return self.compiled().spec

    @property
    def signature(self) -> Signature:
        """Its inputs and outputs."""
        raise NotImplementedError

    @property
    def interface(self) -> Interface:
        """The part of its signature that the IR knows."""
        return self.signature.interface

    def run(self, arguments: Mapping[str, Any]) -> Any:
        """Carry out a plain call, on the engine in this process.

        Args:
            arguments: complete, and none unknown.
        """
        from volery.sdk.compile import compile_entity
        from volery.sdk.runner import runner

        inputs = self.signature.pack_inputs(arguments)
        outputs = runner()(compile_entity(self), self.ref, inputs)
        return self.signature.unpack_outputs(outputs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run here; where a workflow is being compiled: record a node and give promises.

        Raises:
            CallError: an argument is positional, missing or unknown.
        """
        return self.call(args, kwargs)

    def aio(self, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        """The same call in the function of an eager task, where it is awaited.

        Raises:
            CallError: an argument is positional, missing or unknown, or it is called elsewhere.
        """
        return call_async(self, args, kwargs)

    def call(self, positional: tuple[Any, ...], arguments: dict[str, Any]) -> Any:
        """A node where a workflow is being compiled, a plain call elsewhere.

        In the function of an eager task: a call that is to be awaited.
        """
        current = recording()
        if positional:
            arguments = dict(zip(self.signature.inputs, positional, strict=False)) | arguments
            message = f"{self.signature.owner} takes keyword arguments only"
            hint = f"write {self._written(arguments)}"
            if current is None:
                raise CallError(message, hint=hint)
            current.problem(message, hint)
        if current is not None:
            return self.leave(current, arguments)
        self.check(arguments)
        eager = caller()
        return self.run(arguments) if eager is None else eager.call(self, arguments)

    def leave(self, recording: Recording, arguments: Mapping[str, Any]) -> Any:
        """Leave a node in the workflow that is being compiled; returns promises."""
        return recording.call(self, arguments)

    def check(self, arguments: Mapping[str, Any]) -> None:
        """Refuse arguments that are unknown or missing.

        Raises:
            CallError: some are.
        """
        inputs = self.signature.inputs
        for name in arguments:
            if name not in inputs:
                message, hint = self.signature.stranger(name)
                raise CallError(message, hint=hint)
        missing = [
            f"{name}: {show(each.codec.type)}"
            for name, each in inputs.items()
            if each.default is None and name not in arguments
        ]
        if missing:
            raise CallError(
                f"{self.signature.owner} needs {', '.join(missing)}",
                hint=f"write {self._written(arguments)}",
            )

    def _written(self, arguments: Mapping[str, Any]) -> str:
        """The call as it should be written."""
        shown = {
            name: preview(arguments[name]) if name in arguments else "..."
            for name, each in self.signature.inputs.items()
            if name in arguments or each.default is None
        }
        return f"{self.label}({', '.join(f'{name}={text}' for name, text in shown.items())})"
