"""Choosing the way on which executions are found, by what there is on each."""

from __future__ import annotations

from collections.abc import Sequence

from volery.store.search_ways import (
    LAST,
    NAMED,
    Wanted,
    Way,
    by_duration,
    conditions,
    ended_among,
    times,
    ways,
)
from volery.store.sql_base import SqlBase

TELLING = 2_000
"""Ways are compared by how many rows they have, up to here."""
SORTED = 10_000
"""So many are sorted by how long they have taken; more are read off an index that knows it."""

# From one domain to the next, whatever lies between.
DOMAINS = """
    WITH RECURSIVE found (domain) AS (
        SELECT MIN(domain) FROM executions WHERE project = ?
        UNION ALL
        SELECT (SELECT MIN(domain) FROM executions WHERE project = ? AND domain > found.domain)
        FROM found WHERE found.domain IS NOT NULL
    )
    SELECT domain FROM found WHERE domain IS NOT NULL"""


# The same from one project to the next.
PROJECTS = """
    WITH RECURSIVE found (project) AS (
        SELECT MIN(project) FROM executions
        UNION ALL
        SELECT (SELECT MIN(project) FROM executions WHERE project > found.project)
        FROM found WHERE found.project IS NOT NULL
    )
    SELECT project FROM found WHERE project IS NOT NULL"""

# From one name to the next: values are the bounds, twice, and the limit.
_NAMES = """
    WITH RECURSIVE found (name) AS (
        SELECT {first}(entity_name) FROM executions WHERE entity_name {from_} ? AND entity_name < ?
        UNION ALL
        SELECT (
            SELECT {first}(entity_name) FROM executions
            WHERE entity_name {beyond} found.name AND entity_name {from_} ? AND entity_name < ?
        )
        FROM found WHERE found.name IS NOT NULL
    )
    SELECT name FROM found WHERE name IS NOT NULL LIMIT ?"""

NAMES = _NAMES.format(first="MIN", beyond=">", from_=">=")

NAMES_AFTER = _NAMES.format(first="MIN", beyond=">", from_=">")

NAMES_BACKWARDS = _NAMES.format(first="MAX", beyond="<", from_=">=")


class Choosing(SqlBase):
    """See the module's text."""

    def way(self, wanted: Wanted) -> Way | None:
        """The way that has the least besides what is wanted; None: there is nothing of it."""
        places, names = self._places(wanted), self._names(wanted)
        if places == [] or names == []:
            return None
        asked = list(conditions(wanted))
        found = [
            way._replace(rest=tuple(each for name, each in asked if name not in way.covers))
            for way in ways(wanted, places, names)
        ]
        sure = [way for way in found if not way.rest]
        if sure or len(found) == 1:
            return (sure or found)[0]
        lengths = [self._length(way, wanted, TELLING) for way in found]
        return found[lengths.index(min(lengths))]

    def way_of_durations(self, wanted: Wanted) -> Way | None:
        """The way to what has ended, by how long that took."""
        way = self.way(wanted)
        if way is None:
            return None
        if self._length(way, wanted, SORTED) < SORTED:
            return ended_among(way, wanted.where, SORTED)
        everywhere = self._all(PROJECTS) if wanted.within is None else ()
        within = wanted.within or tuple(project for (project,) in everywhere)
        places = self._places_in(within, wanted.where.domain)
        along = by_duration(places, wanted.children)
        asked = (*conditions(wanted), *times(wanted))
        return along._replace(rest=tuple(each for name, each in asked if name not in along.covers))

    def _length(self, way: Way, wanted: Wanted, most: int) -> int:
        """How many there are on a way, up to so many."""
        lengths = self._database.read(*way.lengths(wanted.where, most))
        return min(sum(rows[0][0] for rows in lengths), most)

    def _names(self, wanted: Wanted) -> list[str] | None:
        """The names that their entities may have; None: any, or very many."""
        if not wanted.prefix:
            return [wanted.name] if wanted.name else None
        found = self.names(wanted.prefix, NAMED + 1)
        return found if len(found) <= NAMED else None

    def _places(self, wanted: Wanted) -> list[tuple[str, str]] | None:
        """Projects and domains that they may be in; None: in any."""
        if wanted.within is None:
            return None
        return self._places_in(wanted.within, wanted.where.domain)

    def _places_in(self, projects: Sequence[str], domain: str) -> list[tuple[str, str]]:
        if domain:
            return [(project, domain) for project in projects]
        domains = self._database.read(*((DOMAINS, (each, each)) for each in projects))
        return [
            (project, domain)
            for project, rows in zip(projects, domains, strict=True)
            for (domain,) in rows
        ]

    # -- what there is --------------------------------------------------------------------

    def names(
        self, beginning: str, limit: int, after: str = "", *, backwards: bool = False
    ) -> list[str]:
        """Names of entities with executions, in order; `after`: those beyond this one."""
        low, high = beginning, beginning + LAST
        if backwards:
            statement, high = NAMES_BACKWARDS, after or high
        else:
            statement, low = (NAMES_AFTER, after) if after else (NAMES, low)
        return [name for (name,) in self._all(statement, low, high, low, high, limit)]
