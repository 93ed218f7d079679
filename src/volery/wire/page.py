"""Pages of a list: by keyset, so that what comes and goes meanwhile shifts nothing."""

from __future__ import annotations

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
