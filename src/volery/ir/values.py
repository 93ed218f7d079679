"""Values: lossless data in MessagePack.

A value is the MessagePack form of a *wire tree*: None, bool, int, float, str, bytes, list, dict and
the extension types below. How a Python object becomes a wire tree is the business of the codecs.
Nothing here knows types, so values can be cut, joined and moved without being understood.

Inputs and outputs of a step travel as one *record*: a MessagePack map from name to value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

Ext = msgspec.msgpack.Ext
Raw = msgspec.Raw
Wire = Any
"""A wire tree; see the module's text for what it may hold."""

# Extension codes. They are part of the stored format: never reuse one.
BIG_INT: Final = 1
"""An int outside 64 bits, as decimal text."""
DATETIME: Final = 2
"""ISO 8601 text; zone key in brackets where the zone has one; `#1` at the end for fold=1."""
DATE: Final = 3
"""ISO 8601 text."""
TIME: Final = 4
"""ISO 8601 text, as for DATETIME."""
DURATION: Final = 5
"""Whole microseconds, as decimal text."""
DECIMAL: Final = 6
"""Decimal text, as Python writes it: exponent, sign of zero and NaN are kept."""
COMPLEX: Final = 7
"""Real and imaginary part: two 64-bit floats, big-endian."""
UUID: Final = 8
"""Its 16 bytes."""
CONTENT: Final = 9
"""A packed `ir.content.Content`: bytes with a meaning of their own."""
OFFLOADED: Final = 10
"""A packed `ir.content.Offloaded`: stands for a value, or for a part of one, that is stored
elsewhere. Codecs never see it."""

EXTENSIONS: Final = range(BIG_INT, OFFLOADED + 1)
"""All codes that this version knows."""

NIL: Final = b"\xc0"
EMPTY: Final = b"\x80"
"""A record without entries."""

_FIXARRAY: Final = 0x90
_ARRAY16: Final = b"\xdc"
_ARRAY32: Final = b"\xdd"

_EXTENSIONS = frozenset((*range(0xC7, 0xCA), *range(0xD4, 0xD9)))
"""First bytes of packed extensions."""

_CLOCKS = {DATETIME: "datetime", DATE: "date", TIME: "time"}

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder()
_records = msgspec.msgpack.Decoder(dict[str, Raw])
_arrays = msgspec.msgpack.Decoder(list[Raw])

pack = _encoder.encode
"""A wire tree as bytes. `Raw` parts are copied in as they are."""
unpack = _decoder.decode
"""Bytes as a wire tree."""


def split_record(record: bytes) -> dict[str, Raw]:
    """The entries of a record, undecoded."""
    return _records.decode(record)


def join_record(entries: Mapping[str, bytes | Raw]) -> bytes:
    """The inverse of `split_record`."""
    return _encoder.encode({name: Raw(value) for name, value in entries.items()})


def split_array(value: bytes | Raw) -> list[Raw]:
    """The elements of an array, undecoded."""
    return _arrays.decode(value)


def join_array(elements: list[Raw]) -> bytes:
    """The inverse of `split_array`."""
    return _encoder.encode(elements)


def array_header(length: int) -> bytes:
    """What stands before the packed elements of an array."""
    if length < 16:
        return bytes((_FIXARRAY | length,))
    if length < 1 << 16:
        return _ARRAY16 + length.to_bytes(2)
    return _ARRAY32 + length.to_bytes(4)


def is_array(value: bytes | Raw) -> bool:
    """Whether a packed value is an array."""
    first = bytes(memoryview(value)[:1])
    return first in {_ARRAY16, _ARRAY32} or (first != b"" and first[0] & 0xF0 == _FIXARRAY)


def is_extension(value: bytes | Raw) -> bool:
    """Whether a packed value is an extension."""
    view = memoryview(value)
    return view.nbytes > 0 and view[0] in _EXTENSIONS


def join_map(pairs: Sequence[tuple[bytes, bytes | Raw]]) -> bytes:
    """A map from packed keys and values; an array of pairs where a key is an extension.

    MessagePack readers cannot keep an extension as a key, so codecs use the second form too.
    """
    if any(key[0] in _EXTENSIONS for key, _ in pairs):
        return join_array([Raw(join_array([Raw(key), Raw(value)])) for key, value in pairs])
    count = len(pairs)
    if count < 16:
        header = bytes((0x80 | count,))
    elif count < 1 << 16:
        header = b"\xde" + count.to_bytes(2)
    else:
        header = b"\xdf" + count.to_bytes(4)
    return header + b"".join(bytes(part) for pair in pairs for part in pair)


def is_scalar(wire: Wire) -> bool:
    """Whether `comparable` takes a wire tree."""
    if isinstance(wire, Ext):
        return wire.code not in {COMPLEX, CONTENT, OFFLOADED}
    return not isinstance(wire, dict | list)


def comparable(wire: Wire) -> Any:
    """A scalar in a form that compares as its meaning does.

    Raises ValueError for what is not a scalar.
    """
    if not is_scalar(wire):
        raise ValueError("only scalars compare")
    if isinstance(wire, Ext):
        if wire.code == UUID:
            return bytes(wire.data)
        text = bytes(wire.data).decode()
        match wire.code:
            case code if code in {BIG_INT, DURATION}:
                return int(text)
            case code if code == DECIMAL:
                return _decimal(text)
            case code if code in _CLOCKS:
                return _reading(_CLOCKS[code], text)
            case code:
                raise ValueError(f"extension {code} does not compare")
    return wire


def _decimal(text: str) -> Any:
    from decimal import Decimal

    return Decimal(text)


def _reading(kind: str, text: str) -> Any:
    """A date or time for comparing: with its offset, without the name of its zone."""
    import datetime as dt

    return getattr(dt, kind).fromisoformat(text.partition("[")[0].partition("#")[0])
