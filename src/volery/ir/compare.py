"""Comparability: which values a condition of a branch may compare."""

from __future__ import annotations

from typing import Final

from volery.ir.assign import base, variants
from volery.ir.predicates import Operator
from volery.ir.types import (
    BOOL,
    DECIMAL,
    FLOAT,
    INT,
    NONE,
    PATH,
    UUID,
    ChoiceType,
    EnumType,
    JsonType,
    LiteralType,
    PrimitiveType,
    UnionType,
    show,
)

_UNORDERED: Final = frozenset({BOOL, UUID, PATH})
_NUMBERS: Final = ({INT, FLOAT}, {INT, DECIMAL})
"""Different types that compare. A decimal does not with a float, which hardly ever is the number
that was written."""


def incomparable(operator: Operator, left: LiteralType, right: LiteralType) -> str | None:
    """Why two types cannot be compared by an operator; None when they can.

    Scalars compare with scalars of the same type, ints with floats and with decimals, and enums
    with members of the same enum. Truth values, enums, UUIDs and paths are equal or not, but have
    no order.
    """
    scalars = _scalar(left), _scalar(right)
    for kind, scalar in zip((left, right), scalars, strict=True):
        if scalar is None:
            return f"{show(kind)} does not compare: {_way_out(kind)}"
    first, second = scalars
    if first != second and {first, second} not in _NUMBERS:
        return f"{show(left)} does not compare with {show(right)}"
    if operator not in {"==", "!="} and (first in _UNORDERED or isinstance(first, EnumType)):
        return f"{show(left)} has no order: only == and != compare it"
    return None


def may_be_none(kind: LiteralType) -> bool:
    """Whether None is among the values of a type."""
    match kind:
        case ChoiceType(values):
            return None in values
        case JsonType(shape):
            return shape == "any"
        case _:
            return NONE in variants(kind)


def _scalar(kind: LiteralType) -> LiteralType | None:
    """The type that counts in a comparison. None: it does not compare."""
    match kind:
        case PrimitiveType("none" | "complex"):
            return None
        case PrimitiveType() | EnumType():
            return kind
        case ChoiceType() if variants(kind) == (kind,):
            return _scalar(base(kind))
        case _:
            return None


def _way_out(kind: LiteralType) -> str:
    if isinstance(kind, UnionType | ChoiceType) and may_be_none(kind):
        return "it may be None, which is_none() finds out; compare the rest in a task"
    return "only scalars do; compare it in a task"
