"""Pages of a list: by keyset, so that what comes and goes meanwhile shifts nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated, Generic, TypeVar

import msgspec

T = TypeVar("T")

MOST = 1000
"""Most items of a page."""

Limit = Annotated[int, msgspec.Meta(ge=1, le=MOST)]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list.

    Attributes:
        items: in the order of the list.
        next: the cursor of the page after this one; None: this is the last.
    """

    items: tuple[T, ...]
    next: str | None = None


def everything(read: Callable[[str], Page[T]], most: int | None = None) -> Iterator[T]:
    """The items of a list, page after page, as they are asked for.

    Args:
        read: gives the page at a cursor.
        most: so many at most; None: all.
    """
    return islice(_items(read), most)


def _items(read: Callable[[str], Page[T]]) -> Iterator[T]:
    cursor: str | None = ""
    while cursor is not None:
        page = read(cursor)
        yield from page.items
        cursor = page.next
