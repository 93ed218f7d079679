"""References: what a packed value needs from a storage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from volery.errors import AlteredContent
from volery.ir.content import Content, Offloaded, content_of_wire, read_offloaded
from volery.ir.values import CONTENT, OFFLOADED, Ext, Raw

if TYPE_CHECKING:
    from volery.data.storage import Storage

Reference = Content | Offloaded


def references(value: bytes | Raw) -> list[Reference]:
    """What a packed value refers to, itself."""
    found: list[Reference] = []

    def note(code: int, data: memoryview) -> None:
        if code == CONTENT:
            found.append(content_of_wire(Ext(code, bytes(data))))
        elif code == OFFLOADED:
            found.append(read_offloaded(data))

    msgspec.msgpack.Decoder(ext_hook=note).decode(value)
    return found


def digests(reference: Reference) -> Iterator[str]:
    """The digests of the bytes that a reference itself stands for; none where no store has them."""
    if isinstance(reference, Offloaded):
        yield reference.digest
        if reference.index:
            yield reference.index
    elif reference.data is None and reference.digest and not reference.uri:
        yield reference.digest


def copy(value: bytes | Raw, source: Storage, target: Storage) -> None:
    """Copy what a packed value needs, at any depth, and only the source has.

    What is in a storage has all that it needs there too, for parts are stored before the whole.
    """
    for reference in references(value):
        missing = [digest for digest in digests(reference) if not target.has(digest)]
        if missing and all(map(source.still_has, missing)):
            for inner in inside(reference, source):
                copy(inner, source, target)
            for digest in files(reference, source):
                copy_object(digest, source, target)
            for digest in missing:
                copy_object(digest, source, target)


def inside(reference: Reference, storage: Storage) -> Iterator[bytes]:
    """The packed values in the bytes that a reference stands for."""
    if not isinstance(reference, Offloaded):
        return
    if not reference.index:
        yield storage.get(reference.digest, reference.size)
        return
    from volery.data import arrays

    whole = msgspec.structs.replace(reference, start=None, end=None)
    for _, elements, _ in arrays.read(storage, whole):
        yield elements


def files(reference: Reference, storage: Storage) -> Iterator[str]:
    """The digests of the files of a directory."""
    if isinstance(reference, Content) and reference.is_manifest:
        from volery.data.manifest import read_manifest

        for entry in read_manifest(storage, reference.digest):
            if entry.digest:
                yield entry.digest


def copy_object(digest: str, source: Storage, target: Storage) -> None:
    """Copy bytes that only the source has, with bounded memory."""
    if target.has(digest):
        return
    with source.open(digest, -1) as file, target.writer() as writer:
        while data := file.read(CHUNK):
            writer.write(data)
    if writer.digest != digest:
        raise AlteredContent(
            f"content {digest[:12]} was altered before it was copied to {target.url}",
            hint="run again what made it",
        )


CHUNK = 8 * 1024 * 1024
"""Bytes that are copied at a time."""
