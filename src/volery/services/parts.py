"""Parts of values: what people open one after the other, and as little as that is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Final, NamedTuple, cast

from volery.data import arrays, offload
from volery.data.current import current
from volery.data.identity import identity
from volery.errors import CallError, NotFound
from volery.ir.content import Offloaded, content_of_wire, read_offloaded
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
    show,
    tag,
)
from volery.ir.values import (
    CONTENT,
    OFFLOADED,
    Ext,
    Raw,
    Wire,
    pack,
    split_array,
    split_record,
    unpack,
)
from volery.services.shown import Types
from volery.types.preview import ITEMS, preview
from volery.wire.parts import Part, Parts, PartsQuery

OPENED: Final = 64 * 1024 * 1024
"""Bytes of a stored value, other than a list, that is opened; a list is read piece by piece."""
GLIMPSES: Final = 20
"""So many stored values are looked into for their previews, in one answer."""
GLIMPSED: Final = 1024 * 1024
"""Bytes of such a value, other than a list."""

_JSON = JsonType()
_EMPTY: Mapping[str, RecordType] = {}


class _Value(NamedTuple):
    """A value inside another one; `around`: the records that it lies in, by name."""

    key: Any
    kind: LiteralType
    wire: Wire
    around: Mapping[str, RecordType] = _EMPTY


def parts_of(types: Types, record: bytes, query: PartsQuery) -> Parts:
    """What a query asks for, of a record of values of some types.

    Raises:
        NotFound: there is no such value, or no such part.
        StorageError: it cannot be read.
    """
    entries = split_record(record)
    names = [*(name for name in types if name in entries), *(set(entries) - set(types))]
    if not query.name:
        some = names[query.start : query.start + query.limit]
        looked = count()
        shown = tuple(_whole(name, types.get(name, _JSON), entries[name], looked) for name in some)
        return Parts(query.side, len(names), query.start, shown)
    if query.name not in entries:
        raise NotFound(f"there is no {query.side[:-1]} {query.name}")
    value = _Value(query.name, types.get(query.name, _JSON), unpack(entries[query.name]))
    for position in map(int, filter(None, query.at.split("."))):
        value = _part(value, position)
    value = _plain(value)
    length, some = _parts(value, query.start, query.limit)
    looked = count()
    shown = tuple(_shown(each, looked) for each in some)
    return Parts(show(value.kind), length, query.start, shown)


def _whole(name: str, kind: LiteralType, value: Raw, looked: Iterator[int]) -> Part:
    wire = unpack(value)
    plain = _plain(_Value(name, kind, wire))
    return Part(
        name,
        show(kind),
        _preview(plain, looked),
        _size(wire, value),
        _content_digest(wire) or identity(value),
        opens=_opens(plain),
    )


def _shown(value: _Value, looked: Iterator[int]) -> Part:
    plain = _plain(value)
    return Part(
        value.key,
        show(value.kind),
        _preview(plain, looked),
        _size(value.wire, None),
        _content_digest(value.wire),
        opens=_opens(plain),
    )


def _preview(value: _Value, looked: Iterator[int]) -> Any:
    """A preview; of a stored value that of how it begins, unless many others were `looked` into."""
    kind, wire = value.kind, value.wire
    if isinstance(kind, RecordType):  # one that others refer to has them with it
        kind = value.around.get(kind.name, kind)
    offloaded = _offloaded(wire)
    if offloaded is None or next(looked) >= GLIMPSES:
        return preview(kind, wire)
    if not _is_list(offloaded):
        return preview(kind, offload.opened(wire) if offloaded.size <= GLIMPSED else wire)
    low, high = arrays.bounds(offloaded)
    first = [unpack(each) for each in _range(offloaded, low, min(high, low + ITEMS))]
    return preview(kind, first) | {"length": high - low}


def _size(wire: Wire, packed: Raw | None) -> int | None:
    if isinstance(wire, Ext) and wire.code == OFFLOADED:
        offloaded = read_offloaded(bytes(wire.data))
        return offloaded.size if offloaded.start is None else None
    if isinstance(wire, Ext) and wire.code == CONTENT:
        size = content_of_wire(wire).size
        return size if size >= 0 else None
    return len(memoryview(pack(wire) if packed is None else packed))


def _content_digest(wire: Wire) -> str:
    if not isinstance(wire, Ext) or wire.code != CONTENT:
        return ""
    content = content_of_wire(wire)
    return content.identity or content.digest or content.uri


def _opens(value: _Value) -> bool:
    wire: Any = value.wire
    if isinstance(wire, list | dict):
        return bool(cast("Any", wire))
    offloaded = _offloaded(wire)
    if offloaded is None:
        return False
    return bool(offloaded.length) or (offloaded.length is None and offloaded.size <= OPENED)


# -- the way in ---------------------------------------------------------------------------------


def _part(value: _Value, position: int) -> _Value:
    length, found = _parts(_plain(value), position, 1)
    one = next(iter(found), None)
    if one is None:
        raise NotFound(f"{value.key} has {length} parts, and none at position {position}")
    return one


def _plain(value: _Value) -> _Value:
    """The same value as that which a union, a custom type or a name stands for."""
    key, kind, wire, around = value
    match kind:
        case CustomType(_, base):
            return _plain(_Value(key, base, wire, around))
        case RecursiveType(name):
            return _Value(key, around.get(name, _JSON), wire, around)
        case UnionType(variants):
            others = {tag(each): each for each in variants if each != NONE}
            match wire:
                case [str() as word, bare] if is_tagged(kind) and word in others:
                    return _plain(_Value(key, others[word], bare, around))
                case _ if len(others) == 1 and wire is not None:
                    return _plain(_Value(key, next(iter(others.values())), wire, around))
                case _:
                    return value
        case _:
            return value


def _parts(value: _Value, start: int, count: int) -> tuple[int, list[_Value]]:
    """How many parts a value has, and some of them."""
    key, kind, wire, around = value
    offloaded = _offloaded(wire)
    if offloaded is not None and _is_list(offloaded):
        low, high = arrays.bounds(offloaded)
        end = min(high - low, start + count)
        some = [unpack(each) for each in _range(offloaded, low + start, low + end)]
        return high - low, list(_elements(kind, some, start, around))
    if offloaded is not None:
        if offloaded.size > OPENED:
            raise CallError(f"{key} has {offloaded.size:,} bytes, which are too many to look into")
        wire = offload.opened(wire)
    if isinstance(wire, dict):
        return _entries(kind, cast("dict[Wire, Wire]", wire), start, count, around)
    if isinstance(wire, list):
        elements = cast("list[Wire]", wire)
        return len(elements), list(_elements(kind, elements[start : start + count], start, around))
    return 0, []


def _range(array: Offloaded, start: int, end: int) -> Iterator[Raw]:
    if start >= end:
        return
    from msgspec.structs import replace

    for first, block, _ in arrays.read(current(), replace(array, start=start, end=end)):
        yield from split_array(block)[max(0, start - first) : end - first]


def _elements(
    kind: LiteralType, some: list[Wire], start: int, around: Mapping[str, RecordType]
) -> Iterator[_Value]:
    for position, wire in enumerate(some, start):
        match kind:
            case ListType(element) | SetType(element):
                yield _Value(position, element, wire, around)
            case TupleType(elements) if position < len(elements):
                yield _Value(position, elements[position], wire, around)
            case MapType(key, value) if isinstance(wire, list) and len(cast("Any", wire)) == 2:
                name, inner = cast("list[Wire]", wire)
                yield _Value(preview(key, name), value, inner, around)
            case _:
                yield _Value(position, _JSON, wire, around)


def _entries(
    kind: LiteralType,
    wire: dict[Wire, Wire],
    start: int,
    count: int,
    around: Mapping[str, RecordType],
) -> tuple[int, list[_Value]]:
    items = list(wire.items())
    if isinstance(kind, RecordType):
        types = {each.name: each.type for each in kind.fields}
        items = [(name, each) for name, each in items if not (name in types and is_hidden(name))]
        inside = {**around, **named(kind)}
        found = [
            _Value(name, types.get(name, _JSON), each, inside)
            for name, each in items[start : start + count]
        ]
        return len(items), found
    key, value = (kind.key, kind.value) if isinstance(kind, MapType) else (_JSON, _JSON)
    some = items[start : start + count]
    return len(items), [_Value(preview(key, name), value, each, around) for name, each in some]


def _offloaded(wire: Wire) -> Offloaded | None:
    if isinstance(wire, Ext) and wire.code == OFFLOADED:
        return read_offloaded(bytes(wire.data))
    return None


def _is_list(offloaded: Offloaded) -> bool:
    return bool(offloaded.index) and (offloaded.start is None or offloaded.end is not None)
