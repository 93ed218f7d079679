"""Conditions: comparisons of promises, as `conditional` takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from volery.errors import PromiseError, TypeMismatch, UnsupportedType
from volery.ir import values
from volery.ir.bindings import Constant
from volery.ir.compare import incomparable, may_be_none
from volery.ir.predicates import Operator
from volery.ir.types import EnumType, show
from volery.sdk import source
from volery.sdk.opaque import TRUTH, Opaque, misuse, refuses
from volery.sdk.promise import Promise, part_of
from volery.types.mismatch import preview
from volery.types.packing import pack
from volery.types.registry import codec_for


class Condition(Opaque, msgspec.Struct, frozen=True, eq=False):
    """Something that holds or not, which is known when the workflow runs.

    Conditions are joined with ``&`` and ``|``.
    """

    def __and__(self, other: object) -> Condition:
        return Both(self, _condition(other, "&"))

    def __or__(self, other: object) -> Condition:
        return Either(self, _condition(other, "|"))

    __rand__ = __ror__ = refuses("joined with a value", TRUTH)
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = refuses("compared", TRUTH)
    __invert__ = refuses("tested for truth", TRUTH)
    __hash__ = Opaque.__hash__


class Compared(Condition, frozen=True, eq=False):
    """Two scalars compared; `right` as the user gave it, and packed where it is a constant."""

    operator: Operator
    left: Promise
    right: Any
    packed: Constant | None = None

    def __repr__(self) -> str:
        right = repr(self.right) if isinstance(self.right, Promise) else preview(self.right)
        return f"{self.left!r} {self.operator} {right}"


class Absent(Condition, frozen=True, eq=False):
    """An optional value that is None."""

    operand: Promise

    def __repr__(self) -> str:
        return f"{self.operand!r}.is_none()"


class Both(Condition, frozen=True, eq=False):
    """Two conditions that both hold."""

    left: Condition
    right: Condition

    def __repr__(self) -> str:
        return f"({self.left!r}) & ({self.right!r})"


class Either(Condition, frozen=True, eq=False):
    """Two conditions of which at least one holds."""

    left: Condition
    right: Condition

    def __repr__(self) -> str:
        return f"({self.left!r}) | ({self.right!r})"


def compare(promise: Promise, operator: Operator, other: Any) -> Condition:
    """The comparison of a promise with a promise or a value.

    Raises:
        PromiseError: the value does not compare with what the promise stands for.
    """
    if isinstance(other, Promise):
        return Compared(operator, promise, other)
    if other is None:
        raise misuse(promise, "compared with None", "use .is_none()")
    return Compared(operator, promise, other, _constant(promise, operator, other))


def absent(promise: Promise) -> Condition:
    """Whether the value of a promise is None.

    Raises:
        PromiseError: it never is.
    """
    kind = part_of(promise).type
    if not may_be_none(kind):
        raise misuse(promise, "None", f"its type is {show(kind)}: leave the condition out")
    return Absent(promise)


def operands(condition: Condition) -> Iterator[Promise]:
    """The promises that a condition is about."""
    match condition:
        case Compared(_, left, right):
            yield left
            if isinstance(right, Promise):
                yield right
        case Absent(operand):
            yield operand
        case Both(left, right) | Either(left, right):
            yield from operands(left)
            yield from operands(right)
        case _:
            raise TypeError(f"no condition: {condition!r}")


def _constant(promise: Promise, operator: Operator, value: Any) -> Constant:
    kind = part_of(promise).type
    if isinstance(kind, EnumType) and type(value) is str:
        return Constant(values.pack(_member(promise, kind, value)))
    try:
        codec = codec_for(type(value))
        reason = incomparable(operator, kind, codec.type)
        constant = pack(codec, value)
    except UnsupportedType:
        reason, constant = f"only scalars compare, and {type(value).__qualname__} is none", b""
    except TypeMismatch as error:
        reason, constant = error.message, b""
    if reason is not None:
        place = source.show(source.here())
        raise PromiseError(f"{promise!r} {operator} {preview(value)}: {reason} ({place})")
    return Constant(constant)


def _member(promise: Promise, kind: EnumType, value: str) -> str:
    """The name of the enum member that a text stands for: its value, as in Flyte."""
    for member in kind.members:
        if member.value == value:
            return member.name
    known = ", ".join(repr(member.value) for member in kind.members)
    raise misuse(promise, f"compared with {value!r}", f"the values of {show(kind)} are {known}")


def _condition(other: object, sign: str) -> Condition:
    if isinstance(other, Condition):
        return other
    raise misuse(other, f"joined with {sign}", TRUTH)
