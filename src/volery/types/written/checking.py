"""Wire trees from outside: whether they are values of the type that they are said to be of."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import filterfalse
from typing import Any, cast

from volery.data.current import is_foreign
from volery.data.places import path_of
from volery.errors import TypeMismatch, suggest
from volery.ir.content import content_of_wire, read_offloaded
from volery.ir.types import (
    FLOAT,
    NONE,
    ContentType,
    CustomType,
    FrameType,
    ListType,
    LiteralType,
    MapType,
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
from volery.ir.values import BIG_INT, OFFLOADED, Ext, Wire
from volery.types.content import content_in
from volery.types.mismatch import at, mismatch
from volery.types.written.reading import Records, to_wire
from volery.types.written.showing import to_json


def check_wire(
    kind: LiteralType, wire: Wire, path: str = "$", around: Records | None = None
) -> None:
    """Check a wire tree. What of it was offloaded is not opened. `around` is for the recursion.

    Raises:
        TypeMismatch: it is no value of the type; carries the path to the offending part.
    """
    if isinstance(wire, Ext) and wire.code == OFFLOADED:
        _check_offloaded(wire, path)
        return
    around = around or {}
    match kind:
        case UnionType():
            _check_union(kind, wire, path, around)
        case CustomType(_, base):
            check_wire(base, wire, path, around)
        case RecursiveType(name):
            check_wire(around[name], wire, path, around)
        case RecordType():
            _check_record(kind, wire, path, {**around, **named(kind)})
        case ListType() | SetType() | TupleType() | MapType():
            _check_collection(kind, wire, path, around)
        case ContentType() | FrameType():
            _check_content(kind, wire, path)
        case _:
            _check_scalar(kind, wire, path)


def _check_collection(
    kind: ListType | SetType | TupleType | MapType, wire: Wire, path: str, around: Records
) -> None:
    match kind:
        case MapType(key, value):
            for name, item in _entries(kind, wire, path):
                check_wire(key, name, path, around)
                check_wire(value, item, f"{path}[{name!r}]", around)
        case ListType(element) | SetType(element):
            for index, item in enumerate(_list(kind, wire, path)):
                check_wire(element, item, f"{path}[{index}]", around)
        case TupleType(elements):
            items = _list(kind, wire, path)
            if len(items) != len(elements):
                raise mismatch(show(kind), wire, path)
            for index, (element, item) in enumerate(zip(elements, items, strict=True)):
                check_wire(element, item, f"{path}[{index}]", around)


def _check_content(kind: ContentType | FrameType, wire: Wire, path: str) -> None:
    if isinstance(kind, ContentType) and kind.kind in {"file", "directory"}:
        from volery.types.builtin.file import content_from_wire

        content_from_wire(wire, kind, path)
    else:
        content_in(wire, kind, path)
    if isinstance(wire, Ext) and is_foreign():
        uri = content_of_wire(wire).uri
        if uri and path_of(uri) is not None:
            raise TypeMismatch(f"{uri} is a path of another machine", path=path)


def _check_scalar(kind: LiteralType, wire: Wire, path: str) -> None:
    """What has no parts: it can be shown as its type, and read again in the same form."""
    try:
        again = to_wire(kind, to_json(kind, wire), path)
    except TypeMismatch:
        raise
    except (ValueError, TypeError, AttributeError, UnicodeDecodeError):
        raise mismatch(show(kind), wire, path) from None
    is_whole = kind == FLOAT and _form(wire) in {int, BIG_INT}  # it may stand for a float
    if _form(again) != _form(wire) and not is_whole:
        raise mismatch(show(kind), wire, path)


def _form(wire: Wire) -> object:
    return wire.code if isinstance(wire, Ext) else cast("type[Any]", type(wire))


def _check_record(kind: RecordType, wire: Wire, path: str, around: Records) -> None:
    if not isinstance(wire, dict):
        raise mismatch(show(kind), wire, path)
    types = {field.name: field.type for field in kind.fields}
    for name, item in _entries(kind, wire, path):
        if name not in types:
            raise TypeMismatch(
                f"{show(kind)} has no field {name!r}{at(path)}",
                path=path,
                hint=suggest(str(name), filterfalse(is_hidden, types)),
            )
        check_wire(types[name], item, f"{path}.{name}", around)
    missing = [each.name for each in kind.fields if each.required and each.name not in wire]
    if missing:
        raise TypeMismatch(f"{show(kind)} needs {', '.join(missing)}{at(path)}", path=path)


def _check_union(kind: UnionType, wire: Wire, path: str, around: Records) -> None:
    if wire is None and NONE in kind.variants:
        return
    variants = [each for each in kind.variants if each != NONE]
    if is_tagged(kind):
        match wire:
            case [str(chosen), item]:
                variants, wire = [each for each in variants if tag(each) == chosen], item
            case _:
                raise mismatch(show(kind), wire, path)
    if not variants:
        raise mismatch(show(kind), wire, path)
    check_wire(variants[0], wire, path, around)


def _list(kind: LiteralType, wire: Wire, path: str) -> list[Wire]:
    if not isinstance(wire, list):
        raise mismatch(show(kind), wire, path)
    return cast("list[Wire]", wire)


def _entries(kind: LiteralType, wire: Wire, path: str) -> Iterable[tuple[Wire, Wire]]:
    """Of a map, which stands as pairs where a key is an extension."""
    match wire:
        case dict():
            return cast("dict[Wire, Wire]", wire).items()
        case list():
            pairs = cast("list[Any]", wire)
            if all(isinstance(pair, list) and len(cast("list[Any]", pair)) == 2 for pair in pairs):
                return pairs
        case _:
            pass
    raise mismatch(show(kind), wire, path)


def _check_offloaded(wire: Ext, path: str) -> None:
    """Whoever opens it checks what is in it."""
    try:
        read_offloaded(bytes(wire.data))
    except ValueError as error:
        raise mismatch("a stored value", wire, path, hint=str(error)) from None
