"""Literal types: what a value is, independent of Python.

A codec (``volery.types``) maps a Python annotation to one of these; edges of a graph are checked
against them; they are part of every interface and of its digest.
"""

from __future__ import annotations

from typing import Literal

import msgspec

PrimitiveName = Literal[
    "none", "bool", "int", "float", "str", "bytes", "datetime", "date", "time", "duration"
]
Scalar = None | bool | int | float | str


class _Type(msgspec.Struct, frozen=True, tag_field="type"):
    """Base of all literal types."""


class PrimitiveType(_Type, frozen=True, tag="primitive"):
    """A type without parts."""

    name: PrimitiveName


class EnumMember(msgspec.Struct, frozen=True):
    """A member of an enum; `value` is None where the Python value is not a scalar."""

    name: str
    value: Scalar = None


class EnumType(_Type, frozen=True, tag="enum"):
    """One of named members; the wire form is the member's name."""

    name: str
    members: tuple[EnumMember, ...]


class ChoiceType(_Type, frozen=True, tag="choice"):
    """One of given scalars (``typing.Literal``); the wire form is the scalar."""

    values: tuple[Scalar, ...]


class ListType(_Type, frozen=True, tag="list"):
    """Any number of elements of one type, in order."""

    element: LiteralType


class TupleType(_Type, frozen=True, tag="tuple"):
    """A fixed number of elements, each of its own type; the wire form is an array."""

    elements: tuple[LiteralType, ...]


class MapType(_Type, frozen=True, tag="map"):
    """Keys to values; the wire form is a map, or pairs where keys are extensions (`join_map`)."""

    key: LiteralType
    value: LiteralType


class UnionType(_Type, frozen=True, tag="union"):
    """One of several types.

    Wire form: with a single variant beside ``none`` the bare value or nil; otherwise a pair
    ``[tag, value]`` with the variant's `tag`, nil standing for none.
    """

    variants: tuple[LiteralType, ...]


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field of a record. A field that is not required has a default in its Python type."""

    name: str
    type: LiteralType
    required: bool = True


class RecordType(_Type, frozen=True, tag="record"):
    """Named fields (a dataclass and its like); the wire form is a map from field name to value."""

    name: str
    fields: tuple[Field, ...]


class RecursiveType(_Type, frozen=True, tag="recursive"):
    """Stands, inside a record, for the enclosing record of that name."""

    name: str


LiteralType = (
    PrimitiveType
    | EnumType
    | ChoiceType
    | ListType
    | TupleType
    | MapType
    | UnionType
    | RecordType
    | RecursiveType
)

NONE = PrimitiveType("none")
BOOL = PrimitiveType("bool")
INT = PrimitiveType("int")
FLOAT = PrimitiveType("float")
STR = PrimitiveType("str")
BYTES = PrimitiveType("bytes")
DATETIME = PrimitiveType("datetime")
DATE = PrimitiveType("date")
TIME = PrimitiveType("time")
DURATION = PrimitiveType("duration")


def show(kind: LiteralType) -> str:
    """A type as people write it: ``list[float]``, ``int | None``, the name of a record."""
    match kind:
        case PrimitiveType(name):
            return {"none": "None", "duration": "timedelta"}.get(name, name)
        case EnumType(name) | RecordType(name) | RecursiveType(name):
            return name.rpartition(".")[2]
        case ChoiceType(values):
            return f"Literal[{', '.join(map(repr, values))}]"
        case ListType(element):
            return f"list[{show(element)}]"
        case TupleType(elements):
            return f"tuple[{', '.join(map(show, elements)) or '()'}]"
        case MapType(key, value):
            return f"dict[{show(key)}, {show(value)}]"
        case UnionType(variants):
            return " | ".join(map(show, variants))


def tag(kind: LiteralType) -> str:
    """The word that marks this type as the chosen variant of a union."""
    match kind:
        case EnumType(name) | RecordType(name) | RecursiveType(name):
            return name
        case ListType(element):
            return f"list[{tag(element)}]"
        case TupleType(elements):
            return f"tuple[{','.join(map(tag, elements))}]"
        case MapType(key, value):
            return f"dict[{tag(key)},{tag(value)}]"
        case UnionType(variants):
            return "|".join(map(tag, variants))
        case _:
            return show(kind)


def is_tagged(union: UnionType) -> bool:
    """Whether values of this union carry the tag of their variant (see `UnionType`)."""
    return sum(variant != NONE for variant in union.variants) > 1
