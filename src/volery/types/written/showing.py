"""Values as people read them: JSON, and text. The inverse of `reading`, but for hidden fields."""

from __future__ import annotations

import base64
import json  # not msgspec's: it has no integers beyond 64 bits
import math
from collections.abc import Callable, Iterable, Sequence

from volery.data import offload
from volery.ir.interface import Input, Output
from volery.ir.types import (
    NONE,
    CustomType,
    JsonType,
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
    tag,
)
from volery.ir.values import BIG_INT, CONTENT, OFFLOADED, Ext, Wire, split_record, unpack
from volery.types.preview import preview
from volery.types.texts import scalar_text
from volery.types.written.reading import Json, Records

SCREENFUL = 1_000
"""Characters of a value that are shown where not all of it is asked for."""


Kept = Callable[[LiteralType, Wire], Json]
"""What stands in the JSON for content, or for a value that was offloaded."""


def to_json(
    kind: LiteralType, wire: Wire, around: Records | None = None, kept: Kept = preview
) -> Json:
    """A value as JSON. `around` is for the recursion."""
    if wire is None:  # also an element of a map that failed, whatever its type
        return None
    if _is_kept_elsewhere(wire):
        return kept(kind, wire)
    around = around or {}
    match kind:
        case UnionType(variants):
            if is_tagged(kind):
                name, wire = wire
                variants = tuple(each for each in variants if tag(each) == name)
            return to_json(next(each for each in variants if each != NONE), wire, around, kept)
        case RecordType(fields=fields):
            inside = {**around, **named(kind)}
            types = {field.name: field.type for field in fields}
            return {
                each: to_json(types[each], item, inside, kept)
                for each, item in wire.items()
                if not is_hidden(each)
            }
        case RecursiveType(name):
            return to_json(around[name], wire, around, kept)
        case CustomType(_, base):
            return to_json(base, wire, around, kept)
        case _:
            return _collection(kind, wire, around, kept)


def _collection(kind: LiteralType, wire: Wire, around: Records, kept: Kept) -> Json:
    match kind:
        case ListType(element) | SetType(element):
            return [to_json(element, item, around, kept) for item in wire]
        case TupleType(elements):
            pairs = zip(elements, wire, strict=True)
            return [to_json(element, item, around, kept) for element, item in pairs]
        case MapType(key, value):
            return {
                _key(to_json(key, name, around)): to_json(value, item, around, kept)
                for name, item in _entries(wire)
            }
        case JsonType() if isinstance(wire, list):
            return [to_json(kind, item, around, kept) for item in _each(wire)]
        case JsonType() if isinstance(wire, dict):
            return {_key(name): to_json(kind, item, around, kept) for name, item in _entries(wire)}
        case _:
            return _scalar(wire)


def _is_kept_elsewhere(wire: Wire) -> bool:
    return isinstance(wire, Ext) and wire.code in {CONTENT, OFFLOADED}


def _entries(wire: Wire) -> Iterable[tuple[Wire, Wire]]:
    entries: Iterable[tuple[Wire, Wire]] = wire.items() if hasattr(wire, "items") else wire
    return entries


def _each(wire: Wire) -> Iterable[Wire]:
    return wire


def _scalar(wire: Wire) -> Json:
    match wire:
        case Ext(code=code, data=data) if code == BIG_INT:
            return int(data)
        case Ext():
            return scalar_text(wire)
        case bytes():
            return base64.b64encode(wire).decode()
        case float() if not math.isfinite(wire):
            return "NaN" if math.isnan(wire) else "Infinity" if wire > 0 else "-Infinity"
        case _:
            return wire


def _key(tree: Json) -> str:
    return tree if isinstance(tree, str) else to_text(tree)


def record_json(interface: Sequence[Input] | Sequence[Output], record: bytes) -> dict[str, Json]:
    """The inputs or outputs that a record holds, in the order of the interface.

    What was offloaded is read from the current storage. Raises StorageError.
    """
    entries = split_record(record)
    return {
        each.name: to_json(each.type, offload.unpack(entries[each.name]))
        for each in interface
        if each.name in entries
    }


def record_previews(
    interface: Sequence[Input] | Sequence[Output], record: bytes
) -> dict[str, Json]:
    """The same as previews (`types.preview`), for which nothing is read from a storage."""
    entries = split_record(record)
    return {
        each.name: preview(each.type, unpack(entries[each.name]))
        for each in interface
        if each.name in entries
    }


def to_text(tree: Json, limit: int | None = None) -> str:
    """JSON as one line of text; a text by itself goes without quotes.

    Args:
        tree: the JSON.
        limit: cut what is longer than so many characters, and say so.
    """
    text = tree if isinstance(tree, str) else json.dumps(tree, ensure_ascii=False)
    return text if limit is None else cut(text, limit)


def cut(text: str, limit: int) -> str:
    """Text of at most so many characters; what is longer says so."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text):,} characters)"
