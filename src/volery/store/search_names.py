"""Search: executions by the name of their entity; those of one name newest first.

No index has them in this order: it goes from one name to the next, and finds those of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from volery.store.base import ExecutionRecord
from volery.store.search import MOST_LOOKED_AT, Search
from volery.store.search_ways import Place, Wanted

MOST_NAMES = 20
"""So many names are looked at for one page."""


class NamePlace(NamedTuple):
    """A place in such a list: after an execution of a name; None: after all of them."""

    name: str
    place: Place | None


class FoundByName(NamedTuple):
    """A page of it.

    Attributes:
        last: the place of its end; None: there is no more.
    """

    executions: list[ExecutionRecord]
    last: NamePlace | None


def by_name(
    search: Search, wanted: Wanted, limit: int, after: NamePlace | None, *, backwards: bool
) -> FoundByName:
    """Executions by name, from a place on."""
    found: list[ExecutionRecord] = []
    names = list(_names(search, wanted, after, backwards=backwards))
    most = MOST_LOOKED_AT
    for at, name in enumerate(names):
        place = after.place if after and after.name == name else None
        of_name = replace(wanted, where=replace(wanted.where, name=name))
        page = search.executions(of_name, limit - len(found), place, most=most)
        found += page.executions
        most -= page.looked_at
        if page.last is not None:
            return FoundByName(found, NamePlace(name, page.last))
        if (len(found) == limit or most <= 0) and at + 1 < len(names):
            return FoundByName(found, NamePlace(name, None))
    more = len(names) >= MOST_NAMES
    return FoundByName(found, NamePlace(names[-1], None) if more else None)


def _names(
    search: Search, wanted: Wanted, after: NamePlace | None, *, backwards: bool
) -> Iterator[str]:
    """The name that the page before ended in, and those beyond it."""
    begun = after is not None and after.place is not None
    if wanted.name:
        if begun or after is None:
            yield wanted.name
        return
    if after and begun:
        yield after.name
    last = after.name if after else ""
    yield from search.names(wanted.prefix, MOST_NAMES - begun, last, backwards=backwards)
