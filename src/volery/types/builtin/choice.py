"""``Literal[...]``: membership is enforced, and True is not 1."""

from __future__ import annotations

from typing import Any, get_args

from volery.errors import UnsupportedType, suggest
from volery.ir.types import ChoiceType, Scalar, show
from volery.ir.values import Wire
from volery.types.codec import Codec
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.scalar import is_scalar


class ChoiceCodec:
    """One of given scalars; the wire form is the scalar."""

    __slots__ = ("_members", "_types", "type")

    def __init__(self, values: tuple[Scalar, ...]) -> None:
        self.type = ChoiceType(values)
        self._members = frozenset((type(value), value) for value in values)
        self._types = frozenset(map(type, values))

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) in self._types and (type(value), value) in self._members:
            return value
        texts = [each for each in self.type.values if type(each) is str]
        hint = suggest(value, texts) if type(value) is str and texts else None
        raise mismatch(show(self.type), value, path, hint=hint)

    def from_wire(self, wire: Wire, path: str) -> Any:
        return self.to_wire(wire, path)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    for value in get_args(annotation):
        if not is_scalar(value):
            raise UnsupportedType(
                f"{value!r} ({type(value).__qualname__}) cannot be a choice, in {annotation}",
                hint="choices are str, bool, None or int of 64 bits; declare an enum by itself",
            )
    return ChoiceCodec(get_args(annotation))
