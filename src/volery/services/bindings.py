"""Makes values from bindings: cuts and joins packed values without understanding them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from volery.errors import TypeMismatch
from volery.ir.bindings import (
    Binding,
    Cast,
    Constant,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
    Path,
)
from volery.ir.cast import cast_wire
from volery.ir.values import Raw, Wire, join_array, join_map, pack, unpack

Record = Mapping[str, Raw]
OutputsOf = Callable[[str], Record]
"""The output record of a node in the same scope, by node id."""


def resolve(binding: Binding, inputs: Record, outputs: OutputsOf) -> bytes | Raw:
    """The packed value of a binding.

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
        case ListBinding(items):
            return join_array([Raw(resolve(item, inputs, outputs)) for item in items])
        case MapBinding(items):
            return join_map([(entry.key, resolve(entry.value, inputs, outputs)) for entry in items])
        case Cast(inner, source, target):
            return pack(cast_wire(unpack(resolve(inner, inputs, outputs)), source, target))


def _follow(value: Raw, path: Path, start: str) -> bytes:
    """The part of a value that a path leads to."""
    part: Wire = unpack(value)
    walked = start
    for step in path:
        walked += f"[{step!r}]"
        try:
            part = part[step]
        except (KeyError, IndexError, TypeError):
            raise TypeMismatch(
                f"{walked} does not exist: {_extent(part)}", path=walked, code="MissingPart"
            ) from None
    return pack(part)


def _extent(part: Wire) -> str:
    match part:
        case list():
            return f"the list has {len(cast('list[Wire]', part))} elements"
        case dict():
            keys = list(map(repr, cast("dict[Wire, Wire]", part)))
            return f"the keys are {', '.join(keys[:5])}{', ...' if len(keys) > 5 else ''}"
        case _:
            return "there is nothing inside"
