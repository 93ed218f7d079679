"""Gates: nodes that wait, for a time or for somebody's word."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload

from volery.errors import CallError, PromiseError, TypeMismatch, UnsupportedType
from volery.ir.bindings import Constant
from volery.ir.nodes import GateTarget
from volery.ir.problem import stands_for
from volery.ir.typed_graph import GATED
from volery.ir.types import LiteralType
from volery.ir.values import NIL
from volery.sdk import options, source
from volery.sdk.expression import Expression, codec_of, described, flow
from volery.sdk.interface import Signature, port
from volery.sdk.opaque import Opaque, Shown
from volery.sdk.promise import Promise, part_of, promised
from volery.sdk.workflow import OneNode
from volery.types.mismatch import preview
from volery.types.packing import pack_constant
from volery.types.registry import codec_for

if TYPE_CHECKING:
    from volery.sdk.options import Duration
    from volery.sdk.trace import Draft, Recording

T = TypeVar("T")


def approve(upstream: T, name: str, timeout: Duration | None = None) -> T:
    """Wait until somebody approves of a value; gives the value on.

    Args:
        upstream: a promise, or inside of a task a value.
        name: how the gate is signalled; unique in the workflow.
        timeout: it fails when nobody has said anything for so long; None: it waits for ever.

    Raises:
        CallError: it stands neither in a workflow nor in a dynamic or eager task.
        DefinitionError: an argument cannot be used.
        PromiseError: `upstream` has no value to approve of.
    """
    place = f"approve ({source.show(source.here())})"
    kind, annotation = _typed(upstream, place)
    gate = Gate(GateTarget("approve", _name(name, place), _limit(timeout, place), kind), annotation)
    return gate(**{GATED: upstream})


@overload
def wait_for_input(name: str, timeout: Duration | None, expected_type: type[T]) -> T: ...
@overload
def wait_for_input(name: str, timeout: Duration | None, expected_type: Any) -> Any: ...
def wait_for_input(name: str, timeout: Duration | None, expected_type: Any) -> Any:
    """Wait until somebody gives a value; gives it on.

    Args:
        name: how the gate is signalled; unique in the workflow.
        timeout: it fails when nobody has given one for so long; None: it waits for ever.
        expected_type: of the value.

    Raises:
        CallError: it stands neither in a workflow nor in a dynamic or eager task.
        DefinitionError: an argument cannot be used.
    """
    place = f"wait_for_input ({source.show(source.here())})"
    try:
        kind = codec_for(expected_type).type
    except UnsupportedType as error:
        raise UnsupportedType(
            f"{place}, expected_type: {error.message}", hint=error.hint, path=error.path
        ) from None
    target = GateTarget("input", _name(name, place), _limit(timeout, place), kind)
    return Gate(target, expected_type)()


def sleep(duration: Duration) -> Any:
    """Wait for a time, which goes on counting when nothing runs: ``sleep(timedelta(days=1)) >> b``.

    Args:
        duration: a timedelta, or seconds.

    Raises:
        CallError: it stands neither in a workflow nor in a dynamic or eager task.
        DefinitionError: it is no duration.
    """
    place = f"sleep ({source.show(source.here())})"
    seconds = options.seconds(duration, "duration", place, zero=True)
    return Gate(GateTarget("sleep", seconds=seconds))()


class Gate(OneNode):
    """One gate.

    Args:
        target: the node that it is.
        annotation: the Python type of what it gives; None where it is not known or there is none.
    """

    def __init__(self, target: GateTarget, annotation: Any = None) -> None:
        self.name = stands_for(target)
        self.source = source.here()
        self.target = target
        self.annotation = annotation

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @functools.cached_property
    def signature(self) -> Signature:  # pyright: ignore[reportIncompatibleMethodOverride]
        ports = {} if self.target.type is None else {GATED: port(GATED, self.annotation)}
        inputs = ports if self.target.gate == "approve" else {}
        return Signature(self.name, inputs, ports)

    def leave(self, recording: Recording, arguments: Mapping[str, Any]) -> Any:
        draft = recording.draft(self.target, self.name)
        kind = self.target.type
        if kind is not None and GATED in arguments:
            draft.inputs[GATED] = self._given(recording, draft, kind, arguments[GATED])
        types = {} if kind is None else {GATED: kind}
        return promised(draft, types, {GATED: self.annotation}, named=False)

    def _given(
        self, recording: Recording, draft: Draft, kind: LiteralType, value: Any
    ) -> Expression:
        if not isinstance(value, Promise):
            return Constant(pack_constant(codec_for(self.annotation), value))
        try:
            return flow(value, kind, draft.scope)
        except TypeMismatch as error:
            recording.problem(error.message, error.hint, draft)
            return Constant(NIL)

    def run(self, arguments: Mapping[str, Any]) -> NoReturn:
        del arguments
        raise CallError(
            f"{self.name} ({source.show(self.source)}) stands outside of a workflow",
            hint="write it in the body of a workflow, or of a dynamic or eager task",
        )


def _typed(value: object, place: str) -> tuple[LiteralType, Any]:
    """The type of what is to be approved of, and its annotation where that is known."""
    if isinstance(value, Promise):
        origin, kind, path = part_of(value)
        return kind, None if path else origin.annotation
    if isinstance(value, Opaque | Shown):
        got, hint = described(value)
        raise PromiseError(f"{place} needs a value to give on, got {got}", hint=hint)
    codec = None if value is None else codec_of(value)
    if codec is None:
        raise PromiseError(
            f"{place} cannot tell of what type {preview(value)} is",
            hint="give it what a task returns",
        )
    return codec.type, type(value)


def _name(value: object, place: str) -> str:
    return options.text(value, "name", place)


def _limit(timeout: object, place: str) -> float | None:
    return None if timeout is None else options.seconds(timeout, "timeout", place)
