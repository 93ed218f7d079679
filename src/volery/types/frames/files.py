"""Files of others as frames: where they stay, or stored as they are."""

from __future__ import annotations

from pathlib import Path

from volery.data.content import content_of
from volery.data.current import current
from volery.data.places import is_uri, parts_of, path_of
from volery.errors import ConfigError, TypeMismatch
from volery.ir.content import MAX_INLINE, Content, content_to_wire
from volery.ir.types import FrameType
from volery.ir.values import Wire
from volery.types.frames import faults
from volery.types.frames.formats import format_of
from volery.types.frames.reading import StoredFrame
from volery.types.frames.suffixes import SUFFIXES, format_by_name
from volery.types.frames.summary import Summary
from volery.types.frames.writing import DEFAULT
from volery.types.mismatch import at, mismatch


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
    told = format_by_name(text)
    if told and kind.format and told != kind.format:
        raise mismatch(f"a {kind.format} file", text, path, hint=f"its name says {told}")
    if not told and not kind.format and Path(text).is_file():
        known = ", ".join(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
        raise mismatch("a file with a frame", text, path, hint=f"its name ends in one of: {known}")
    stored = StoredFrame(reference(text, kind, path), current(), kind.columns, path)
    file = path_of(stored.content.uri)
    if file is not None and file.is_file():
        return content_to_wire(_stored(stored, file))
    stored.check()
    return content_to_wire(stored.content)


def reference(text: str, kind: FrameType, path: str) -> Content:
    """A file or folder of somebody else, which is not read now.

    Args:
        text: its URI, or a path.
        kind: its declared format; without one the name of the file tells it.
        path: where the frame stands in the whole.

    Raises:
        TypeMismatch: it is a path to nothing, or in a format that is not known.
    """
    uri = as_uri(text, path)
    parts_of(uri)  # refuses one that carries credentials
    local = path_of(uri)
    if local is not None and not local.exists():
        raise TypeMismatch(f"there is no file {local}{at(path)}", hint="check the path", path=path)
    name = kind.format or format_by_name(uri) or DEFAULT
    format_of(name, path)
    return Content(uri=uri, name=uri.rstrip("/").rpartition("/")[2], format=name)


def as_uri(text: str, path: str) -> str:
    """A URI, or that of a path."""
    if is_uri(text):
        return text
    if "://" in text:
        raise ConfigError(f"{text}{at(path)} is no URI that is known")
    return Path(text).absolute().as_uri()


def _stored(stored: StoredFrame, file: Path) -> Content:
    """A file as it is, once it was read to the end."""
    with faults.reading(stored.format, stored.path):
        stored.check()
        summary = Summary(stored.schema)
        for _ in summary.watch(stored.batches(None)):
            pass
    if file.stat().st_size <= MAX_INLINE:
        content = content_of(file.read_bytes(), name=file.name)
    else:
        kept = current().put_file(file)
        content = Content(digest=kept.digest, size=kept.size, name=file.name)
    return summary.told(content, stored.format, with_schema=False)
