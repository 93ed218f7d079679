"""Predicates: the conditions of a branch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from volery.ir.bindings import Binding

Operator = Literal["==", "!=", "<", "<=", ">", ">="]


class _Predicate(msgspec.Struct, frozen=True, tag_field="is"):
    """Base of all predicates."""


class Comparison(_Predicate, frozen=True, tag="comparison"):
    """Two scalars compared. Both sides have the same wire form (checked when compiled)."""

    operator: Operator
    left: Binding
    right: Binding


class IsNone(_Predicate, frozen=True, tag="none"):
    """Whether an optional value is absent."""

    operand: Binding


class And(_Predicate, frozen=True, tag="and"):
    """Both hold."""

    left: Predicate
    right: Predicate


class Or(_Predicate, frozen=True, tag="or"):
    """At least one holds."""

    left: Predicate
    right: Predicate


Predicate = Comparison | IsNone | And | Or


def operands(predicate: Predicate) -> Iterator[Binding]:
    """Every operand inside a predicate."""
    match predicate:
        case Comparison(_, left, right):
            yield left
            yield right
        case IsNone(operand):
            yield operand
        case And(left, right) | Or(left, right):
            yield from operands(left)
            yield from operands(right)
