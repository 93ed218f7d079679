"""Scalars from JSON. What JSON has no word for is text, the way people write it."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable
from typing import Any

from volery.durations import read_duration
from volery.errors import TypeMismatch
from volery.ir.types import BOOL, FLOAT, NONE, PATH, STR, LiteralType, PrimitiveType
from volery.ir.values import (
    BIG_INT,
    COMPLEX,
    DATE,
    DATETIME,
    DECIMAL,
    DURATION,
    TIME,
    UUID,
    Ext,
    Wire,
)
from volery.types.written import temporal
from volery.types.written.describing import mismatch

Json = Any

_EXACT: dict[PrimitiveType, type] = {NONE: type(None), BOOL: bool, STR: str, PATH: str}
_SPECIAL_FLOATS = {"NaN", "Infinity", "-Infinity"}


def scalar(kind: PrimitiveType, tree: Json, path: str) -> Wire:
    """The wire form of a scalar. Raises TypeMismatch: the JSON is not of the type."""
    match kind:
        case PrimitiveType("int"):
            return int_wire(need(kind, tree, int, path))
        case PrimitiveType("float"):
            return _float(tree, path)
        case PrimitiveType("decimal") if type(tree) is int:
            return Ext(DECIMAL, str(tree).encode())
        case PrimitiveType("decimal") if type(tree) is float:  # which has lost digits already
            hint = f'write it as text: "{tree}"'
            raise TypeMismatch(mismatch(kind, tree, path).message, hint=hint, path=path)
        case _ if kind in _EXACT:
            return need(kind, tree, _EXACT[kind], path)
        case _:
            text = need(kind, tree, str, path)
    try:
        return _FROM_TEXT[kind.name](text)
    except (ValueError, ArithmeticError):
        raise mismatch(kind, tree, path) from None


def int_wire(value: int) -> Wire:
    """The wire form of an int, which may be too large for MessagePack."""
    is_big = not -(2**63) <= value < 2**64
    return Ext(BIG_INT, str(value).encode()) if is_big else value


def _float(tree: Json, path: str) -> Wire:
    # JSON does not tell 3 from 3.0: an int becomes a float where nothing is lost.
    if type(tree) is int:
        return float(tree) if abs(tree) <= 2**53 else tree
    special = isinstance(tree, str) and tree in _SPECIAL_FLOATS
    return float(tree) if special else need(FLOAT, tree, float, path)


def _decimal(text: str) -> Ext:
    from decimal import Decimal

    return Ext(DECIMAL, str(Decimal(text)).encode())


def _complex(text: str) -> Ext:
    number = complex(text)
    return Ext(COMPLEX, struct.pack(">dd", number.real, number.imag))


def _uuid(text: str) -> Ext:
    import uuid

    return Ext(UUID, uuid.UUID(text).bytes)


def _duration(text: str) -> Ext:
    return Ext(DURATION, str(read_duration(text)).encode())


_FROM_TEXT: dict[str, Callable[[str], Wire]] = {
    "bytes": lambda text: base64.b64decode(text, validate=True),
    "datetime": lambda text: Ext(DATETIME, temporal.datetime_text(text).encode()),
    "date": lambda text: Ext(DATE, temporal.date_text(text).encode()),
    "time": lambda text: Ext(TIME, temporal.time_text(text).encode()),
    "duration": _duration,
    "decimal": _decimal,
    "complex": _complex,
    "uuid": _uuid,
}


def need(kind: LiteralType, tree: Json, python: type, path: str) -> Any:
    """JSON of exactly a Python type, which a literal type asks for. Raises TypeMismatch."""
    if type(tree) is not python:
        raise mismatch(kind, tree, path)
    return tree
