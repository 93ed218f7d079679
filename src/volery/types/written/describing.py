"""Types in words and by example, for help and for errors."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any

import msgspec

from volery.errors import TypeMismatch
from volery.ir.types import (
    ChoiceType,
    ContentType,
    CustomType,
    EnumType,
    FrameType,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    PrimitiveType,
    RecordType,
    RecursiveType,
    SetType,
    TupleType,
    UnionType,
    show,
)
from volery.types.mismatch import at

_WORDS = {
    "bytes": "bytes as base64",
    "datetime": "a datetime (2024-05-01T09:00+02:00, now or today)",
    "date": "a date (2024-05-01 or today)",
    "time": "a time (09:30:00)",
    "duration": "a duration (1h30m, 90s, 5 minutes or PT1H30M)",
    "decimal": "a decimal number (1.10)",
    "complex": "a complex number (1+2j)",
    "uuid": "a UUID (1b4e28ba-2fa1-11d2-883f-0016d3cca427)",
    "path": "a path",
}
_EXAMPLES: dict[str, Any] = {
    "none": None,
    "bool": True,
    "int": 3,
    "float": 0.5,
    "str": "text",
    "bytes": "AAEC",
    "datetime": "2024-05-01T09:00+02:00",
    "date": "2024-05-01",
    "time": "09:30:00",
    "duration": "1h30m",
    "decimal": "1.10",
    "complex": "1+2j",
    "uuid": "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
    "path": "data/sales.csv",
}
_JSON_EXAMPLES: dict[str, Any] = {"any": {"key": 1}, "list": [1, "text"], "dict": {"key": 1}}


def describe(kind: LiteralType) -> str:
    """What a person may write for a value of this type."""
    match kind:
        case PrimitiveType(name):
            return _WORDS.get(name, show(kind))
        case EnumType() | ChoiceType():
            return f"one of {', '.join(choices(kind))}"
        case ContentType("file" | "directory") | FrameType():
            return f"the path or URI of a {place(kind).lower()} ({show(kind)})"
        case _:
            return show(kind)


def place(kind: ContentType | FrameType) -> str:
    """What names content on the command line: ``FILE`` or ``FOLDER``."""
    return "FOLDER" if isinstance(kind, ContentType) and kind.kind == "directory" else "FILE"


def choices(kind: EnumType | ChoiceType) -> list[str]:
    """The words that are allowed, as text."""
    match kind:
        case EnumType(_, members):
            return [member.name for member in members]
        case ChoiceType(values):
            return [str(value) for value in values]


def example(kind: LiteralType) -> str:
    """A value of this type, in JSON."""
    return msgspec.json.encode(_example(kind, {})).decode()


def _example(kind: LiteralType, records: Mapping[str, RecordType]) -> Any:
    """`records` are those that a `RecursiveType` may stand for without an end."""
    match kind:
        case ListType(element) | SetType(element):
            return [] if isinstance(element, RecursiveType) else [_example(element, records)]
        case TupleType(elements):
            return [_example(element, records) for element in elements]
        case MapType(key, value):
            return {str(_example(key, records)): _example(value, records)}
        case UnionType(variants):
            return _example(variants[0], records)
        case RecordType(name, fields, definitions):
            inside = {**records, **{each.name: each for each in definitions}}
            inside.pop(name, None)
            # Fields with a default may be left out; a record that holds itself ends that way.
            return {field.name: _example(field.type, inside) for field in fields if field.required}
        case RecursiveType(name):
            return _example(records[name], records) if name in records else None
        case CustomType(_, base):
            return _example(base, records)
        case _:
            return _example_without_parts(kind)


def _example_without_parts(
    kind: PrimitiveType | EnumType | ChoiceType | JsonType | ContentType | FrameType,
) -> Any:
    match kind:
        case PrimitiveType(name):
            return _EXAMPLES[name]
        case EnumType(_, members):
            return members[0].name
        case ChoiceType(values):
            return values[0]
        case JsonType(shape):
            return _JSON_EXAMPLES[shape]
        case ContentType("directory"):
            return "path/to/folder"
        case ContentType(_, format):
            return f"path/to/file.{format}" if format else "path/to/file"
        case FrameType(_, format):
            return f"path/to/table.{format or 'parquet'}"


def mismatch(kind: LiteralType, tree: Any, path: str) -> TypeMismatch:
    """The error for JSON that is not of a type."""
    came = "None" if tree is None else f"{reprlib.repr(tree)} ({type(tree).__name__})"
    return _error(kind, came, path)


def unreadable(kind: LiteralType, text: str, path: str) -> TypeMismatch:
    """The error for a text that says no value of a type; that it is a text goes without saying."""
    return _error(kind, reprlib.repr(text), path)


def _error(kind: LiteralType, came: str, path: str) -> TypeMismatch:
    return TypeMismatch(f"expected {describe(kind)}, got {came}{at(path)}", path=path)
