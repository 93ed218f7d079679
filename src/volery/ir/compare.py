"""Comparability: which values a condition of a branch may compare."""

from __future__ import annotations

from volery.ir.assign import base, variants
from volery.ir.predicates import Operator
from volery.ir.types import (
    BOOL,
    FLOAT,
    NONE,
    ChoiceType,
    EnumType,
    LiteralType,
    PrimitiveType,
    UnionType,
    show,
)


def incomparable(operator: Operator, left: LiteralType, right: LiteralType) -> str | None:
    """Why two types cannot be compared by an operator; None when they can.

    Scalars compare with scalars of the same type, ints with floats, and enums with members of the
    same enum. Truth values and enums are equal or not, but have no order.
    """
    for kind in (left, right):
        if _scalar(kind) is None:
            return f"{show(kind)} does not compare: {_way_out(kind)}"
    scalar = _scalar(left)
    if scalar != _scalar(right):
        return f"{show(left)} does not compare with {show(right)}"
    if operator not in {"==", "!="} and (scalar == BOOL or isinstance(scalar, EnumType)):
        return f"{show(left)} has no order: only == and != compare it"
    return None


def may_be_none(kind: LiteralType) -> bool:
    """Whether None is among the values of a type."""
    match kind:
        case ChoiceType(values):
            return None in values
        case _:
            return NONE in variants(kind)


def _scalar(kind: LiteralType) -> LiteralType | None:
    """The type that counts in a comparison: floats stand for all numbers. None: not a scalar."""
    match kind:
        case PrimitiveType("none"):
            return None
        case PrimitiveType("int"):
            return FLOAT
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
