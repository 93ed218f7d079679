"""None, bool, int, float, str and bytes: their own wire form.

Only objects of exactly the declared type are taken, so that what comes out has the type that went
in: no subclass, no bool where an int is declared. An int may stand where a float is declared, and
stays an int.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum
from typing import Any, Final

from volery.errors import TypeMismatch
from volery.ir.types import BOOL, BYTES, FLOAT, INT, NONE, STR, PrimitiveType, show
from volery.ir.values import BIG_INT, Ext, Wire
from volery.types.codec import Codec
from volery.types.making import CodecFor
from volery.types.mismatch import at, mismatch
from volery.types.scalar import is_encodable

_MIN: Final = -(2**63)
_MAX: Final = 2**64 - 1


class Primitive:
    """Objects of given Python types that are their own wire form."""

    __slots__ = ("_python", "_types", "type")

    def __init__(self, kind: PrimitiveType, *python: type) -> None:
        self.type = kind
        self._python = python[0]
        self._types = frozenset(python)

    def plain(self, values: Collection[Any]) -> bool:
        """Whether all these values are their own wire form (see `volery.types.plain`)."""
        return self._types.issuperset(map(type, values))

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) in self._types:
            return value
        raise self._mismatch(value, path)

    def from_wire(self, wire: Wire, path: str) -> Any:
        if type(wire) in self._types:
            return wire
        raise self._mismatch(wire, path)

    def _mismatch(self, value: Any, path: str) -> TypeMismatch:
        return mismatch(show(self.type), value, path, hint=self._hint(value))

    def _hint(self, value: Any) -> str | None:
        if isinstance(value, Enum):
            return "pass its .value, or declare the enum"
        if isinstance(value, self._python) and type(value) is not bool:
            name = self._python.__name__
            return f"an object of a subclass would come out as {name}: pass {name}(...)"
        if hasattr(value, "dtype"):
            return "pass its .item()"  # a scalar of numpy, a tensor with one element
        given: object = value
        return _CONVERSIONS.get((type(given), self._python))


_CONVERSIONS: Final[dict[tuple[type, type], str]] = {
    (str, int): "pass int(...) of it",
    (float, int): "declare float, or pass round(...) of it",
    (bool, int): "declare bool, or pass int(...) of it",
    (str, float): "pass float(...) of it",
    (bool, float): "declare bool, or pass float(...) of it",
    (int, str): "pass str(...) of it",
    (float, str): "pass str(...) of it",
    (bool, str): "pass str(...) of it",
    (bytes, str): "pass its .decode()",
    (str, bytes): "pass its .encode()",
    (bytearray, bytes): "pass bytes(...) of it",
    (int, bool): "pass bool(...) of it",
}
"""Hints, by what came and what was expected."""


class Number(Primitive):
    """int and float. Ints outside 64 bits travel as decimal text."""

    __slots__ = ()

    def plain(self, values: Collection[Any]) -> bool:
        types = set(map(type, values))
        if int not in types or not types <= self._types:
            return types <= self._types
        ints = values if types == {int} else [each for each in values if type(each) is int]
        return min(ints) >= _MIN and max(ints) <= _MAX

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is int and not _MIN <= value <= _MAX:
            return _big_to_wire(value, path)
        return super().to_wire(value, path)

    def from_wire(self, wire: Wire, path: str) -> Any:
        if type(wire) is Ext and wire.code == BIG_INT:
            return _big_from_wire(wire, path)
        return super().from_wire(wire, path)


def _big_to_wire(value: int, path: str) -> Ext:
    try:
        return Ext(BIG_INT, str(value).encode())
    except ValueError as error:  # Python's own limit on digits, 4,300 unless it is changed
        raise _too_long(path, error) from None


def _big_from_wire(wire: Ext, path: str) -> int:
    try:
        return int(bytes(wire.data))
    except ValueError as error:
        raise _too_long(path, error) from None


def _too_long(path: str, error: ValueError) -> TypeMismatch:
    return TypeMismatch(f"expected int, got one too long{at(path)}", hint=str(error), path=path)


class Text(Primitive):
    """str, as far as UTF-8 can encode it."""

    __slots__ = ()

    def plain(self, values: Collection[Any]) -> bool:
        return super().plain(values) and is_encodable("".join(values))

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is str and not is_encodable(value):
            hint = "it holds half of a surrogate pair: pass bytes, or mend it where it was decoded"
            raise mismatch("str that UTF-8 can encode", value, path, hint=hint)
        return super().to_wire(value, path)


PRIMITIVES: Final[dict[type, Primitive]] = {
    type(None): Primitive(NONE, type(None)),
    bool: Primitive(BOOL, bool),
    int: Number(INT, int),
    float: Number(FLOAT, float, int),
    str: Text(STR, str),
    bytes: Primitive(BYTES, bytes),
}
"""The codec of each."""


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    return PRIMITIVES[type(None) if annotation is None else annotation]
