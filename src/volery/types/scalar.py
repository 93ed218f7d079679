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
            return is_encodable(value)
        case _:
            return False


def is_encodable(text: str) -> bool:
    """Whether UTF-8 can encode a text: no half of a surrogate pair is in it."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False
