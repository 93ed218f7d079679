"""Literal types: what a value is, independent of Python.

A codec (``volery.types``) maps a Python annotation to one of these; edges of a graph are checked
against them; they are part of every interface and of its digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

PrimitiveName = Literal[
    "none", "bool", "int", "float", "str", "bytes", "datetime", "date", "time", "duration",
    "decimal", "complex", "uuid", "path",
]  # fmt: skip
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

    def __eq__(self, other: object) -> bool:
        return _is_same_text(self, other)

    def __hash__(self) -> int:
        return hash((self.name, self.value))


class EnumType(_Type, frozen=True, tag="enum"):
    """One of named members; the wire form is the member's name."""

    name: str
    members: tuple[EnumMember, ...]


class ChoiceType(_Type, frozen=True, tag="choice"):
    """One of given scalars (``typing.Literal``); the wire form is the scalar."""

    values: tuple[Scalar, ...]

    def __eq__(self, other: object) -> bool:
        return _is_same_text(self, other)

    def __hash__(self) -> int:
        return hash(self.values)


class ListType(_Type, frozen=True, tag="list"):
    """Any number of elements of one type, in order."""

    element: LiteralType


class SetType(_Type, frozen=True, tag="set"):
    """Distinct elements of one type; the wire form is an array, ordered by packed element."""

    element: LiteralType


class JsonType(_Type, frozen=True, tag="json"):
    """What JSON can say, its structure unknown: any of it, a list or a dict.

    The wire form is its own: None, bool, int, float, str, arrays, and maps whose keys are str or
    int.
    """

    shape: Literal["any", "list", "dict"] = "any"


class TupleType(_Type, frozen=True, tag="tuple"):
    """A fixed number of elements, each of its own type; the wire form is an array."""

    elements: tuple[LiteralType, ...]


class MapType(_Type, frozen=True, tag="map"):
    """Keys to values; the wire form is a map, or pairs where keys are extensions (`join_map`)."""

    key: LiteralType
    value: LiteralType


class UnionType(_Type, frozen=True, tag="union"):
    """One of several types, none of them a union.

    Wire form: with a single variant beside ``none`` the bare value or nil; otherwise a pair
    ``[tag, value]`` with the variant's `tag`, nil standing for none.
    """

    variants: tuple[LiteralType, ...]


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """A field of a record. A field that is not required has a default in its Python type."""

    name: str
    type: LiteralType
    required: bool = True


class RecordType(_Type, frozen=True, tag="record", omit_defaults=True):
    """Named fields (a dataclass and its like); the wire form is a map from field name to value.

    Attributes:
        definitions: the other records that contain this one and are contained in it, by name, so
            that each is written out once. They have no definitions of their own.
    """

    name: str
    fields: tuple[Field, ...]
    definitions: tuple[RecordType, ...] = ()


class ContentType(_Type, frozen=True, tag="content", omit_defaults=True):
    """Content: bytes with a meaning of their own; the wire form is a `Content` (`ir.content`).

    Attributes:
        kind: what the content is: ``file``, ``directory``, ``numpy.ndarray``, ``pickle``, ...
        format: what narrows that: of a file how it is written, such as ``csv``, of an array the
            type of its elements, of a pickled object its class; empty where any will do.
    """

    kind: str
    format: str = ""


class FrameType(_Type, frozen=True, tag="frame", omit_defaults=True):
    """A table; the wire form is a `Content` (`ir.content`), whatever library made it.

    Attributes:
        columns: those that are declared; empty where any will do.
        format: how it is written, such as ``parquet``; empty where any will do.
    """

    columns: tuple[Field, ...] = ()
    format: str = ""


class CustomType(_Type, frozen=True, tag="custom"):
    """A type that a user brought, by name; the wire form is that of another type."""

    name: str
    base: LiteralType


class RecursiveType(_Type, frozen=True, tag="recursive"):
    """Stands, inside a record, for the record itself or one of its definitions, by name."""

    name: str


