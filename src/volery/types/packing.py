"""Between Python objects and packed values, by way of a codec.

What is large is offloaded to the current storage on the way, and comes back from there.
"""

from __future__ import annotations

from typing import Any

import msgspec

from volery.data import offload
from volery.data.current import using
from volery.errors import TypeMismatch
from volery.ir.types import show
from volery.types.codec import Codec, is_streaming
from volery.types.mismatch import at, mismatch


def pack(codec: Codec, value: Any, path: str = "$") -> bytes:
    """A Python object as a packed value.

    Args:
        codec: of the declared type.
        value: the object.
        path: where it stands in the whole.

    Raises:
        TypeMismatch: it is not of the declared type, is nested too deeply or cannot be packed.
        StorageError: it is large and cannot be stored.
    """
    try:
        if is_streaming(codec):
            return codec.pack(value, path)
        return offload.pack(codec.to_wire(value, path))
    except RecursionError:
        raise _too_deep(codec, path) from None


def pack_constant(codec: Codec, value: Any, path: str = "$") -> bytes:
    """A default, or a constant in a graph, as a packed value: see `pack`.

    It is packed once and used by every execution, whichever storage that has. So what of it is
    large stands in the storage of this process, and is copied to theirs when they begin.
    """
    with using(None):
        return pack(codec, value, path)


def unpack(codec: Codec, data: bytes | msgspec.Raw, path: str = "$") -> Any:
    """The Python object of a packed value.

    Args:
        codec: of the declared type.
        data: the packed value.
        path: where it stands in the whole.

    Raises:
        TypeMismatch: the bytes are no value, or not one of the declared type.
        StorageError: a part of it that was stored cannot be had.
    """
    if is_streaming(codec):
        return codec.unpack(data, path)
    try:
        wire = offload.unpack(data)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError, RecursionError) as error:
        expected = f"a packed {show(codec.type)}"
        raise mismatch(
            expected, bytes(memoryview(data)[:60]), path, hint=f"no value: {error}"
        ) from None
    try:
        return codec.from_wire(wire, path)
    except RecursionError:
        raise _too_deep(codec, path) from None


def _too_deep(codec: Codec, path: str) -> TypeMismatch:
    return TypeMismatch(
        f"expected {show(codec.type)}, got one that is nested too deeply{at(path)}",
        hint="keep a flat table, such as a dict from name to node, instead of objects in objects",
        path=path,
    )
