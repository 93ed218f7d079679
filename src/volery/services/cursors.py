"""Cursors: places in lists, as people carry them around."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec

from volery.errors import CallError

T = TypeVar("T")


def written(place: object) -> str:
    """A place as a cursor."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read(cursor: str, kind: type[T], of: str) -> T | None:
    """The inverse; None for the beginning.

    Args:
        cursor: as it was given.
        kind: of the place.
        of: the list, for people.

    Raises:
        CallError: this is no cursor of such a list.
    """
    if not cursor:
        return None
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded), type=kind)
    except (ValueError, msgspec.DecodeError):
        raise CallError(
            f"{cursor!r} is no cursor of {of}", hint="take `next` of the page before"
        ) from None
