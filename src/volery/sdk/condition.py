"""Conditions: comparisons of promises, as `conditional` takes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from volery.errors import PromiseError, TypeMismatch, UnsupportedType
from volery.ir import values
from volery.ir.bindings import Constant
from volery.ir.compare import incomparable, may_be_none
from volery.ir.predicates import Operator
from volery.ir.types import EnumType, LiteralType, show
from volery.sdk import source
from volery.sdk.opaque import TRUTH, Opaque, misuse, refuses
from volery.sdk.promise import Promise, part_of
from volery.sdk.trace import recording
from volery.types.mismatch import preview
from volery.types.packing import pack_constant
from volery.types.registry import codec_for

_LEAVE_OUT: Final = "leave the condition out"


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


class Refused(Condition, frozen=True, eq=False):
    """What cannot be a condition, as a problem says; it stands in, so that the body goes on."""

    text: str

    def __repr__(self) -> str:
        return self.text


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
        PromiseError: the value does not compare with what the promise stands for, and no workflow
            is being compiled that could have this among its problems.
    """
    if isinstance(other, Promise):
        return Compared(operator, promise, other)
    try:
        return Compared(operator, promise, other, _constant(promise, operator, other))
    except TypeMismatch as error:
        return refused(f"{promise!r} {operator} {preview(other)}", error.message, error.hint)


def absent(promise: Promise) -> Condition:
    """Whether the value of a promise is None.

    Raises:
        PromiseError: it never is, and no workflow is being compiled.
    """
    kind = part_of(promise).type
    if not may_be_none(kind):
        return refused(f"{promise!r}.is_none()", _never_none(kind), _LEAVE_OUT)
    return Absent(promise)


def refused(text: str, reason: str, hint: str | None) -> Condition:
    """Stands in for a condition that makes no sense, which becomes a problem of the workflow.

    Args:
        text: what was written.
        reason: why it makes no sense.
        hint: what to do about it.

    Raises:
        PromiseError: no workflow is being compiled that could have it among its problems.
    """
    current = recording()
    if current is None:
        raise PromiseError(f"{text}: {reason} ({source.show(source.here())})", hint=hint)
    current.problem(f"{text}: {reason}", hint)
    return Refused(text)


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
        case Refused():
            return
        case _:
            raise TypeError(f"no condition: {condition!r}")


def _constant(promise: Promise, operator: Operator, value: Any) -> Constant:
    """A value that a promise is compared with, packed. Raises TypeMismatch: it does not compare."""
    kind = part_of(promise).type
    if isinstance(kind, EnumType) and type(value) is str:
        return Constant(values.pack(_member(kind, value)))
    if value is None and may_be_none(kind):
        raise TypeMismatch("None does not compare", hint="use .is_none()")
    if value is None:
        raise TypeMismatch(_never_none(kind), hint=_LEAVE_OUT)
    try:
        codec = codec_for(type(value))
    except UnsupportedType:
        told = f"only scalars compare, and {type(value).__qualname__} is none"
        raise TypeMismatch(told) from None
    reason = incomparable(operator, kind, codec.type)
    if reason is not None:
        raise TypeMismatch(reason)
    return Constant(pack_constant(codec, value))


def _never_none(kind: LiteralType) -> str:
    return f"{show(kind)} is never None"


def _member(kind: EnumType, value: str) -> str:
    """The name of the enum member that a text stands for: its value, as in Flyte."""
    for member in kind.members:
        if member.value == value:
            return member.name
    known = ", ".join(repr(member.value) for member in kind.members)
    raise TypeMismatch("no member has this value", hint=f"the values of {show(kind)} are {known}")


def _condition(other: object, sign: str) -> Condition:
    if isinstance(other, Condition):
        return other
    raise misuse(other, f"joined with {sign}", TRUTH)
