"""Directories: `Directory`."""

from __future__ import annotations

from typing import Any

from volery.data.current import current
from volery.data.workplace import workplace
from volery.errors import VoleryError
from volery.ir.content import content_to_wire
from volery.ir.types import ContentType
from volery.ir.values import Wire
from volery.types.builtin.file import check_declared, content_from_wire, located, place_of
from volery.types.codec import Codec
from volery.types.directory import BatchSize, Directory
from volery.types.formatted import format_of
from volery.types.making import CodecFor
from volery.types.sources.foreign import ForeignDirectory
from volery.types.sources.stored import StoredDirectory


class DirectoryCodec:
    """A directory by its content; where it is declared, a path or a URI will do, too."""

    __slots__ = ("_batch", "type")

    def __init__(self, format: str, batch: int | None = None) -> None:
        self.type = ContentType("directory", format)
        self._batch = batch

    def to_wire(self, value: Any, path: str) -> Wire:
        try:
            if not isinstance(value, Directory):
                value = Directory(place_of(value, self.type, path))
            content = value.stored(current(), self.type.format, self._batch)
        except VoleryError as error:
            raise located(error, path) from error.__cause__
        check_declared(content.format, self.type, value, path)
        return content_to_wire(content)

    def from_wire(self, wire: Wire, path: str) -> Directory:
        content = content_from_wire(wire, self.type, path)
        place = workplace()
        if content.uri:
            source = ForeignDirectory(content, place)
        else:
            source = StoredDirectory(content, content.name, current(), place)
        return Directory.of(source, content.format or self.type.format, self._batch)


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    metadata = getattr(annotation, "__metadata__", ())
    batch = next((each.size for each in metadata if isinstance(each, BatchSize)), None)
    return DirectoryCodec(format_of(metadata), batch)
