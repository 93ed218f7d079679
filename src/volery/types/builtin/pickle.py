"""Objects by cloudpickle: ``Annotated[T, Pickle]``, and what ``pickle_untyped`` asks for.

The class that was declared is the format of the type; it is checked, and a subclass will do.
"""

from __future__ import annotations

import pickle
from types import UnionType
from typing import Any, BinaryIO, Union, cast, get_origin

from volery.data.content import About
from volery.errors import UnsupportedType
from volery.ir.types import ContentType
from volery.types.codec import Codec
from volery.types.content import ContentCodec, class_name
from volery.types.hints import meaning
from volery.types.making import CodecFor
from volery.types.mismatch import preview


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    try:
        import cloudpickle  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise UnsupportedType(
            f"{preview(meaning(annotation))} is to be pickled, which takes cloudpickle",
            hint="pip install 'volery[pickle]'",
        ) from None
    dump = cast("Any", cloudpickle).dump
    cls = _class(meaning(annotation))
    name = "" if cls is object else class_name(cls)
    return ContentCodec(ContentType("pickle", name), cls, dump, _load, _about)


def _class(annotation: Any) -> type:
    """The class that objects of an annotation have; object where it says nothing."""
    found = get_origin(annotation) or annotation
    says_nothing = found in (Any, Union, UnionType) or not isinstance(found, type)
    return object if says_nothing else found


def _load(file: BinaryIO) -> Any:
    return pickle.load(file)  # noqa: S301 - the declared type asks for it


def _about(value: object) -> About:
    return {
        "format": "pickle",
        "preview": {"type": class_name(type(value)), "text": preview(value)},
    }