LiteralType = (
    PrimitiveType
    | EnumType
    | ChoiceType
    | ListType
    | SetType
    | TupleType
    | MapType
    | JsonType
    | UnionType
    | RecordType
    | ContentType
    | FrameType
    | CustomType
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
DECIMAL = PrimitiveType("decimal")
COMPLEX = PrimitiveType("complex")
UUID = PrimitiveType("uuid")
PATH = PrimitiveType("path")


def show(kind: LiteralType) -> str:
    """A type as people write it: ``list[float]``, ``int | None``, the name of a record."""
    match kind:
        case PrimitiveType(name):
            return _PYTHON_NAMES.get(name, name)
        case EnumType(name) | RecordType(name) | CustomType(name) | RecursiveType(name):
            return name.rpartition(".")[2]
        case ChoiceType(values):
            return f"Literal[{', '.join(map(repr, values))}]"
        case JsonType(shape):
            return "JSON" if shape == "any" else shape
        case UnionType(variants):
            return " | ".join(map(show, variants))
        case ContentType(name, format):
            word = _CONTENT_NAMES.get(name, name)
            return f"{word}[{format!r}]" if format else word
        case FrameType(columns, format):
            parts = [f"{each.name}: {show(each.type)}" for each in columns]
            parts += [repr(format)] if format else []
            return f"frame[{', '.join(parts)}]" if parts else "frame"
        case _:
            return _show_collection(kind)


def _show_collection(kind: ListType | SetType | TupleType | MapType) -> str:
    match kind:
        case ListType(element):
            return f"list[{show(element)}]"
        case SetType(element):
            return f"set[{show(element)}]"
        case TupleType(elements):
            return f"tuple[{', '.join(map(show, elements)) or '()'}]"
        case MapType(key, value):
            return f"dict[{show(key)}, {show(value)}]"


_PYTHON_NAMES = {
    "none": "None", "duration": "timedelta", "decimal": "Decimal", "uuid": "UUID", "path": "Path",
}  # fmt: skip
_CONTENT_NAMES = {"file": "File", "directory": "Directory"}


def tag(kind: LiteralType) -> str:
    """The word that marks this type as the chosen variant of a union."""
    match kind:
        case EnumType(name) | RecordType(name) | CustomType(name) | RecursiveType(name):
            return name
        case ListType(element):
            return f"list[{tag(element)}]"
        case SetType(element):
            return f"set[{tag(element)}]"
        case TupleType(elements):
            return f"tuple[{','.join(map(tag, elements))}]"
        case MapType(key, value):
            return f"dict[{tag(key)},{tag(value)}]"
        case UnionType(variants):
            return "|".join(map(tag, variants))
        case FrameType(columns, format) if columns:
            parts = [f"{each.name}:{tag(each.type)}" for each in columns]
            return f"frame[{','.join([*parts, format])}]"
        case _:
            return show(kind)


def named(record: RecordType) -> dict[str, RecordType]:
    """What each `RecursiveType` inside a record stands for, by name; whole records."""
    group = sorted(
        (RecordType(record.name, record.fields), *record.definitions), key=lambda each: each.name
    )
    return {
        each.name: RecordType(
            each.name, each.fields, tuple(other for other in group if other is not each)
        )
        for each in group
    }


def unfold(record: RecordType) -> tuple[Field, ...]:
    """The fields of a record, with records in place of the names that stand for them."""
    records = named(record)
    return tuple(
        Field(each.name, _resolved(each.type, records), each.required) for each in record.fields
    )


def _resolved(kind: LiteralType, records: Mapping[str, RecordType]) -> LiteralType:
    """A type that stands inside records. A record inside it needs nothing from outside."""
    match kind:
        case RecursiveType(name):
            return records[name]
        case ListType(element):
            return ListType(_resolved(element, records))
        case SetType(element):
            return SetType(_resolved(element, records))
        case TupleType(elements):
            return TupleType(tuple(_resolved(each, records) for each in elements))
        case MapType(key, value):
            return MapType(key, _resolved(value, records))
        case UnionType(variants):
            return UnionType(tuple(_resolved(each, records) for each in variants))
        case CustomType(name, base):
            return CustomType(name, _resolved(base, records))
        case _:
            return kind


def is_hidden(field: str) -> bool:
    """Whether people neither give a field nor are shown it: it is its codec's own, by its name."""
    return field.startswith("__")


def is_tagged(union: UnionType) -> bool:
    """Whether values of this union carry the tag of their variant (see `UnionType`)."""
    return sum(variant != NONE for variant in union.variants) > 1


def _is_same_text(left: object, right: object) -> bool:
    """Equality of what holds scalars: to Python 1, 1.0 and True are equal, to us they are not."""
    return type(left) is type(right) and repr(left) == repr(right)
