"""Evaluates the conditions of a branch on scalars that the shell has fetched."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from volery.ir.predicates import And, Comparison, IsNone, Or, Predicate

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(predicate: Predicate, known: Mapping[Any, Any]) -> bool:
    """Whether a predicate holds, given the value of each of its operands."""
    match predicate:
        case Comparison(name, left, right):
            return _COMPARE[name](known[left], known[right])
        case IsNone(operand):
            return known[operand] is None
        case And(left, right):
            return holds(left, known) and holds(right, known)
        case Or(left, right):
            return holds(left, known) or holds(right, known)
