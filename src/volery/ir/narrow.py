"""What an arm of a branch may take for granted about the values that it sees.

An arm runs only when the predicates of all arms before it did not hold. So where one of those asks
whether a value is none, it is not none here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from volery.ir.bindings import InputRef
from volery.ir.nodes import Arm
from volery.ir.predicates import IsNone, Or, Predicate
from volery.ir.types import NONE, LiteralType, UnionType


def narrowed(
    arms: Sequence[Arm], position: int, bound: Mapping[str, LiteralType | None]
) -> dict[str, LiteralType | None]:
    """The types of captured values in the arm at a position."""
    earlier = [arm.predicate for arm in arms[:position] if arm.predicate is not None]
    present = {name for predicate in earlier for name in _holds_if_none(predicate)}
    return {name: _without_none(kind) if name in present else kind for name, kind in bound.items()}


def _holds_if_none(predicate: Predicate) -> set[str]:
    """Values that are none only if the predicate holds."""
    match predicate:
        case IsNone(InputRef(name, ())):
            return {name}
        case Or(left, right):
            return _holds_if_none(left) | _holds_if_none(right)
        case _:
            return set()


def _without_none(kind: LiteralType | None) -> LiteralType | None:
    """The same type less none. Its wire form is the same: only unions of several carry tags."""
    if not isinstance(kind, UnionType):
        return kind
    rest = tuple(variant for variant in kind.variants if variant != NONE)
    return rest[0] if len(rest) == 1 else UnionType(rest)
