"""Structs of msgspec: records of all their fields, whatever they are renamed to elsewhere."""

from __future__ import annotations

from typing import Any

import msgspec

from volery.types.codec import Codec
from volery.types.hints import hints_of
from volery.types.making import CodecFor
from volery.types.record import RecordCodec, through_init


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    hints = hints_of(annotation)
    return RecordCodec(
        annotation,
        [
            (each.name, codec_for(hints[each.name], f".{each.name}"), each.required)
            for each in msgspec.structs.fields(annotation)
        ],
        through_init(
            annotation,
            {name: name for name in annotation.__struct_fields__},
            msgspec.structs.force_setattr,
        ),
    )
