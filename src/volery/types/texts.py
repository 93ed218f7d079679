"""Texts that people are shown."""

from __future__ import annotations

import re
import struct
from typing import Final

from volery.durations import write_duration
from volery.ir.values import BIG_INT, COMPLEX, DATE, DATETIME, DECIMAL, DURATION, TIME, UUID, Ext

_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def safe(text: str) -> str:
    """Text that neither commands a terminal nor reads other than it is written.

    U+FFFD stands for control characters but tabs and line ends, for what changes the direction of
    writing, and for halves of surrogate pairs.
    """
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub("\ufffd", text)


def scalar_text(wire: Ext) -> str:
    """An extension that is a scalar as people write it: ``1.10``, ``1h30m``, ``2024-05-01``.

    Raises:
        ValueError: it is no scalar, or its data makes no sense.
    """
    match wire.code:
        case code if code == DURATION:
            return write_duration(int(bytes(wire.data)))
        case code if code == COMPLEX:
            return _complex_text(bytes(wire.data))
        case code if code == UUID:
            digits = bytes(wire.data).hex()
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
        case code if code in {BIG_INT, DATETIME, DATE, TIME, DECIMAL}:
            return bytes(wire.data).decode()
        case code:
            raise ValueError(f"extension {code} is no scalar")


def _complex_text(data: bytes) -> str:
    """``1+2j``: what `complex` reads back."""
    try:
        real, imaginary = struct.unpack(">dd", data)
    except struct.error as error:
        raise ValueError(str(error)) from None
    return str(complex(real, imaginary)).strip("()")
