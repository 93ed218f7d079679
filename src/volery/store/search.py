"""Search: executions by whatever they can be found by, newest first, and their node executions.

A search goes along an index that begins with what was asked for and ends with time. Where the index
has more between the two, such as the phase, it goes along a stretch for each and merges them. What
the index does not know of is asked of each row on the way; of so many rows at most that an answer
never takes long. So a page may be short, or empty, and yet not be the last.
"""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from volery.store import records, statements
from volery.store.base import ExecutionRecord
from volery.store.database import Query
from volery.store.search_nodes import SearchNodes
from volery.store.search_ways import Place, Wanted, Way, conditions, ways
from volery.wire.executions import Counts

MOST_LOOKED_AT = 5_000
"""So many rows are looked at for one page, where an index does not know all that is asked..."""
MOST_COUNTED_AMONG = 10_000
"""... and so many to count them."""
MOST_COUNTED = 10_000
"""Executions in a phase are counted up to here."""
TELLING = 2_000
"""Ways are compared by how many rows they have, up to here."""

# From one domain to the next, whatever lies between.
DOMAINS = """
    WITH RECURSIVE found (domain) AS (
        SELECT MIN(domain) FROM executions WHERE project = ?
        UNION ALL
        SELECT (SELECT MIN(domain) FROM executions WHERE project = ? AND domain > found.domain)
        FROM found WHERE found.domain IS NOT NULL
    )
    SELECT domain FROM found WHERE domain IS NOT NULL"""


class Found(NamedTuple):
    """A page of a search.

    Attributes:
        last: the place of its end; None: there is no more.
    """

    executions: list[ExecutionRecord]
    last: Place | None


class Search(SearchNodes):
    """Finds executions and node executions."""

    # -- executions -----------------------------------------------------------------------

    def executions(self, wanted: Wanted, limit: int, after: Place | None = None) -> Found:
        """Executions newest first, from a place on."""
        way = self._way(wanted)
        if way is None:
            return Found([], None)
        if not way.rest:
            (rows,) = self._database.read(_page(way, wanted, after, limit + 1, limit + 1))
            return _found(rows, limit, None)
        found: list[records.Row] = []
        looked_at, size = 0, 4 * (limit + 1)
        while True:
            page = _page(way, wanted, after, size, limit + 1 - len(found))
            rows, last = self._database.read(page, _last(way, wanted, after, size))
            found += rows
            looked_at += size
            after = Place(*last[0]) if last else None
            if len(found) > limit or after is None or looked_at >= MOST_LOOKED_AT:
                return _found(found, limit, after)
            size = min(4 * size, MOST_LOOKED_AT - looked_at)

    def count(self, wanted: Wanted) -> Counts:
        """How many there are in each phase, as far as counting them does not take long."""
        way = self._way(wanted)
        if way is None:
            return Counts(dict.fromkeys(wanted.phases, 0))
        most = MOST_COUNTED_AMONG // len(way.stretches) if way.rest else MOST_COUNTED
        lengths = [rows[0][0] for rows in self._database.read(*way.lengths(wanted.where, most + 1))]
        counted: Counter[str] = Counter(dict.fromkeys(wanted.phases, 0))
        capped: set[str] = set()
        known = not way.rest and all(stretch.phase for stretch in way.stretches)
        if not known:
            for rows in self._database.read(*way.phases(wanted.where, most)):
                counted.update(dict(rows))
        for stretch, length in zip(way.stretches, lengths, strict=True):
            if known:
                counted[stretch.phase] += min(length, most)
            if length > most:
                capped.update((stretch.phase,) if stretch.phase else wanted.phases)
        return Counts(dict(counted), tuple(sorted(capped)))

    def _way(self, wanted: Wanted) -> Way | None:
        """The way that has the least besides what is wanted; None: there is nothing of it."""
        places = self._places(wanted)
        if places == []:
            return None
        asked = list(conditions(wanted))
        found = [
            way._replace(rest=tuple(each for name, each in asked if name not in way.covers))
            for way in ways(wanted, places)
        ]
        sure = [way for way in found if not way.rest]
        if sure or len(found) == 1:
            return (sure or found)[0]
        queries = [way.lengths(wanted.where, TELLING) for way in found]
        rows = iter(self._database.read(*(each for some in queries for each in some)))
        lengths = [sum(next(rows)[0][0] for _ in some) for some in queries]
        return found[min(range(len(found)), key=lambda at: min(lengths[at], TELLING))]

    def _places(self, wanted: Wanted) -> list[tuple[str, str]] | None:
        """Projects and domains that they may be in; None: in any."""
        where, projects = wanted.where, wanted.within
        if projects is None:
            return None
        if where.domain:
            return [(project, where.domain) for project in projects]
        domains = self._database.read(*((DOMAINS, (each, each)) for each in projects))
        return [
            (project, domain)
            for project, rows in zip(projects, domains, strict=True)
            for (domain,) in rows
        ]

    # -- news -----------------------------------------------------------------------------

    def latest(self, roots: Sequence[str]) -> dict[str, int]:
        """`seq` of the last line of each of these families that has any."""
        found: dict[str, int] = {}
        for start in range(0, len(roots), _TOGETHER):
            some = roots[start : start + _TOGETHER]
            padded = [*some, *([""] * (_TOGETHER - len(some)))]  # so that the statement is the same
            found.update((root, seq) for root, seq in self._all(LATEST, *padded) if seq is not None)
        return found


_TOGETHER = 250
"""Families that are asked for with one statement."""

LATEST = f"""
    SELECT asked.column1, (SELECT MAX(seq) FROM journal WHERE root = asked.column1)
    FROM (VALUES {", ".join(["(?)"] * _TOGETHER)}) AS asked"""


def _page(way: Way, wanted: Wanted, after: Place | None, size: int, limit: int) -> Query:
    """What is wanted among the next `size` rows of a way."""
    keys, given = way.keys(wanted.where, after, size)
    condition, values = way.condition
    return statements.executions_among(keys, condition), [*given, *values, limit]


def _last(way: Way, wanted: Wanted, after: Place | None, size: int) -> Query:
    """The place of the last of them; none: the way ends before."""
    keys, given = way.keys(wanted.where, after, size)
    return f"SELECT created, serial FROM ({keys}) AS keys LIMIT 1 OFFSET ?", [*given, size - 1]


def _found(rows: list[records.Row], limit: int, last: Place | None) -> Found:
    """At most `limit` of these rows; `last`: where the search has come to, if that is all."""
    executions = list(map(records.execution, rows[:limit]))
    if len(rows) > limit:
        last = Place(executions[-1].created, rows[limit - 1][-1])
    return Found(executions, last)
