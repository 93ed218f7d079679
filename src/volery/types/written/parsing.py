"""JSON from text: of an option, of a key, of a file."""

from __future__ import annotations

import reprlib
from typing import Any

import msgspec

from volery.errors import TypeMismatch
from volery.ir.types import (
    NONE,
    STR,
    ChoiceType,
    ContentType,
    CustomType,
    EnumType,
    FrameType,
    LiteralType,
    PrimitiveType,
    UnionType,
    is_tagged,
)
from volery.types.written.describing import describe, example, unreadable

Json = Any


def decode(text: str | bytes) -> Json:
    """JSON from text. Raises ValueError: it is none, or too deep."""
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def parse(kind: LiteralType, text: str, path: str = "$") -> Json:
    """JSON from the text of an option or of a key: as it stands where the type is text-like.

    Raises:
        TypeMismatch: the type needs JSON and this is none.
    """
    match kind:
        case PrimitiveType("none" | "bool" | "int"):
            return _json(kind, text, path)
        case PrimitiveType("float"):
            try:
                return float(text)
            except ValueError:
                raise unreadable(kind, text, path) from None
        case PrimitiveType() | ContentType() | FrameType():
            return text
        case CustomType(_, base):
            return parse(base, text, path)
        case EnumType() | ChoiceType():
            return _meant(kind).get(text, text)
        case UnionType(variants) if not is_tagged(kind):
            variant = next(each for each in variants if each != NONE)
            return None if text == "null" and variant != STR else parse(variant, text, path)
        case UnionType():
            try:
                return decode(text)
            except ValueError:
                return text
        case _:
            return _json(kind, text, path)


def _meant(kind: EnumType | ChoiceType) -> dict[str, Json]:
    """What each text that is allowed stands for."""
    match kind:
        case EnumType(_, members):
            return {str(m.value): m.name for m in members} | {m.name: m.name for m in members}
        case ChoiceType(values):
            return {str(value): value for value in values}


def _json(kind: LiteralType, text: str, path: str) -> Json:
    try:
        return decode(text)
    except ValueError as error:
        if isinstance(kind, PrimitiveType):
            raise unreadable(kind, text, path) from None
        raise TypeMismatch(
            f"expected {describe(kind)} as JSON, got {reprlib.repr(text)}: {error}",
            path=path,
            hint=f"such as '{example(kind)}'",
        ) from None
