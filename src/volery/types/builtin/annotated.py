"""``Annotated[T, ...]``: as T. A family registered in front sees the metadata first."""

from __future__ import annotations

from typing import Any, get_args

from volery.types.codec import Codec
from volery.types.registry import CodecFor


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    return codec_for(get_args(annotation)[0])
