"""Enums: the wire form is the member's name.

Besides members, a str that is the name or the value of one member is taken.
"""

from __future__ import annotations

from enum import Enum, Flag
from typing import Any

from volery.errors import UnsupportedType, suggest
from volery.ir.types import EnumMember, EnumType
from volery.ir.values import Wire
from volery.types.codec import Codec
from volery.types.hints import class_name
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.scalar import is_scalar


class EnumCodec:
    """Members of one enum."""

    __slots__ = ("_enum", "type")

    def __init__(self, enum: type[Enum]) -> None:
        members = (
            EnumMember(each.name, each.value if is_scalar(each.value) else None) for each in enum
        )
        self.type = EnumType(class_name(enum), tuple(members))
        self._enum = enum

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is self._enum:
            return value.name
        meant = {each.name for each in self._enum if _names(value, each)}
        if len(meant) == 1:
            return meant.pop()
        raise mismatch(self._enum.__qualname__, value, path, hint=self._hint(value, meant))

    def from_wire(self, wire: Wire, path: str) -> Enum:
        if type(wire) is str and wire in self._enum.__members__:
            return self._enum[wire]
        raise mismatch(self._enum.__qualname__, wire, path, hint=self._hint(wire, set()))

    def _hint(self, value: Any, meant: set[str]) -> str | None:
        if meant:
            return f"it may mean {' or '.join(sorted(meant))}: pass the member"
        if type(value) is str:
            return suggest(value, (word for each in self._enum for word in _words(each)))
        return f"pass a member of {self._enum.__qualname__}"


def _names(value: Any, member: Enum) -> bool:
    return type(value) is str and value in _words(member)


def _words(member: Enum) -> tuple[str, ...]:
    """The texts that stand for a member: its name, and its value where that is a str."""
    return (member.name, member.value) if type(member.value) is str else (member.name,)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    if issubclass(annotation, Flag):
        raise UnsupportedType(
            f"{annotation.__qualname__} is a Flag, whose members combine",
            hint=f"declare int, and make {annotation.__qualname__}(...) of it in the task",
        )
    if not annotation.__members__:
        raise UnsupportedType(f"enum {annotation.__qualname__} has no members", hint="give it some")
    return EnumCodec(annotation)
