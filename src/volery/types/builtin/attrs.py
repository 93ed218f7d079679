"""Classes of attrs: records of all their fields. Converters and validators see what comes in."""

from __future__ import annotations

from typing import Any

import attrs

from volery.errors import UnsupportedType
from volery.types.codec import Codec
from volery.types.hints import hints_of
from volery.types.making import CodecFor
from volery.types.record import RecordCodec, through_init


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    fields = attrs.fields(annotation)
    declared = {each.name: each.type for each in fields if each.type is not None}
    hints = declared | hints_of(annotation)  # the second resolves text
    if missing := [each.name for each in fields if each.name not in hints]:
        raise UnsupportedType(
            f"{annotation.__qualname__} does not say what its fields {', '.join(missing)} are",
            hint="annotate them, and write the class with attrs.define",
        )
    return RecordCodec(
        annotation,
        [
            (each.name, codec_for(hints[each.name], f".{each.name}"), _is_required(each))
            for each in fields
        ],
        through_init(annotation, {each.name: each.alias for each in fields if each.init}),
    )


def _is_required(field: attrs.Attribute[Any]) -> bool:
    """Whether a field has to be given; the class sets one that ``__init__`` lacks."""
    return field.init and field.default is attrs.NOTHING
