"""complex: real and imaginary part as two floats."""

from __future__ import annotations

import struct
from typing import Any, Final

from volery.ir import values
from volery.ir.types import COMPLEX
from volery.types.codec import Codec
from volery.types.extension import ExtensionCodec
from volery.types.making import CodecFor

_FLOATS: Final = struct.Struct(">dd")


def _write(value: complex) -> bytes:
    return _FLOATS.pack(value.real, value.imag)


def _read(data: bytes) -> complex:
    if len(data) != _FLOATS.size:
        raise ValueError(f"it takes {_FLOATS.size} bytes, this one has {len(data)}")
    return complex(*_FLOATS.unpack(data))


def _hint(value: Any) -> str | None:
    return "pass complex(...) of it" if isinstance(value, int | float | str) else None


_CODEC: Final = ExtensionCodec(
    COMPLEX, complex, values.COMPLEX, write=_write, read=_read, hint=_hint
)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    return _CODEC
