"""Content and offloaded values: what stands in a value for bytes that are kept elsewhere.

Both name bytes by their digest (BLAKE3, 64 hexadecimal digits), never by the place where a store
keeps them: a store may move. Only content that belongs to somebody else is named by a URI.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from volery.ir.values import CONTENT, OFFLOADED, Ext

THRESHOLD: Final = 64 * 1024
"""Bytes of a packed value from which on it is kept elsewhere."""

MAX_INLINE: Final = 32 * 1024
"""Bytes of content, other than files, that stand in the value: with all that is said about it, it
stays below the threshold."""

MAX_PREVIEW: Final = 8 * 1024
"""Bytes of a preview, as JSON, at most."""

MAX_OWN_PREVIEW: Final = MAX_PREVIEW - 1024
"""Of which what content brings itself may take so many; the rest is for its name and its like."""

Json = Any


class Content(msgspec.Struct, frozen=True, omit_defaults=True):
    """Bytes with a meaning of their own: a file, a directory, a table, an array, ...

    Attributes:
        digest: of the bytes; empty where only their URI is known.
        size: how many bytes; of a directory, those of its files together; -1: not known.
        data: the bytes themselves where they are few and no file; then no store keeps them.
        uri: where they are, if they are somebody else's; empty: in the store.
        name: file name that people know it by, without folders.
        format: how the bytes are written, such as ``csv`` or ``parquet``.
        is_manifest: whether the bytes list the files of a directory (`data.manifest`).
        identity: digest of what the bytes mean, where that is not the digest of the bytes.
        facts: what a codec has to know to read the bytes.
        preview: what people are shown of it: JSON, at most `MAX_OWN_PREVIEW` bytes.
    """

    digest: str = ""
    size: int = -1
    data: bytes | None = None
    uri: str = ""
    name: str = ""
    format: str = ""
    is_manifest: bool = False
    identity: str = ""
    facts: dict[str, Json] = {}
    preview: Json = None


class Offloaded(msgspec.Struct, frozen=True, omit_defaults=True):
    """A packed value that is kept elsewhere, or a part of it if it is an array.

    Attributes:
        digest: of the whole packed value.
        size: of it, in bytes.
        length: how many elements the whole has; None: it is no array.
        index: digest of the list of its blocks (`data.arrays`); empty: it is no array.
        identity: digest of what it means, where that is not `digest`.
        start: first element of the part; None: the whole.
        end: end of the part; None: the one element at `start`.
    """

    digest: str
    size: int
    length: int | None = None
    index: str = ""
    identity: str = ""
    start: int | None = None
    end: int | None = None


_encode = msgspec.msgpack.encode
_contents = msgspec.msgpack.Decoder(Content)
_offloaded = msgspec.msgpack.Decoder(Offloaded)


def content_to_wire(content: Content) -> Ext:
    """Content as it stands in a wire tree."""
    return Ext(CONTENT, _encode(content))


def content_of_wire(wire: Ext) -> Content:
    """The inverse. Raises ValueError for what is no content."""
    if wire.code != CONTENT:
        raise ValueError(f"extension {wire.code} is no content")
    return _contents.decode(wire.data)


def offloaded_to_wire(offloaded: Offloaded) -> Ext:
    """An offloaded value as it stands in a wire tree."""
    return Ext(OFFLOADED, _encode(offloaded))


def read_offloaded(data: bytes | memoryview) -> Offloaded:
    """The inverse, from the data of the extension. Raises ValueError for what is none."""
    return _offloaded.decode(data)
