"""Makes values from bindings: cuts and joins packed values without understanding them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from volery.data import offload
from volery.errors import TypeMismatch, VoleryError
from volery.ir import values
from volery.ir.bindings import (
    Binding,
    Cast,
    Constant,
    FailureRef,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
    Path,
)
from volery.ir.cast import cast_wire
from volery.ir.values import Raw, Wire, join_map

Record = Mapping[str, Raw]
OutputsOf = Callable[[str], Record]
"""The output record of a node in the same scope, by node id."""


def resolve(
    binding: Binding, inputs: Record, outputs: OutputsOf, failure: Wire = None
) -> bytes | Raw:
    """The packed value of a binding.

    Args:
        binding: in the graph of a scope.
        inputs: of the scope.
        outputs: of its nodes.
        failure: why the scope failed, for its failure handler.

    Raises:
        TypeMismatch: a path leads to a key or index that the value does not have.
    """
    match binding:
        case OutputRef(node, output, path):
            value = outputs(node)[output]
            return _follow(value, path, f"{node}.{output}") if path else value
        case InputRef(name, path):
            return _follow(inputs[name], path, name) if path else inputs[name]
        case Constant(value):
            return value
        case FailureRef():
            return values.pack(failure)
        case ListBinding(items):
            parts = [Raw(resolve(item, inputs, outputs, failure)) for item in items]
            return offload.pack(parts)
        case MapBinding(items):
            entries = [
                (entry.key, resolve(entry.value, inputs, outputs, failure)) for entry in items
            ]
            return offload.pack(Raw(join_map(entries)))
        case Cast(inner, source, target):
            wire = offload.unpack(resolve(inner, inputs, outputs, failure))
            return offload.pack(cast_wire(wire, source, target))


def _follow(value: Raw, path: Path, start: str) -> bytes:
    """The part of a value that a path leads to; what is offloaded is opened as far as it has to."""
    part: Wire = values.unpack(value)
    walked = start
    for step in path:
        walked += f"[{step!r}]"
        try:
            part = offload.step(part, step)
        except (KeyError, IndexError, TypeError) as error:
            if isinstance(error, VoleryError):
                raise
            raise TypeMismatch(
                f"{walked} does not exist: {_extent(offload.opened(part))}",
                path=walked,
                code="MissingPart",
            ) from None
    return values.pack(part)


def _extent(part: Wire) -> str:
    match part:
        case list():
            return f"the list has {len(cast('list[Wire]', part))} elements"
        case dict():
            keys = list(map(repr, cast("dict[Wire, Wire]", part)))
            return f"the keys are {', '.join(keys[:5])}{', ...' if len(keys) > 5 else ''}"
        case _:
            return "there is nothing inside"
