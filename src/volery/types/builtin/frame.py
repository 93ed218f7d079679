"""Frames of pandas, polars and pyarrow: a table, whatever library made it and will read it.

``Annotated[pandas.DataFrame, kwtypes(name=str, age=int), "csv"]`` declares columns, which are then
all that travels, and the format. Columns may also stand in a dict or a ``pyarrow.Schema``.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, get_args

from volery.data.current import current
from volery.data.places import path_of
from volery.errors import TypeMismatch, UnsupportedType, suggest
from volery.ir.content import Content, content_of_wire, content_to_wire
from volery.ir.types import Field, FrameType, show
from volery.ir.values import Ext, Wire
from volery.types.codec import Codec
from volery.types.columns import columns_of, is_columns
from volery.types.frames.classes import library_of
from volery.types.frames.names import SUFFIXES, format_by_name
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

        content = read_content(self.type, wire, path)
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


def read_content(kind: FrameType, wire: Wire, path: str) -> Content:
    """The content that a wire tree is. Raises TypeMismatch if it is none, or in another format."""
    try:
        content = content_of_wire(wire) if type(wire) is Ext else None
    except ValueError:
        content = None
    if content is None:
        raise mismatch(show(kind), wire, path)
    if kind.format and content.format and kind.format != content.format:
        raise TypeMismatch(
            f"expected a frame in format {kind.format}, got one in {content.format}{at(path)}",
            hint="leave the format out where the frame is read: any will do",
            path=path,
        )
    return content


def content_from_text(kind: FrameType, text: str, path: str) -> Wire:
    """A frame as the command line takes it: a path or a URI of a file, or of a folder of files.

    A local file is stored; a folder, and what is elsewhere, stays where it is.

    Args:
        kind: the declared type.
        text: what was given.
        path: where the frame stands in the whole.

    Raises:
        TypeMismatch: nothing is there, it is no frame, or not one with the declared columns.
        StorageError: it cannot be reached.
    """
    from volery.types.frames.datasets import reference
    from volery.types.frames.reading import StoredFrame
    from volery.types.frames.writing import store_file

    told = format_by_name(text)
    if told and kind.format and told != kind.format:
        raise mismatch(f"a {kind.format} file", text, path, hint=f"its name says {told}")
    if not told and not kind.format and Path(text).is_file():
        known = ", ".join(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
        raise mismatch("a file with a frame", text, path, hint=f"its name ends in one of: {known}")
    stored = StoredFrame(reference(text, kind, path), current(), kind.columns, path)
    file = path_of(stored.content.uri)
    if file is not None and file.is_file():
        return content_to_wire(store_file(stored, file))
    _ = stored.declared  # it is there and has the columns
    return content_to_wire(stored.content)


def _format(text: str) -> str:
    name = text.lower()
    if name not in SUFFIXES:
        raise UnsupportedType(f"{text!r} is no format of frames", hint=suggest(name, SUFFIXES))
    return name


def _name(python: type) -> str:
    return f"{python.__module__.partition('.')[0]}.{python.__qualname__}"
