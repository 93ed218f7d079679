"""Values from what people write: JSON, and the text of an option.

What JSON has no word for is text: times in ISO 8601, durations such as ``1h30m``, bytes in base64,
floats as ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``. An enum is its member's name; its value is
read, too. A map is an object whose keys are the text of each key. `showing` is the inverse.
"""

from __future__ import annotations

import base64
import reprlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from volery.cli import temporal
from volery.cli.describing import describe, example
from volery.errors import TypeMismatch, suggest
from volery.ir.types import (
    BOOL,
    BYTES,
    FLOAT,
    INT,
    NONE,
    STR,
    ChoiceType,
    EnumType,
    ListType,
    LiteralType,
    MapType,
    PrimitiveType,
    RecordType,
    RecursiveType,
    TupleType,
    UnionType,
    is_tagged,
    named,
    show,
    tag,
)
from volery.ir.values import BIG_INT, DATE, DATETIME, DURATION, TIME, Ext, Wire
from volery.types.mismatch import at

Json = Any
Records = Mapping[str, RecordType]
"""The records around a place in a type, by name: what `RecursiveType` refers to."""

_EXACT: dict[PrimitiveType, type] = {NONE: type(None), BOOL: bool, INT: int, STR: str}
_TEMPORAL: dict[str, tuple[int, Callable[[str], str]]] = {
    "datetime": (DATETIME, temporal.datetime_text),
    "date": (DATE, temporal.date_text),
    "time": (TIME, temporal.time_text),
    "duration": (DURATION, lambda text: str(temporal.duration_microseconds(text))),
}
_GREED: dict[LiteralType, int] = {FLOAT: 1, STR: 1, BYTES: 2}
"""Float takes ints, text takes times and enums, and much text passes for base64."""
_SPECIAL_FLOATS = {"NaN", "Infinity", "-Infinity"}


# -- JSON to wire ----------------------------------------------------------------------------


def to_wire(kind: LiteralType, tree: Json, path: str = "$", around: Records | None = None) -> Wire:
    """Read JSON as a value of a type. `around` is for the recursion.

    Raises:
        TypeMismatch: it is not of the type; carries the path to the offending part.
    """
    around = around or {}
    match kind:
        case PrimitiveType():
            return _primitive(kind, tree, path)
        case EnumType():
            return _member(kind, tree, path)
        case ChoiceType(values):
            if not any(_same(value, tree) for value in values):
                raise mismatch(kind, tree, path)
            return tree
        case ListType() | TupleType():
            return _array(kind, _need(kind, tree, list, path), path, around)
        case MapType():
            return _map(kind, _need(kind, tree, dict, path), path, around)
        case UnionType():
            return _union(kind, tree, path, around)
        case RecordType():
            return _record(kind, _need(kind, tree, dict, path), path, {**around, **named(kind)})
        case RecursiveType(name):
            return to_wire(around[name], tree, path, around)


def _primitive(kind: PrimitiveType, tree: Json, path: str) -> Wire:
    if kind in _EXACT:
        exact = _need(kind, tree, _EXACT[kind], path)
        is_big = kind == INT and not -(2**63) <= exact < 2**64
        return Ext(BIG_INT, str(exact).encode()) if is_big else exact
    if kind == FLOAT:
        # JSON does not tell 3 from 3.0: an int becomes a float where nothing is lost.
        if type(tree) is int:
            return float(tree) if abs(tree) <= 2**53 else tree
        special = isinstance(tree, str) and tree in _SPECIAL_FLOATS
        return float(tree) if special else _need(kind, tree, float, path)
    text = _need(kind, tree, str, path)
    try:
        if kind.name == "bytes":
            return base64.b64decode(text, validate=True)
        code, normal = _TEMPORAL[kind.name]
        return Ext(code, normal(text).encode())
    except (ValueError, OverflowError):
        raise mismatch(kind, tree, path) from None


