"""Objects by cloudpickle: ``Annotated[T, Pickle]``, and what ``pickle_untyped`` asks for.

The class that was declared is the format of the type; it is checked, and a subclass will do.
"""

from __future__ import annotations

import pickle
from types import UnionType
from typing import Any, BinaryIO, Final, Union, cast, get_origin

from volery.data.content import About
from volery.errors import UnsupportedType
from volery.ir.types import ContentType
from volery.types.codec import Codec
from volery.types.content import ContentCodec
from volery.types.hints import class_name, meaning
from volery.types.making import CodecFor
from volery.types.mismatch import preview

_UNKNOWN: Final = (Any, Union, UnionType)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    try:
        import cloudpickle  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise UnsupportedType(
            f"{preview(meaning(annotation))} is to be pickled, which takes cloudpickle",
            hint="pip install 'volery[pickle]'",
        ) from None
    write = cast("Any", cloudpickle).dump

    def dump(value: Any, file: BinaryIO) -> None:
        write(value, file, protocol=5)  # known to every Python that is supported

    cls = _class(meaning(annotation))
    name = "" if cls is object else class_name(cls)
    return ContentCodec(ContentType("pickle", name), cls, dump, _load, _about)


def _class(annotation: Any) -> type:
    """The class that objects of an annotation have; object where it says nothing."""
    found: object = get_origin(annotation) or annotation
    says_something = isinstance(found, type) and found not in _UNKNOWN
    return cast("type", found) if says_something else object


def _load(file: BinaryIO) -> Any:
    return pickle.load(file)  # noqa: S301 - the declared type asks for it


def _about(value: object) -> About:
    return {
        "format": "pickle",
        "preview": {"type": class_name(type(value)), "text": preview(value)},
    }
