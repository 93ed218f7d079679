"""Identity: what a packed value means, as a digest; equal values have equal ones.

Names of files, previews, formats and places do not count. Content counts by its identity where it
has one (a table is the same table however it is compressed, and users may say what counts with
`HashMethod`), else by its bytes. Nothing is read, unless the value is an element of a stored list.
"""

from __future__ import annotations

from typing import Any

import msgspec

from volery.data import offload
from volery.ir import values
from volery.ir.content import content_of_wire, read_offloaded
from volery.ir.values import CONTENT, OFFLOADED, Ext, Raw


def identity(value: bytes | Raw) -> str:
    """The identity of a packed value: 64 hexadecimal digits.

    Raises:
        MissingContent, AlteredContent, StorageError: an element of a stored list cannot be had.
    """
    from volery.data.hashing import digest_of

    return digest_of(meaning(value))


def meaning(value: bytes | Raw) -> bytes:
    """What the identity of a packed value is the digest of. Raises the same."""
    return values.pack(_decoder.decode(value))


def _meant(code: int, data: memoryview) -> Any:
    if code == CONTENT:
        content = content_of_wire(Ext(code, bytes(data)))
        return Ext(CONTENT, (content.identity or content.digest or content.uri).encode())
    if code != OFFLOADED:
        return Ext(code, bytes(data))
    found = read_offloaded(data)
    if found.start is not None:  # what it stands for has no digest of its own
        return _decoder.decode(values.pack(offload.opened(Ext(code, bytes(data)))))
    return Ext(OFFLOADED, (found.identity or found.digest).encode())


_decoder = msgspec.msgpack.Decoder(ext_hook=_meant)
