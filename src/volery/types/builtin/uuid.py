"""UUID: its 16 bytes."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from volery.ir import types, values
from volery.types.codec import Codec
from volery.types.extension import ExtensionCodec
from volery.types.making import CodecFor


def _write(value: UUID) -> bytes:
    return value.bytes


def _read(data: bytes) -> UUID:
    return UUID(bytes=data)


def _hint(value: Any) -> str | None:
    return "pass UUID(...) of it" if isinstance(value, str) else None


_CODEC: Final = ExtensionCodec(types.UUID, UUID, values.UUID, write=_write, read=_read, hint=_hint)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    return _CODEC
