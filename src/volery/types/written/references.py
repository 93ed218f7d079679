"""References to content, read: objects with the entry ``@``, as `sending` writes them.

They name bytes that the storage has, by their digest, or a file of somebody else by its URI. So
whoever has put a file there gives it to a task in JSON.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from volery.data.current import current, is_foreign
from volery.data.places import path_of
from volery.errors import TypeMismatch
from volery.ir.content import Content, content_to_wire
from volery.ir.types import ContentType, FrameType, show
from volery.ir.values import Ext
from volery.types.mismatch import mismatch

Json = Any

KIND: Final = "@"
"""The entry of an object that says what it refers to."""


class _Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Content as it is referred to; `size`: -1: not known."""

    kind: str = msgspec.field(name=KIND)
    digest: str = ""
    size: int = -1
    name: str = ""
    format: str = ""
    uri: str = ""


def is_reference(tree: Json) -> bool:
    """Whether JSON refers to something."""
    return isinstance(tree, dict) and KIND in tree


def referred(kind: ContentType | FrameType, tree: Json, path: str) -> Ext:
    """The wire form of the file, directory or frame that JSON refers to.

    Raises:
        TypeMismatch: it refers to something else, to nothing, or to what is only elsewhere.
        StorageError: the storage cannot be asked.
    """
    try:
        reference = msgspec.convert(tree, _Reference)
    except msgspec.ValidationError as error:
        raise mismatch(show(kind), tree, path, hint=str(error)) from None
    meant = "frame" if isinstance(kind, FrameType) else kind.kind
    if reference.kind != meant or meant not in {"file", "directory", "frame"}:
        raise mismatch(show(kind), tree, path)
    return content_to_wire(_content(reference, kind, path))


def _content(reference: _Reference, kind: ContentType | FrameType, path: str) -> Content:
    from volery.types.builtin.file import check_declared, content_from_wire

    content = Content(
        digest=reference.digest,
        size=reference.size,
        uri=reference.uri,
        name=reference.name,
        format=reference.format,
        is_manifest=reference.kind == "directory" and not reference.uri,
    )
    # A frame is checked like a file: by its form; what is in it shows when it is read.
    form = kind if isinstance(kind, ContentType) else ContentType("file", kind.format)
    content_from_wire(content_to_wire(content), form, path)
    check_declared(content.format, form, content.name, path)
    if content.uri:
        if is_foreign() and path_of(content.uri) is not None:
            raise TypeMismatch(f"{content.uri} is a path of another machine", path=path)
    elif not current().still_has(content.digest):
        raise TypeMismatch(
            f"there is no content {content.digest}", hint="put it into the storage first", path=path
        )
    return content
