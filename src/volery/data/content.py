"""Content: made from bytes or from what a function writes, and read again."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, TypedDict, Unpack, cast

from volery.data.current import current
from volery.data.hashing import Data, digest_of
from volery.data.spool import spooled
from volery.errors import AlteredContent
from volery.ir.content import MAX_INLINE, Content, Json

if TYPE_CHECKING:
    from volery.data.storage import Storage


class About(TypedDict, total=False):
    """What can be said about content besides its bytes; see `ir.content.Content`."""

    name: str
    format: str
    identity: str
    facts: dict[str, Json]
    preview: Json


def content_of(data: Data, **about: Unpack[About]) -> Content:
    """Content of bytes that are at hand: few stand in the value, many in the current storage."""
    view = memoryview(data).cast("B")
    if view.nbytes > MAX_INLINE:
        return Content(digest=current().put(view), size=view.nbytes, **about)
    return Content(digest=digest_of(view), size=view.nbytes, data=bytes(view), **about)


def write_content(dump: Callable[[BinaryIO], object], **about: Unpack[About]) -> Content:
    """Content of what a function writes to the file that it is given (``write`` only).

    Memory is bounded. Nothing is stored when it raises.
    """
    with spooled(lambda: current().scratch()) as spool:
        dump(cast("BinaryIO", spool))
        held = spool.held()
        if held is not None and spool.size <= MAX_INLINE:
            return Content(digest=spool.digest, size=spool.size, data=held, **about)
        digest, size = current().keep(spool)
        return Content(digest=digest, size=size, **about)


def read_content(content: Content, storage: Storage | None = None) -> bytes:
    """All bytes of content that is not somebody else's, verified."""
    if content.data is not None:
        return _verified(content, content.data)
    return (storage or current()).get(content.digest, content.size)


def open_content(content: Content, storage: Storage | None = None) -> BinaryIO:
    """Content that is not somebody else's as a file for reading, with ``seek``."""
    if content.data is not None:
        return BytesIO(_verified(content, content.data))
    return (storage or current()).open(content.digest, content.size)


def _verified(content: Content, data: bytes) -> bytes:
    if digest_of(data) != content.digest:
        raise AlteredContent(
            f"content {content.digest[:12]} was altered where it stands in its value",
            hint="recover the database, or run what made it again",
        )
    return data
