"""Scalars: the values that a literal type itself may hold."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

from volery.ir.types import Scalar


def is_scalar(value: Any) -> TypeGuard[Scalar]:
    """Whether a value can stand in the canonical JSON of a type and come back the same."""
    match value:
        case None | bool():
            return True
        case int() if type(value) is int:
            return -(2**63) <= value < 2**63
        case float() if type(value) is float:
            return math.isfinite(value)
        case str() if type(value) is str:
            return not any("\ud800" <= char <= "\udfff" for char in value)
        case _:
            return False
