"""``Annotated[T, ...]``, ``Final[T]``, ``NewType`` and ``type X = T``: as what they stand for.

A family registered in front sees them whole.
"""

from __future__ import annotations

from typing import Any

from volery.types.codec import Codec
from volery.types.hints import behind
from volery.types.making import CodecFor


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    return codec_for(behind(annotation))
