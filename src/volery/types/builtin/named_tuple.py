"""NamedTuples as values: records, like dataclasses."""

from __future__ import annotations

from typing import Any

from volery.errors import UnsupportedType
from volery.types.codec import Codec
from volery.types.hints import hints_of
from volery.types.making import CodecFor
from volery.types.record import RecordCodec


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    hints = hints_of(annotation)
    if missing := [name for name in annotation._fields if name not in hints]:
        raise UnsupportedType(
            f"{annotation.__qualname__} does not say what its fields {', '.join(missing)} are",
            hint="write it as a class that inherits from typing.NamedTuple",
        )
    return RecordCodec(
        annotation,
        [
            (name, codec_for(hints[name], f".{name}"), name not in annotation._field_defaults)
            for name in annotation._fields
        ],
        lambda fields: annotation(**fields),
    )
