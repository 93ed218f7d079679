"""Previews: short JSON of any value, for people, from its literal type and its wire tree alone.

No codec and no library is needed, nothing is opened, and the work is bounded like what it gives.

In a preview None, truth values, numbers and texts stand for themselves. Floats that JSON has no
word for, ints that a browser would round, and scalars such as dates are text. Everything else is an
object with a `type`, and the only arrays are those of `items` and `entries`:

``{"type": "list", "items": [...], "length": 1000}``
    also ``tuple`` and ``set``: the first elements, and how many there are
``{"type": "dict", "entries": [[key, value], ...], "length": 2}``
    the first entries, and how many there are
``{"type": "record", "name": "Point", "entries": [["x", 1.5], ...], "length": 2}``
    the same of a record, by field, without those that are hidden
``{"type": "text", "head": "...", "length": 100000}``
    the beginning of a long text, and how many characters it has
``{"type": "bytes", "head": "00ff...", "length": 1000}``
    the first bytes in hexadecimal digits, and how many there are
``{"type": "content", "kind": "file", "name": ..., "format": ..., "size": ..., "digest": ...,
"uri": ..., "preview": ...}``
    what is known of content; its own preview is whatever JSON its codec has made, arrays in it cut
    where there is no room
``{"type": "offloaded", "size": ..., "length": ...}``
    a value that is kept elsewhere: bytes, and elements if it is an array
``{"type": "unknown"}``
    what no value has

Unions and optional values are what they hold, custom types what they travel as. Where there is no
room left lists, dicts and records end early, which their `length` shows. Texts hold no control
characters but tabs and line ends, nothing that changes the direction of writing, and no halves of
surrogate pairs: U+FFFD stands in their place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import islice, repeat
from typing import Final, TypeVar, cast

import msgspec

from volery.ir.content import MAX_PREVIEW, Content, Json, Offloaded, content_of_wire, read_offloaded
from volery.ir.types import (
    NONE,
    ContentType,
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
    show,
    tag,
)
from volery.ir.values import CONTENT, OFFLOADED, Ext, Wire
from volery.types.texts import safe, scalar_text

Records = Mapping[str, RecordType]
"""The records around a place in a type, by name: what `RecursiveType` refers to."""

ITEMS: Final = 20
"""Elements and entries that are shown, at most."""
FIELDS: Final = 100
"""Fields of a record that are shown, at most."""
HEAD: Final = 1_000
"""Characters of a text that are shown, at most."""
_BYTES: Final = 32
_DEPTH: Final = 8
"""Levels of lists, dicts and records that are shown with their parts."""
_LEAST: Final = 100
"""Bytes into which any part fits, cut as far as can be."""
_SHORTER: Final = (None, 10, 5, 2, 1)
"""Lengths to which the arrays in the preview of content are cut, one after the other."""
_EXACT: Final = 2**53
"""Up to here a browser keeps every int."""

_JSON: Final = JsonType()
Part = TypeVar("Part")
Entry = tuple[Wire, LiteralType, Wire]
"""A key, and the type and wire tree of its value."""


def preview(kind: LiteralType, wire: Wire) -> Json:
    """What people are shown of a value: JSON of at most `MAX_PREVIEW` bytes of UTF-8.

    It never fails: what is not of the type is shown as what it looks like.

    Args:
        kind: the literal type.
        wire: the wire tree.
    """
    return _shown(kind, wire, _Space(MAX_PREVIEW))


class _Space(msgspec.Struct, frozen=True):
    """What there is for a part of a value.

    Attributes:
        room: bytes of JSON, at most; no less than `_LEAST`.
        depth: lists, dicts and records around it.
        around: the records around it.
    """

    room: int
    depth: int = 0
    around: Records = {}

    def inside(self, room: int) -> _Space:
        """The space of a part."""
        return _Space(room, self.depth + 1, self.around)

    def left(self, node: Json) -> int:
        """The bytes that there are for parts of a node."""
        return 0 if self.depth >= _DEPTH else self.room - _size(node)


def _shown(kind: LiteralType, wire: Wire, space: _Space) -> Json:
    match kind:
        case UnionType():
            return _shown(*_opened(kind, wire), space)
        case CustomType(_, base):
            return _shown(base, wire, space)
        case RecursiveType(name):
            return _shown(space.around.get(name, _JSON), wire, space)
        case _:
            return _as_it_looks(kind, wire, space)


def _as_it_looks(kind: LiteralType, wire: Wire, space: _Space) -> Json:
    match wire:
        case list():
            return _array(kind, cast("list[Wire]", wire), space)
        case dict():
            return _map(kind, cast("dict[Wire, Wire]", wire), space)
        case Ext():
            return _extension(kind, wire, space)
        case bytes():
            count = min(_BYTES, (space.room - 60) // 2)
            return {"type": "bytes", "head": wire[:count].hex(), "length": len(wire)}
        case str():
            return _text(wire, space.room)
        case _:
            return _scalar(wire)


def _opened(kind: UnionType, wire: Wire) -> tuple[LiteralType, Wire]:
    """The variant that a value is of, and the value without its tag."""
    variants = {tag(each): each for each in kind.variants if each != NONE}
    match wire:
        case [str() as word, bare] if is_tagged(kind) and word in variants:
            return variants[word], bare
        case _ if len(variants) == 1:
            return next(iter(variants.values())), wire
        case _:
            return _JSON, wire


# -- what has parts --------------------------------------------------------------------------


def _array(kind: LiteralType, wire: list[Wire], space: _Space) -> Json:
    match kind:
        case MapType(_, value) if _are_pairs(wire[:ITEMS]):
            entries = [(name, value, each) for name, each in wire[:ITEMS]]
            return _with_entries({"type": "dict"}, entries, len(wire), space)
        case TupleType(elements):
            return _with_items("tuple", elements, wire, space)
        case SetType(element):
            return _with_items("set", repeat(element), wire, space)
        case ListType(element):
            return _with_items("list", repeat(element), wire, space)
        case _:
            return _with_items("list", repeat(_JSON), wire, space)


def _are_pairs(wire: list[Wire]) -> bool:
    return all(isinstance(each, list) and len(cast("list[Wire]", each)) == 2 for each in wire)


def _map(kind: LiteralType, wire: dict[Wire, Wire], space: _Space) -> Json:
    match kind:
        case RecordType():
            types = {each.name: each.type for each in kind.fields}
            head = {"type": "record", "name": safe(show(kind)[: space.room // 10])}
            space = msgspec.structs.replace(space, around={**space.around, **named(kind)})
            hidden = {name for name in types if is_hidden(name) and name in wire}
            fields = islice((each for each in wire.items() if each[0] not in hidden), FIELDS)
            entries = [(name, types.get(name, _JSON), each) for name, each in fields]
            return _with_entries(head, entries, len(wire) - len(hidden), space)
        case _:
            value = kind.value if isinstance(kind, MapType) else _JSON
            entries = [(name, value, each) for name, each in islice(wire.items(), ITEMS)]
            return _with_entries({"type": "dict"}, entries, len(wire), space)


def _with_items(
    word: str, kinds: Iterable[LiteralType], wire: list[Wire], space: _Space
) -> dict[str, Json]:
    def item(part: tuple[LiteralType, Wire], room: int) -> Json:
        return _shown(*part, space.inside(room))

    node: dict[str, Json] = {"type": word, "items": [], "length": len(wire)}
    parts = list(zip(kinds, wire[:ITEMS], strict=False))
    node["items"] = _as_many(parts, item, space.left(node), _LEAST)
    return node


def _with_entries(
    head: dict[str, str], entries: list[Entry], length: int, space: _Space
) -> dict[str, Json]:
    def entry(part: Entry, room: int) -> Json:
        key, kind, value = part
        shown = _as_it_looks(_JSON, key, space.inside(_LEAST))  # scalars, whatever their type
        return [shown, _shown(kind, value, space.inside(room - _size([shown, 0])))]

    node: dict[str, Json] = {**head, "entries": [], "length": length}
    node["entries"] = _as_many(entries, entry, space.left(node), 2 * _LEAST + len("[,],"))
    return node


def _as_many(
    parts: list[Part], show_part: Callable[[Part, int], Json], left: int, least: int
) -> list[Json]:
    """As many parts as there is room for. What one of them leaves is for those after it."""
    shown: list[Json] = []
    for index, part in enumerate(parts):
        share = max(left // (len(parts) - index), least)
        if left < share:
            break
        shown.append(show_part(part, share - len(",")))
        left -= _size(shown[-1]) + len(",")
    return shown


# -- what has none ---------------------------------------------------------------------------


def _scalar(wire: Wire) -> Json:
    match wire:
        case None | bool():
            return wire
        case int() if abs(wire) <= _EXACT:
            return wire
        case int() if abs(wire) < 2**64:
            return str(wire)
        case float() if math.isfinite(wire):
            return wire
        case float():
            return "NaN" if math.isnan(wire) else "Infinity" if wire > 0 else "-Infinity"
        case _:
            return {"type": "unknown"}


def _text(text: str, room: int) -> Json:
    head = safe(text[:HEAD])
    if len(text) <= HEAD and _size(head) <= room:
        return head
    node = {"type": "text", "head": "", "length": len(text)}
    left = room - _size(node) + len('""')
    while _size(head) > left:
        head = head[: len(head) * 3 // 4]
    return node | {"head": head}


def _extension(kind: LiteralType, wire: Ext, space: _Space) -> Json:
    try:
        match wire.code:
            case code if code == CONTENT:
                return _content(kind, content_of_wire(wire), space.room)
            case code if code == OFFLOADED:
                return _offloaded(read_offloaded(bytes(wire.data)))
            case _:
                return _text(scalar_text(wire), space.room)
    except (ValueError, RecursionError):
        return {"type": "unknown"}


def _content(kind: LiteralType, content: Content, room: int) -> Json:
    """What is known of content, the most telling first, as far as there is room."""
    node: dict[str, Json] = {"type": "content"}
    known = {
        "kind": kind.kind if isinstance(kind, ContentType) else "frame",
        "size": content.size if content.size >= 0 else None,
        "name": content.name,
        "format": content.format,
        "digest": content.digest,
        "uri": content.uri,
        "preview": content.preview,
    }
    for name, value in known.items():
        if value is None or value == "":
            continue
        larger = (node | {name: _clean(value, length)} for length in _SHORTER)
        node = next((each for each in larger if _size(each) <= room), node)
    return node


def _clean(tree: Json, length: int | None) -> Json:
    """JSON that somebody else has made: its texts made safe, its arrays cut to a length."""
    match tree:
        case str():
            return safe(tree)
        case list():
            return [_clean(each, length) for each in cast("list[Json]", tree)[:length]]
        case dict():
            entries = cast("dict[Json, Json]", tree)
            return {safe(str(key)): _clean(each, length) for key, each in entries.items()}
        case None | bool() | int() | float():
            return _scalar(tree)
        case _:
            return None


def _offloaded(offloaded: Offloaded) -> Json:
    """Nobody knows the size of a part, and of a single element not its length either."""
    size, length = offloaded.size, offloaded.length
    if offloaded.start is not None:
        size = None
        length = None if offloaded.end is None else offloaded.end - offloaded.start
    known = {"type": "offloaded", "size": size, "length": length}
    return {name: value for name, value in known.items() if value is not None}


def _size(tree: Json) -> int:
    return len(msgspec.json.encode(tree))
