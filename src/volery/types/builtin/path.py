"""Paths: only the name travels, as text.

What lies there does not: another machine may have nothing under that name, or something else. For
the content of a file or folder there are `File` and `Directory`.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from volery.errors import UnsupportedType
from volery.ir.types import PATH, show
from volery.ir.values import Wire
from volery.types.codec import Codec
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.scalar import is_encodable


class PathCodec:
    """Paths of one class.

    Args:
        declared: the class that was declared, which makes paths from text.
    """

    __slots__ = ("_declared", "_made", "type")

    def __init__(self, declared: type[PurePath]) -> None:
        self.type = PATH
        self._declared = declared
        self._made = type(declared())  # of Path, the class for the system that this runs on

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._made:
            raise mismatch(self._declared.__name__, value, path, hint=self._hint(value))
        text = str(value)
        if not is_encodable(text):
            hint = "its name is not UTF-8: rename it, or pass os.fsencode(...) of it as bytes"
            raise mismatch(
                f"{self._declared.__name__} with a name that is text", value, path, hint=hint
            )
        return text

    def from_wire(self, wire: Wire, path: str) -> PurePath:
        if type(wire) is not str:
            raise mismatch(show(self.type), wire, path)
        return self._declared(wire)

    def _hint(self, value: Any) -> str | None:
        if isinstance(value, str | PurePath):
            return f"pass {self._declared.__name__}(...) of it"
        return None


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    try:
        return PathCodec(annotation)
    except NotImplementedError:
        raise UnsupportedType(
            f"there is no {annotation.__name__} on this system", hint="declare Path or PurePath"
        ) from None
