"""What a value is known by: its digest, and those of what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple, cast

from volery.data import offload
from volery.data.current import current
from volery.data.identity import identity
from volery.data.manifest import Entry, read_manifest
from volery.data.references import references
from volery.errors import StorageError
from volery.ir.content import Content, content_of_wire, read_offloaded
from volery.ir.types import LiteralType
from volery.ir.values import CONTENT, OFFLOADED, Ext, Raw, Wire, unpack
from volery.types.preview import preview
from volery.types.written.previews import line, size_text
from volery.types.written.showing import cut

PARTS = 1_000
"""So many parts of one value are known by themselves."""
OPENED = 1024 * 1024
"""Bytes of a stored value that is opened to find them."""
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
    """

    at: str
    digest: str
    preview: str
    telling: bool = True
    content: str = ""
    uri: str = ""


def known(value: bytes | Raw, kind: LiteralType) -> Iterator[Known]:
    """A packed value of some type, and what in it has an identity of its own.

    Raises:
        StorageError: it is a part of a stored list, which cannot be read.
    """
    found = parts(value)
    first = next(found, None)
    if first is None or first.at:
        shown = cut(line(preview(kind, unpack(value))), SHOWN)
        telling = first is not None or memoryview(value).nbytes >= TELLING
        yield Known("", identity(value), shown, telling)
    yield from chain(() if first is None else (first,), found)


def parts(value: bytes | Raw) -> Iterator[Known]:
    """What in a packed value has an identity of its own: files, directories, tables, ..."""
    if references(value):
        yield from islice(_parts(unpack(value), ""), PARTS)


def elements(value: bytes | Raw, start: int, *, alone: bool) -> Iterator[Known]:
    """The same for a part of a list; places are those in the whole.

    Args:
        value: an array of elements, or one element.
        start: where the first of them is in the whole.
        alone: it is one element.
    """
    if references(value):
        wire = [unpack(value)] if alone else _opened(unpack(value))
        yield from islice(_each(wire, start, ""), PARTS)


def _parts(wire: Wire, at: str) -> Iterator[Known]:
    found = _opened(wire)
    if isinstance(found, Ext):
        if found.code == CONTENT:
            yield from _content(found, at)
    elif isinstance(found, dict):
        for key, each in cast("dict[Wire, Wire]", found).items():
            place = f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{key!r}]"
            yield from _parts(each, at + place)
    else:
        yield from _each(found, 0, at)


def _each(wire: Wire, start: int, at: str) -> Iterator[Known]:
    if isinstance(wire, list):
        for index, element in enumerate(cast("list[Wire]", wire), start):
            yield from _parts(element, f"{at}[{index}]")


def _opened(wire: Wire) -> Wire:
    """What a wire tree stands for, if that is no more than what is opened."""
    if not isinstance(wire, Ext) or wire.code != OFFLOADED:
        return wire
    found = read_offloaded(bytes(wire.data))
    size = found.size
    if found.start is not None and found.length:
        size = size * ((found.end or found.start + 1) - found.start) // found.length
    return offload.opened(wire) if size <= OPENED else wire


def _content(wire: Ext, at: str) -> Iterator[Known]:
    """Content, and of a directory the files in it."""
    content = content_of_wire(wire)
    digest = content.identity or content.digest or content.uri
    shown = cut(_told(content), SHOWN)
    other = "" if content.digest == digest else content.digest
    yield Known(at, digest, shown, content=other, uri=content.uri)
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
    except StorageError:
        return []
    return [entry for entry in entries if not entry.is_folder]
