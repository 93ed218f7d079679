"""Files: `File`, ``os.PathLike``, and ``TextIO`` and ``BinaryIO`` for those who only read."""

from __future__ import annotations

import os
import re
from typing import IO, Any, BinaryIO, Final, TextIO, cast

from msgspec.structs import replace

from volery.data.current import current
from volery.data.places import parts_of
from volery.data.workplace import workplace
from volery.errors import ConfigError, TypeMismatch, VoleryError
from volery.ir.content import Content, content_of_wire, content_to_wire
from volery.ir.types import ContentType, show
from volery.ir.values import Ext, Wire
from volery.types.codec import Codec
from volery.types.file import File
from volery.types.formatted import format_of
from volery.types.hints import meaning
from volery.types.making import CodecFor
from volery.types.mismatch import at, mismatch
from volery.types.names import is_name
from volery.types.sources.foreign import ForeignFile
from volery.types.sources.stored import StoredFile

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MODES: Final[dict[Any, str]] = {TextIO: "r", BinaryIO: "rb"}


class FileCodec:
    """A file by its content; where it is declared, a path or a URI will do, too."""

    __slots__ = ("type",)

    def __init__(self, format: str) -> None:
        self.type = ContentType("file", format)

    def to_wire(self, value: Any, path: str) -> Wire:
        try:
            if not isinstance(value, File):
                value = File(place_of(value, self.type, path))
            content = value.stored(current(), self.type.format)
        except VoleryError as error:
            raise located(error, path) from error.__cause__
        check_declared(content.format, self.type, value, path)
        return content_to_wire(content)

    def from_wire(self, wire: Wire, path: str) -> File:
        content = content_from_wire(wire, self.type, path)
        format = content.format or self.type.format
        if content.uri:
            source = ForeignFile(replace(content, format=format), workplace())
        else:
            source = StoredFile(content, current(), workplace())
        return File.of(source, format)


class StreamCodec(FileCodec):
    """A file as an open stream, closed at the end of the attempt. Only for inputs."""

    __slots__ = ("_mode",)

    def __init__(self, mode: str) -> None:
        super().__init__("")
        self._mode = mode

    def to_wire(self, value: Any, path: str) -> Wire:
        if hasattr(value, "read"):
            hint = "streams do not travel: close it, and pass File(path), declared as File"
            raise mismatch("a file", value, path, hint=hint)
        return super().to_wire(value, path)

    def from_wire(self, wire: Wire, path: str) -> Any:
        stream: IO[Any] = super().from_wire(wire, path).open(self._mode)
        workplace().at_end(stream.close)
        return stream


def content_from_wire(wire: Wire, kind: ContentType, path: str) -> Content:
    """What a value says about a file or a directory, none of which is trusted.

    Raises:
        TypeMismatch: it is no content, or says what cannot be.
    """
    if type(wire) is not Ext:
        raise mismatch(show(kind), wire, path)
    try:
        content = content_of_wire(wire)
    except ValueError as error:
        raise mismatch(show(kind), wire, path, hint=str(error)) from None
    if content.name and not is_name(content.name):
        raise mismatch("the name of a file, without folders", content.name, path)
    if content.uri:
        _check_uri(content.uri, path)
    elif not _DIGEST.fullmatch(content.digest) or content.size < 0:
        raise mismatch(f"the digest and size of a {kind.kind}", content.digest, path)
    elif content.is_manifest != (kind.kind == "directory"):
        raise mismatch(f"a {kind.kind}", content.digest, path, hint="it is the other of the two")
    check_declared(content.format, kind, content.name, path)
    return content


def _check_uri(uri: str, path: str) -> None:
    try:
        parts_of(uri)
    except ConfigError as error:
        raise mismatch("a URI", uri, path, hint=error.message) from None


def located(error: VoleryError, path: str) -> VoleryError:
    """An error about a file or a directory, with where in a value that stands."""
    if error.path is None:
        error.path = path
        error.message += at(path)
    return error


def place_of(value: Any, kind: ContentType, path: str) -> str:
    """The path or URI that is given in place of a file or a directory."""
    place: object = os.fspath(cast("str", value)) if hasattr(value, "__fspath__") else value
    if isinstance(place, str):
        return place
    name = show(ContentType(kind.kind))
    raise mismatch(show(kind), value, path, hint=f"pass {name}(path), or the path")


def check_declared(given: str, kind: ContentType, value: Any, path: str) -> None:
    """Check that a format is the declared one. Raises TypeMismatch."""
    if given and kind.format and given.casefold() != kind.format.casefold():
        found = show(ContentType(kind.kind, given))
        raise TypeMismatch(
            f"expected {show(kind)}, got {found}: {value!r}{at(path)}",
            hint=f"declare {found}, or convert it in a task",
            path=path,
        )


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    mode = _MODES.get(meaning(annotation))
    if mode is not None:
        return StreamCodec(mode)
    return FileCodec(format_of(getattr(annotation, "__metadata__", ())))


def content_from_text(kind: ContentType, text: str, path: str) -> Wire:
    """The wire form of a file or directory that is named by a path or a URI.

    Raises:
        TypeMismatch: there is none, or `kind` is something else.
        StorageError: it cannot be read or stored.
    """
    match kind.kind:
        case "file":
            return FileCodec(kind.format).to_wire(text, path)
        case "directory":
            from volery.types.builtin.directory import DirectoryCodec

            return DirectoryCodec(kind.format).to_wire(text, path)
        case _:
            hint = "take a file, and read it in a task"
            raise mismatch(f"{show(kind)}, which cannot be named by a path", text, path, hint=hint)
