"""Dataclasses: records of all their fields."""

from __future__ import annotations

import dataclasses
from typing import Any

from volery.errors import UnsupportedType
from volery.types.codec import Codec
from volery.types.hints import hints_of
from volery.types.making import CodecFor
from volery.types.record import RecordCodec, through_init


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    hints = hints_of(annotation)
    for name, hint in hints.items():
        if isinstance(hint, dataclasses.InitVar) and not hasattr(annotation, name):
            raise UnsupportedType(
                f"{annotation.__qualname__} takes {name} as an InitVar, which is not kept",
                hint="give it a default, or make it a field",
            )
    fields = dataclasses.fields(annotation)
    return RecordCodec(
        annotation,
        [
            (each.name, codec_for(hints[each.name], f".{each.name}"), _is_required(each))
            for each in fields
        ],
        through_init(annotation, {each.name: each.name for each in fields if each.init}),
    )


def _is_required(field: dataclasses.Field[Any]) -> bool:
    """Whether a field has to be given; ``__post_init__`` sets one that ``__init__`` lacks."""
    return field.init and field.default is field.default_factory is dataclasses.MISSING
