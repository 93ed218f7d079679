"""Values from JSON, the way people write them.

What JSON has no word for is text: times in ISO 8601, durations such as ``1h30m``, bytes in base64,
floats as ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``, decimals, complex numbers, UUIDs and paths.
An enum is its member's name; its value is read, too. A map is an object whose keys are the text of
each key, a set an array. A custom type is what it travels as. `showing` is the inverse.

Files, folders and tables are the path or the URI of one, and are stored when they are read; or a
reference to one that is stored (see `references`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import filterfalse
from typing import Any

from volery.data.current import is_foreign, lent
from volery.data.places import is_uri, path_of
from volery.errors import TypeMismatch, suggest
from volery.ir.types import (
    BYTES,
    DECIMAL,
    FLOAT,
    NONE,
    PATH,
    STR,
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
    is_hidden,
    is_tagged,
    named,
    show,
    tag,
)
from volery.ir.values import Ext, Wire, pack
from volery.types.mismatch import MOST, at, together
from volery.types.written.describing import example, mismatch
from volery.types.written.parsing import parse
from volery.types.written.references import is_reference, referred
from volery.types.written.scalars import int_wire, need, scalar

Json = Any
Records = Mapping[str, RecordType]
"""The records around a place in a type, by name: what `RecursiveType` refers to."""

_SHAPES: dict[str, type] = {"list": list, "dict": dict}
_GREED: dict[LiteralType, int] = {
    **dict.fromkeys((FLOAT, DECIMAL), 1),
    **dict.fromkeys((STR, PATH), 2),
    BYTES: 3,
    **dict.fromkeys((JsonType(), JsonType("list"), JsonType("dict")), 4),
}
"""Floats and decimals take ints, text takes times and enums, much text passes for base64, and
everything for JSON."""


def to_wire(kind: LiteralType, tree: Json, path: str = "$", around: Records | None = None) -> Wire:
    """Read JSON as a value of a type. `around` is for the recursion.

    Raises:
        TypeMismatch: it is not of the type; carries the path to the offending part.
    """
    around = around or {}
    match kind:
        case PrimitiveType():
            return scalar(kind, tree, path)
        case EnumType():
            return _member(kind, tree, path)
        case ChoiceType(values):
            if not any(_same(value, tree) for value in values):
                raise mismatch(kind, tree, path)
            return tree
        case UnionType():
            return _union(kind, tree, path, around)
        case CustomType(_, base):
            return to_wire(base, tree, path, around)
        case RecursiveType(name):
            return to_wire(around[name], tree, path, around)
        case ContentType() | FrameType():
            if is_reference(tree):
                return referred(kind, tree, path)
            return _content(kind, need(kind, tree, str, path), path)
        case _:
            return _container(kind, tree, path, around)


def _container(
    kind: ListType | SetType | TupleType | MapType | RecordType | JsonType,
    tree: Json,
    path: str,
    around: Records,
) -> Wire:
    match kind:
        case ListType() | TupleType():
            return _array(kind, need(kind, tree, list, path), path, around)
        case SetType(element):
            elements = _array(ListType(element), need(kind, tree, list, path), path, around)
            packed = {pack(each): each for each in elements}  # as `types.builtin.sets` has them
            return [packed[each] for each in sorted(packed)]
        case MapType():
            return _map(kind, need(kind, tree, dict, path), path, around)
        case RecordType():
            return _record(kind, need(kind, tree, dict, path), path, {**around, **named(kind)})
        case JsonType("any"):
            return _json_wire(tree)
        case JsonType(shape):
            return _json_wire(need(kind, tree, _SHAPES[shape], path))


def _json_wire(tree: Json) -> Wire:
    match tree:
        case int() if type(tree) is not bool:
            return int_wire(tree)
        case list():
            return [_json_wire(each) for each in _each(tree)]
        case dict():
            return {name: _json_wire(each) for name, each in _items(tree)}
        case _:
            return tree


def _items(tree: Any) -> Iterator[tuple[str, Json]]:
    yield from tree.items()


def _each(tree: Any) -> Iterator[Json]:
    yield from tree


def _content(kind: ContentType | FrameType, text: str, path: str) -> Wire:
    own = lent(text)
    if own is not None:
        text = str(own)
    elif is_foreign() and (not is_uri(text) or path_of(text) is not None):
        raise TypeMismatch(
            f"expected a URI that this server can read, got a path: {text!r}",
            hint="send the content with `Remote` or volery run --remote, or name it as s3://...",
            path=path,
        )
    if isinstance(kind, FrameType):
        from volery.types.frames.files import content_from_text as frame_from_text

        return frame_from_text(kind, text, path)
    from volery.types.builtin.file import content_from_text

    return content_from_text(kind, text, path)


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
    items = enumerate(zip(elements, tree, strict=True))
    return _each_of(((part, item, f"{path}[{index}]") for index, (part, item) in items), around)


def _map(kind: MapType, tree: dict[str, Json], path: str, around: Records) -> Wire:
    places = {key: f"{path}[{key!r}]" for key in tree}
    keys = ((kind.key, parse(kind.key, key, here), here) for key, here in places.items())
    values = ((kind.value, tree[key], here) for key, here in places.items())
    entries = list(zip(_each_of(keys, around), _each_of(values, around), strict=True))
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
    wrong = [
        TypeMismatch(
            f"{show(kind)} has no field {name!r}{at(path)}",
            path=path,
            hint=suggest(name, filterfalse(is_hidden, names)),
        )
        for name in tree
        if name not in names
    ]
    missing = [f.name for f in kind.fields if f.required and f.name not in tree]
    places = {field.name: f"{path}.{field.name}" for field in kind.fields}
    hint = f"such as {example(kind)}" if missing else None
    wrong += [
        TypeMismatch(f"{show(kind)} needs {name}{at(places[name])}", path=places[name], hint=hint)
        for name in missing
    ]
    given = [field for field in kind.fields if field.name in tree]
    parts = ((field.type, tree[field.name], places[field.name]) for field in given)
    wires = _each_of(parts, around, wrong)
    return {field.name: wire for field, wire in zip(given, wires, strict=True)}


def _each_of(
    parts: Iterable[tuple[LiteralType, Json, str]],
    around: Records,
    wrong: Sequence[TypeMismatch] = (),
) -> list[Wire]:
    """Read parts at their paths; what is wrong is told together, and with what was before."""
    found = list(wrong)
    wires: list[Wire] = []
    for kind, tree, path in parts:
        try:
            wires.append(to_wire(kind, tree, path, around))
        except TypeMismatch as error:
            found.append(error)
            if len(found) == MOST:
                break
    if found:
        raise together(found)
    return wires


def _same(value: Json, tree: Json) -> bool:
    return type(value) is type(tree) and value == tree
