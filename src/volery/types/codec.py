"""The codec: how Python objects of one type become values and back."""

from __future__ import annotations

from typing import Any, Protocol, TypeGuard

from msgspec.structs import replace

from volery.ir.interface import Constraint
from volery.ir.types import LiteralType
from volery.ir.values import Raw, Wire


class Codec(Protocol):
    """Translates between Python objects of one annotation and wire trees.

    A codec is made once per annotation (see `volery.types.registry`) and holds no state of calls.
    `path` is where the value stands in the whole, beginning with ``$``; errors carry it.

    A codec may also have ``plain(values) -> bool``, to check many values at once instead of
    walking over them (see `volery.types.plain`), ``constraints`` of its values (`constraints_of`),
    and it may be a `StreamingCodec`.
    """

    @property
    def type(self) -> LiteralType:
        """The literal type of the annotation."""
        ...

    def to_wire(self, value: Any, path: str) -> Wire:
        """Check and translate. Raises TypeMismatch with the path of the offending part."""
        ...

    def from_wire(self, wire: Wire, path: str) -> Any:
        """Translate back. Raises TypeMismatch when the wire tree is not of this type."""
        ...


class StreamingCodec(Codec, Protocol):
    """A codec that need not have the whole value in memory where it is an input or output."""

    def pack(self, value: Any, path: str) -> bytes:
        """A packed value, written while it is made. Raises TypeMismatch."""
        ...

    def unpack(self, data: bytes | Raw, path: str) -> Any:
        """An object that reads a packed value while it is used. Raises TypeMismatch."""
        ...


def is_streaming(codec: Codec) -> TypeGuard[StreamingCodec]:
    """Whether a codec packs and unpacks by itself."""
    return hasattr(codec, "unpack")


def constraints_of(codec: Codec) -> tuple[Constraint, ...]:
    """The constraints of the values that a codec takes, and of the parts of them."""
    return getattr(codec, "constraints", ())


def within(step: str, codec: Codec) -> tuple[Constraint, ...]:
    """The constraints of a part, as those of the whole."""
    return tuple(replace(each, at=(step, *each.at)) for each in constraints_of(codec))
