"""Decimal: exact, with its exponent, the sign of zero and every kind of NaN.

The context of the thread that reads it does not round it.
"""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation
from typing import Any, Final

from volery.ir import values
from volery.ir.types import DECIMAL
from volery.types.codec import Codec
from volery.types.extension import ExtensionCodec
from volery.types.making import CodecFor

_STRICT: Final = Context(traps=[InvalidOperation])
"""Text that is no number is an error here, whatever the user's own context says."""


def _write(value: Decimal) -> bytes:
    return str(value).encode()


def _read(data: bytes) -> Decimal:
    try:
        return Decimal(data.decode(), _STRICT)
    except InvalidOperation:
        raise ValueError("it is no decimal number") from None


def _hint(value: Any) -> str | None:
    if isinstance(value, float):
        return "pass Decimal(str(...)) of it: a float has binary digits"
    return "pass Decimal(...) of it" if isinstance(value, int | str) else None


_CODEC: Final = ExtensionCodec(
    DECIMAL, Decimal, values.DECIMAL, write=_write, read=_read, hint=_hint
)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    return _CODEC
