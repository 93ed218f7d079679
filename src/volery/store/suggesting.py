"""What executions can be found by, as far as it begins with something: read off an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from volery.store.database import Query
from volery.store.search_ways import LAST, among
from volery.store.sql_base import SqlBase

MOST_LOOKED_AT = 200
"""So many executions of a value are looked at, to see whether one is where it should be."""

# From one value to the next.
_VALUES = """
    WITH RECURSIVE found (value) AS (
        SELECT MIN({column}) FROM {source} AND {column} >= ? AND {column} < ?
        UNION ALL
        SELECT (SELECT MIN({column}) FROM {source} AND {column} > found.value AND {column} < ?)
        FROM found WHERE found.value IS NOT NULL
    )
    SELECT value FROM found WHERE value IS NOT NULL LIMIT ?"""

# Whether one of the executions that have a value is in one of these places.
_IS_THERE = """
    SELECT ?, EXISTS (
        SELECT 1 FROM (SELECT serial FROM {source} AND {column} = ? LIMIT ?) AS part
        JOIN executions AS e ON e.serial = part.serial WHERE {where}
    )"""


class Known(NamedTuple):
    """A column of an index, whose values can be suggested.

    Attributes:
        source: what follows FROM; `values` are those of its marks.
    """

    column: str
    source: str
    values: tuple[str, ...] = ()


NAME = Known("entity_name", "executions WHERE 1 = 1")
VERSION = Known("version", "executions WHERE version <> ''")
ID = Known("id", "executions WHERE 1 = 1")
MARK = Known("name", "marks WHERE 1 = 1")


def value_of(mark: str) -> Known:
    """The values of a mark."""
    return Known("value", "marks WHERE name = ?", (mark,))


class Places(NamedTuple):
    """Where executions may be; None and empty: anywhere."""

    project: str = ""
    domain: str = ""
    within: tuple[str, ...] | None = None


class Suggesting(SqlBase):
    """Finds them."""

    def values(self, known: Known, prefix: str, places: Places, limit: int) -> list[str]:
        """Values that begin with something and are in use somewhere, in order."""
        statement = _VALUES.format(column=known.column, source=known.source)
        high = prefix + LAST
        given = (*known.values, prefix, high, *known.values, high)
        found = [value for (value,) in self._all(statement, *given, limit)]
        return self._there(known, found, places) if places != Places() else found

    def _there(self, known: Known, values: Sequence[str], places: Places) -> list[str]:
        conditions = list(_conditions(places))
        where = " AND ".join(each for each, _ in conditions)
        more = [value for _, given in conditions for value in given]
        statement = _IS_THERE.format(source=known.source, column=known.column, where=where)
        queries: list[Query] = [
            (statement, (each, *known.values, each, MOST_LOOKED_AT, *more)) for each in values
        ]
        return [rows[0][0] for rows in self._database.read(*queries) if rows[0][1]]


def _conditions(places: Places) -> list[Query]:
    asked = [("e.project", places.project), ("e.domain", places.domain)]
    found: list[Query] = [(f"{each} = ?", [value]) for each, value in asked if value]
    return found if places.within is None else [*found, among("e.project", places.within)]
