"""Frames of pandas, polars and pyarrow: a table, whatever library made it and will read it.

``Annotated[pandas.DataFrame, kwtypes(name=str, age=int), "csv"]`` declares columns, which are then
all that travels, and the format. Columns may also stand in a dict or a ``pyarrow.Schema``.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, get_args

from volery.data.current import current
from volery.errors import TypeMismatch, UnsupportedType, suggest
from volery.ir.content import Content, content_to_wire
from volery.ir.types import Field, FrameType
from volery.ir.values import Wire
from volery.types.codec import Codec
from volery.types.columns import columns_of, is_columns
from volery.types.content import content_in
from volery.types.frames.classes import library_of
from volery.types.frames.suffixes import SUFFIXES
from volery.types.making import CodecFor
from volery.types.mismatch import at, mismatch


class FrameCodec:
    """Frames of exactly one class; the wire form is a `Content`."""

    __slots__ = ("_python", "type")

    def __init__(self, kind: FrameType, python: type) -> None:
        self.type = kind
        self._python = python

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._python:
            raise mismatch(_name(self._python), value, path, hint=self._hint(value))
        from volery.types.frames.writing import store

        rows = library_of(self._python).to_rows(value, path)
        return content_to_wire(store(rows, self.type, path))

    def from_wire(self, wire: Wire, path: str) -> Any:
        from volery.types.frames.reading import StoredFrame

        content = content_in(wire, self.type, path)  # in any format: what is read is the same
        stored = StoredFrame(content, current(), self.type.columns, path)
        return library_of(self._python).whole(stored)

    def _hint(self, value: Any) -> str | None:
        if isinstance(value, self._python):
            return f"an object of a subclass would come out as {_name(self._python)}: convert it"
        if hasattr(value, "open") and hasattr(value, "dataframe"):
            return f"return the frame itself, or dataset.open({_name(self._python)}).all()"
        return None


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    python, kind = declared(annotation, codec_for)
    return FrameCodec(kind, python)


def declared(annotation: Any, codec_for: CodecFor) -> tuple[type, FrameType]:
    """The class that an annotation means, with its columns and format.

    Raises:
        UnsupportedType: they cannot be used, or pyarrow is not installed.
    """
    python, *metadata = get_args(annotation) or (annotation,)
    if find_spec("pyarrow") is None:
        raise UnsupportedType(
            f"{_name(python)} needs pyarrow, which is not installed",
            hint="pip install 'volery[frames]'",
        )
    columns: tuple[Field, ...] = ()
    format = ""
    for each in metadata:
        if isinstance(each, str):
            format = _format(each)
        elif is_columns(each):
            columns = columns_of(each, codec_for)
        elif type(each).__module__ == "pyarrow.lib" and type(each).__name__ == "Schema":
            from volery.types.frames.schema import declared_by

            columns = declared_by(each)
    return python, FrameType(columns, format)


def content_of_frame(wire: Wire, kind: FrameType, path: str) -> Content:
    """The content that a wire tree is. Raises TypeMismatch if it is none, or in another format."""
    content = content_in(wire, kind, path)
    if kind.format and content.format and kind.format != content.format:
        raise TypeMismatch(
            f"expected a frame in format {kind.format}, got one in {content.format}{at(path)}",
            hint="leave the format out where the frame is read: any will do",
            path=path,
        )
    return content


def _format(text: str) -> str:
    name = text.lower()
    if name not in SUFFIXES:
        raise UnsupportedType(f"{text!r} is no format of frames", hint=suggest(name, SUFFIXES))
    return name


def _name(python: type) -> str:
    return f"{python.__module__.partition('.')[0]}.{python.__qualname__}"
