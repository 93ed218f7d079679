"""What a value is known by: its digest, and those of what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import NamedTuple, cast

from volery.data import arrays, offload
from volery.data.current import current
from volery.data.identity import identity
from volery.data.manifest import Entry, read_manifest
from volery.data.names import UNSAFE
from volery.data.references import references
from volery.errors import AlteredContent, MissingContent, StorageError
from volery.ir.content import Content, Offloaded, content_of_wire, read_offloaded
from volery.ir.types import (
    ChoiceType,
    EnumType,
    ListType,
    LiteralType,
    MapType,
    PrimitiveType,
    RecordType,
    SetType,
    TupleType,
    UnionType,
    show,
)
from volery.ir.values import CONTENT, OFFLOADED, Ext, Raw, Wire, split_array, unpack
from volery.types.preview import preview
from volery.types.written.previews import line, size_text
from volery.types.written.showing import cut

PARTS = 10_000
"""So many parts of one value are known by themselves."""
OPENED = 32 * 1024 * 1024
"""Bytes of a stored value that is opened to find them; a list is read piece by piece."""
TELLING = 64
"""Bytes from which on a plain value is hardly like another by chance."""
SHOWN = 120
"""Characters of a preview."""


class Known(NamedTuple):
    """A value, or a part of one, that is known by its digest.

    Attributes:
        at: where it is in the value; empty: it is the value.
        digest: of what it means.
        telling: what means the same is the same, and not alike by chance.
        content: digest of the bytes, where `digest` is another.
        uri: of content that others keep.
        type: for people; empty: it is a file in a directory.
        size: bytes of what is kept elsewhere, or is content; None: of anything else.
    """

    at: str
    digest: str
    preview: str
    telling: bool = True
    content: str = ""
    uri: str = ""
    type: str = ""
    size: int | None = None


def known(value: bytes | Raw, kind: LiteralType) -> Iterator[Known]:
    """A packed value of some type, and what in it has an identity of its own.

    Raises:
        StorageError: what is stored of it cannot be read; MissingContent, AlteredContent: it is a
            part of a stored list that is gone.
    """
    found = parts(value) if may_have_parts(kind) else iter(())
    first = next(found, None)
    if first is None or first.at:
        wire = unpack(value)
        shown = cut(line(preview(kind, wire)), SHOWN)
        telling = first is not None or memoryview(value).nbytes >= TELLING
        size = _size(wire)
        yield Known("", identity(value), shown, telling, type=_type(kind), size=size)
    else:
        first = first._replace(type=_type(kind))
    yield from chain(() if first is None else (first,), found)


def _type(kind: LiteralType) -> str:
    return cut(show(kind), SHOWN)


def _size(wire: Wire) -> int | None:
    """Bytes of a value that is kept elsewhere; None: of one that stands for itself."""
    if not isinstance(wire, Ext) or wire.code != OFFLOADED:
        return None
    return read_offloaded(bytes(wire.data)).size


def may_have_parts(kind: LiteralType) -> bool:
    """Whether values of a type may have something in them that has an identity of its own."""
    match kind:
        case PrimitiveType() | EnumType() | ChoiceType():
            return False
        case ListType(element) | SetType(element):
            return may_have_parts(element)
        case TupleType(elements):
            return any(map(may_have_parts, elements))
        case UnionType(variants):
            return any(map(may_have_parts, variants))
        case MapType(key, value):
            return may_have_parts(key) or may_have_parts(value)
        case RecordType() if not kind.definitions:
            return any(may_have_parts(field.type) for field in kind.fields)
        case _:
            return True


def parts(value: bytes | Raw) -> Iterator[Known]:
    """What in a packed value has an identity of its own: files, directories, tables, ...

    Raises:
        StorageError: what is stored of it cannot be read. What is gone is passed over.
    """
    if references(value):
        with suppress(MissingContent, AlteredContent):
            yield from islice(_parts(unpack(value), ""), PARTS)


def elements(value: bytes | Raw, start: int, *, alone: bool) -> Iterator[Known]:
    """The same for a part of a list; places are those in the whole.

    Args:
        value: an array of elements, or one element.
        start: where the first of them is in the whole.
        alone: it is one element.

    Raises:
        StorageError: what is stored of it cannot be read. What is gone is passed over.
    """
    if references(value):
        wire = unpack(value)
        found = _parts(wire, f"[{start}]") if alone else _each(wire, start, "")
        with suppress(MissingContent, AlteredContent):
            yield from islice(found, PARTS)


def _parts(wire: Wire, at: str) -> Iterator[Known]:
    found = _opened(wire)
    if isinstance(found, Ext):
        if found.code == CONTENT:
            yield from _content(found, at)
        else:
            yield from _each(found, 0, at)
    elif isinstance(found, dict):
        for key, each in cast("dict[Wire, Wire]", found).items():
            place = f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{key!r}]"
            yield from _parts(each, at + place)
    else:
        yield from _each(found, 0, at)


def _each(wire: Wire, start: int, at: str) -> Iterator[Known]:
    """The parts of the elements of a list; `start`: the number of the first."""
    if isinstance(wire, list):
        for index, element in enumerate(cast("list[Wire]", wire), start):
            yield from _parts(element, f"{at}[{index}]")
    elif (array := _array(wire)) is not None:
        low, high = arrays.bounds(array)
        for first, block, _ in arrays.read(current(), array):
            if references(block):
                for index, element in enumerate(split_array(block), first):
                    if low <= index < high:
                        yield from _parts(unpack(element), f"{at}[{start + index - low}]")


def _array(wire: Wire) -> Offloaded | None:
    """The stored list that a wire tree stands for, or the part of one."""
    if not isinstance(wire, Ext) or wire.code != OFFLOADED:
        return None
    found = read_offloaded(bytes(wire.data))
    return found if found.index and (found.start is None or found.end is not None) else None


def _opened(wire: Wire) -> Wire:
    """What a wire tree stands for, unless that is a list or more than what is opened."""
    if not isinstance(wire, Ext) or wire.code != OFFLOADED or _array(wire) is not None:
        return wire
    found = read_offloaded(bytes(wire.data))
    size = found.size
    if found.index and found.length:  # it is an element of a list
        size //= found.length
    return offload.opened(wire) if size <= OPENED else wire


def _content(wire: Ext, at: str) -> Iterator[Known]:
    """Content, and of a directory the files in it."""
    content = content_of_wire(wire)
    digest = content.identity or content.digest or content.uri
    shown = cut(_told(content), SHOWN)
    other = "" if content.digest == digest else content.digest
    kind = "directory" if content.is_manifest else content.format or "content"
    size = max(content.size, 0)
    yield Known(at, digest, shown, content=other, uri=content.uri, type=kind, size=size)
    if content.is_manifest and content.data is None and not content.uri:
        for entry in _files(content):
            shown = f"{entry.path} ({size_text(entry.size)})"
            yield Known(f"{at}/{entry.path}", entry.digest, cut(shown, SHOWN))


def _told(content: Content) -> str:
    """Content in a few words: its name, and how large it is."""
    name = content.name or content.uri or content.format or "content"
    size = "" if content.size < 0 else f" ({size_text(content.size)})"
    return f"{name}{'/' if content.is_manifest else ''}{size}"


def _files(content: Content) -> list[Entry]:
    """The files of a directory; none where it is not to be had any more."""
    try:
        entries = read_manifest(current(), content.digest)
    except (MissingContent, AlteredContent):
        return []
    except StorageError as error:
        if error.code != UNSAFE:
            raise
        return []
    return [entry for entry in entries if not entry.is_folder]