def _member(kind: EnumType, tree: Json, path: str) -> Wire:
    by_name = [member.name for member in kind.members if _same(member.name, tree)]
    by_value = [member.name for member in kind.members if _same(member.value, tree)]
    if not by_name + by_value or tree is None:
        raise mismatch(kind, tree, path)
    return (by_name + by_value)[0]


def _array(kind: ListType | TupleType, tree: list[Json], path: str, around: Records) -> Wire:
    alike = isinstance(kind, ListType)
    elements = (kind.element,) * len(tree) if alike else kind.elements
    if len(elements) != len(tree):
        raise mismatch(kind, tree, path)
    return [
        to_wire(element, item, f"{path}[{index}]", around)
        for index, (element, item) in enumerate(zip(elements, tree, strict=True))
    ]


def _map(kind: MapType, tree: dict[str, Json], path: str, around: Records) -> Wire:
    entries = [
        (
            to_wire(kind.key, parse(kind.key, key, path), path, around),
            to_wire(kind.value, value, f"{path}[{key!r}]", around),
        )
        for key, value in tree.items()
    ]
    # Keys that travel as extension types make an array of pairs (see `types.builtin.mapping`).
    as_pairs = any(isinstance(key, Ext) for key, _ in entries)
    return [list(entry) for entry in entries] if as_pairs else dict(entries)


def _union(kind: UnionType, tree: Json, path: str, around: Records) -> Wire:
    if tree is None and NONE in kind.variants:
        return None
    variants = [variant for variant in kind.variants if variant != NONE]
    if not is_tagged(kind):
        return to_wire(variants[0], tree, path, around)
    # The first variant that takes it, those that would take what is meant for others at the end.
    for variant in sorted(variants, key=lambda each: _GREED.get(each, 0)):
        try:
            return [tag(variant), to_wire(variant, tree, path, around)]
        except TypeMismatch:
            continue
    raise mismatch(kind, tree, path)


def _record(kind: RecordType, tree: dict[str, Json], path: str, around: Records) -> Wire:
    names = [field.name for field in kind.fields]
    for name in tree:
        if name not in names:
            raise TypeMismatch(
                f"{show(kind)} has no field {name!r}{at(path)}",
                path=path,
                hint=suggest(name, names),
            )
    missing = [f.name for f in kind.fields if f.required and f.name not in tree]
    if missing:
        raise TypeMismatch(
            f"{show(kind)} needs {', '.join(missing)}{at(path)}",
            path=path,
            hint=f"such as {example(kind)}",
        )
    return {
        field.name: to_wire(field.type, tree[field.name], f"{path}.{field.name}", around)
        for field in kind.fields
        if field.name in tree
    }


def _need(kind: LiteralType, tree: Json, python: type, path: str) -> Any:
    if type(tree) is not python:
        raise mismatch(kind, tree, path)
    return tree


def _same(value: Json, tree: Json) -> bool:
    return type(value) is type(tree) and value == tree


def mismatch(kind: LiteralType, tree: Json, path: str) -> TypeMismatch:
    """The error for JSON that is not of a type."""
    came = reprlib.repr(tree)
    return TypeMismatch(f"expected {describe(kind)}, got {came}{at(path)}", path=path)


# -- text to JSON ----------------------------------------------------------------------------


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
                raise mismatch(kind, text, path) from None
        case PrimitiveType():
            return text
        case EnumType(_, members):
            texts = {str(m.value): m.name for m in members} | {m.name: m.name for m in members}
            return texts.get(text, text)
        case ChoiceType(values):
            return {str(value): value for value in values}.get(text, text)
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


def _json(kind: LiteralType, text: str, path: str) -> Json:
    try:
        return decode(text)
    except ValueError as error:
        if isinstance(kind, PrimitiveType):
            raise mismatch(kind, text, path) from None
        raise TypeMismatch(
            f"expected {describe(kind)} as JSON, got {reprlib.repr(text)}: {error}",
            path=path,
            hint=f"such as '{example(kind)}'",
        ) from None
