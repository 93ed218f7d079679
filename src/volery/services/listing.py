"""Listing: executions in whichever order, page by page."""

from __future__ import annotations

from volery.errors import CallError
from volery.services import cursors
from volery.services.filters import cursor_of, place_of
from volery.store import search_ways
from volery.store.base import ExecutionRecord
from volery.store.search import Search
from volery.store.search_names import NamePlace, by_name
from volery.store.search_ways import CREATED, TOOK, Wanted
from volery.wire.order import Order

_TOOK = "took:"
"""What the cursors of lists by duration begin with."""


def listed(
    search: Search, wanted: Wanted, limit: int, cursor: str, order: Order
) -> tuple[list[ExecutionRecord], str | None]:
    """A page of executions, and the cursor of the next; None: there is none.

    Raises:
        CallError: the cursor is none of such a list.
    """
    match order.sort:
        case "name":
            place = cursors.read(cursor, NamePlace, "a list by name")
            found, last = by_name(search, wanted, limit, place, backwards=not order.ascending)
            return found, None if last is None else cursors.written(last)
        case "duration":
            if cursor and not cursor.startswith(_TOOK):
                raise CallError(
                    f"{cursor!r} is no cursor of a list by duration",
                    hint="take `next` of the page before",
                )
            along = search_ways.Order(TOOK, order.ascending)
            page = search.executions(wanted, limit, place_of(cursor.removeprefix(_TOOK)), along)
            last = cursor_of(page.last)
            return page.executions, last and _TOOK + last
        case "started":
            along = search_ways.Order(CREATED, order.ascending)
            page = search.executions(wanted, limit, place_of(cursor), along)
            return page.executions, cursor_of(page.last)
