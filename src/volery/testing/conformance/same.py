"""When an object that has travelled is the one that was sent."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast


def is_same(left: Any, right: Any) -> bool:
    """Whether two objects are equal and of the same types through and through.

    NaN is the same as NaN, 0.0 is not -0.0, the exponent of a Decimal counts, zones and folds of
    datetimes do, and so does the order of dicts. Records are compared field by field; of models,
    which fields were set counts, too.
    """
    kind = cast("type[Any]", type(left))
    if type(right) is not kind:
        return False
    if issubclass(kind, float):
        return _is_same_float(left, right)
    if issubclass(kind, complex):
        return _is_same_float(left.real, right.real) and _is_same_float(left.imag, right.imag)
    if kind is Decimal:
        return left.as_tuple() == right.as_tuple()
    if issubclass(kind, list | tuple):
        return len(left) == len(right) and all(map(is_same, left, right))
    if issubclass(kind, set | frozenset):
        return len(left) == len(right) and _is_part(left, right) and _is_part(right, left)
    if kind is dict:
        return is_same([*left.items()], [*right.items()])
    return _has_same_parts(left, right)


def _is_same_float(left: float, right: float) -> bool:
    equal = left == right or (math.isnan(left) and math.isnan(right))
    return bool(equal) and math.copysign(1, left) == math.copysign(1, right)


def _is_part(left: Iterable[Any], right: Iterable[Any]) -> bool:
    return all(any(is_same(each, other) for other in right) for each in left)


_CLOCK = ("tzinfo", "fold")
_MODEL = ("__pydantic_fields_set__", "__pydantic_extra__")


def _has_same_parts(left: Any, right: Any) -> bool:
    names = fields_of(type(left))
    if names is not None:
        names = [*names, *(name for name in _MODEL if hasattr(left, name))]
        return all(is_same(getattr(left, name), getattr(right, name)) for name in names)
    if left != left:  # noqa: PLR0124 - NaN of a library
        return bool(right != right)  # noqa: PLR0124
    clock = [getattr(left, name, None) == getattr(right, name, None) for name in _CLOCK]
    return bool(left == right) and all(clock)


def fields_of(cls: Any) -> Iterable[str] | None:
    """The names of the fields of a record; None: it is no record."""
    if hasattr(cls, "__attrs_attrs__"):
        return [each.name for each in cls.__attrs_attrs__]
    for names in ("__dataclass_fields__", "__struct_fields__", "__pydantic_fields__"):
        if hasattr(cls, names):
            return getattr(cls, names)
    return None
