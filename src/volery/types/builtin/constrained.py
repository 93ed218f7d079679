"""``Annotated[T, msgspec.Meta(ge=1)]`` and its like: as T, with a constraint."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from volery.ir.interface import Constraint
from volery.ir.values import Wire
from volery.types.codec import Codec, constraints_of, is_streaming
from volery.types.constraints import check, constraint_for
from volery.types.making import CodecFor
from volery.types.marks import said_in


class ConstrainedCodec:
    """Values that another codec takes, as far as they keep to a constraint."""

    __slots__ = ("_codec", "_own", "constraints", "type")

    def __init__(self, codec: Codec, own: Constraint) -> None:
        self.type = codec.type
        self.constraints = (own, *constraints_of(codec))
        self._codec = codec
        self._own = own

    def to_wire(self, value: Any, path: str) -> Wire:
        wire = self._codec.to_wire(value, path)
        check(self._own, wire, path)
        return wire

    def from_wire(self, wire: Wire, path: str) -> Any:
        made = self._codec.from_wire(wire, path)
        check(self._own, wire, path)
        return made


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    subject, *metadata = get_args(annotation)
    others = [each for each in metadata if not said_in((each,))]
    inner = codec_for(Annotated[subject, *others] if others else subject)
    own = constraint_for(inner.type, said_in(metadata))
    return inner if own is None or is_streaming(inner) else ConstrainedCodec(inner, own)
