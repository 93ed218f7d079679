"""``tuple[A, B]`` of a fixed length, and ``tuple[T, ...]`` of any."""

from __future__ import annotations

from typing import Any, get_args

from volery.ir.types import TupleType, show
from volery.ir.values import Wire
from volery.types.builtin.sequence import SequenceCodec
from volery.types.codec import Codec, within
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch


class TupleCodec:
    """A tuple with a codec for each element; the wire form is an array."""

    __slots__ = ("_elements", "constraints", "type")

    def __init__(self, elements: tuple[Codec, ...]) -> None:
        self.type = TupleType(tuple(element.type for element in elements))
        self.constraints = tuple(
            each for index, part in enumerate(elements) for each in within(f"[{index}]", part)
        )
        self._elements = elements

    def to_wire(self, value: Any, path: str) -> Wire:
        self._check(value, tuple, path)
        return [
            element.to_wire(each, f"{path}[{at}]")
            for at, (element, each) in enumerate(zip(self._elements, value, strict=True))
        ]

    def from_wire(self, wire: Wire, path: str) -> tuple[Any, ...]:
        self._check(wire, list, path)
        return tuple(
            element.from_wire(each, f"{path}[{at}]")
            for at, (element, each) in enumerate(zip(self._elements, wire, strict=True))
        )

    def _check(self, value: Any, python: type, path: str) -> None:
        if type(value) is not python:
            hint = "pass tuple(...) of it" if isinstance(value, (list, tuple)) else None
            raise mismatch(show(self.type), value, path, hint=hint)
        if len(value) != len(self._elements):
            hint = f"it takes {len(self._elements)} elements, this one has {len(value)}"
            raise mismatch(show(self.type), value, path, hint=hint)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    match get_args(annotation):
        case (element, last) if last is ...:
            return SequenceCodec(tuple, codec_for(element, "[]"))
        case elements:
            return TupleCodec(tuple(codec_for(part, f"[{at}]") for at, part in enumerate(elements)))
