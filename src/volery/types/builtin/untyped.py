"""Annotations of whose parts all that no other family handles are pickled (``pickle_untyped``)."""

from __future__ import annotations

from typing import Any

from volery.types import registry
from volery.types.codec import Codec
from volery.types.hints import behind
from volery.types.making import CodecFor


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it makes another
    """The codec of an annotation of this family."""
    return registry.codec_for(behind(annotation), pickle_untyped=True)
