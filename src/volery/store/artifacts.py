"""Artifacts: what tasks have made, newest first, among all that was traced."""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from volery.store.database import Query
from volery.store.lineage import COLUMNS, Kept, kept
from volery.store.search_ways import among, literally
from volery.store.sql_base import SqlBase
from volery.wire.artifacts import ArtifactFilter

MOST_LOOKED_AT = 3_000
"""So many are looked at for one page."""

# As the indexes say.
_MADE = "made = 1 AND reused = 0 AND entity_kind = 'task' AND path <> ''"

# CROSS JOIN keeps SQLite from beginning with all executions of a project.
_PAGE = f"""
    SELECT {COLUMNS} FROM ({{}}) AS found CROSS JOIN uses AS u CROSS JOIN executions AS e
    WHERE u.execution = found.execution AND u.path = found.path AND u.name = found.name
      AND u.made = 1 AND e.id = u.execution"""

_ORDER = "ORDER BY {0}at DESC, {0}execution DESC, {0}path DESC, {0}name DESC LIMIT ?"


class Made(NamedTuple):
    """A place in the list: what comes after it is older."""

    at: float
    execution: str
    path: str
    name: str


class FoundArtifacts(NamedTuple):
    """A page of the list. `last`: the place of its end; None: there is no more."""

    made: list[Kept]
    last: Made | None


class Artifacts(SqlBase):
    """See the module's text."""

    def page(
        self,
        where: ArtifactFilter,
        within: tuple[str, ...] | None,
        limit: int,
        after: Made | None = None,
    ) -> FoundArtifacts:
        """Artifacts, newest first. A page may be short, and yet not be the last.

        Args:
            where: which of them.
            within: only in these projects; None: in all.
            limit: so many at most.
            after: they come after this place.
        """
        asked = list(_conditions(where, within))
        condition = " AND ".join(each for each, _ in asked) or "1 = 1"
        values = [value for _, given in asked for value in given]
        found: list[Kept] = []
        looked_at, size = 0, limit + 1 if not asked else 4 * (limit + 1)
        while True:
            keys, given = _keys(where, after, size)
            page = f"{_PAGE.format(keys)} AND {condition} {_ORDER.format('found.')}"
            last = f"SELECT at, execution, path, name FROM ({keys}) AS keys LIMIT 1 OFFSET ?"
            rows, end = self._database.read(
                (page, [*given, *values, limit + 1 - len(found)]), (last, [*given, size - 1])
            )
            found += map(kept, rows)
            looked_at += size
            after = Made(*end[0]) if end else None
            if len(found) > limit:
                final = found[limit - 1]
                place = Made(final.at, final.execution, final.path, final.name)
                return FoundArtifacts(found[:limit], place)
            if after is None or looked_at >= MOST_LOOKED_AT:
                return FoundArtifacts(found, after)
            size = min(4 * size, MOST_LOOKED_AT - looked_at)


def _keys(where: ArtifactFilter, after: Made | None, size: int) -> Query:
    """The next of all of them, along an index."""
    bounds: dict[str, tuple[object, ...]] = {
        " AND execution = ?": (where.execution or None,),
        " AND at >= ?": (where.since,),
        " AND at < ?": (where.until,),
        " AND (at, execution, path, name) < (?, ?, ?, ?)": after or (None,),
    }
    given = {text: values for text, values in bounds.items() if values != (None,)}
    stored = " AND size IS NOT NULL" if where.content else ""
    statement = f"""
        SELECT at, execution, path, name FROM uses
        WHERE {_MADE}{stored}{"".join(given)} {_ORDER.format("")}"""
    return statement, [*(value for values in given.values() for value in values), size]


def _conditions(where: ArtifactFilter, within: tuple[str, ...] | None) -> Iterator[Query]:
    """What is asked of each."""
    if within is not None:
        yield among("e.project", within)
    if where.project:
        yield "e.project = ?", [where.project]
    if where.domain:
        yield "e.domain = ?", [where.domain]
    if where.name:
        yield "u.entity_name = ?", [where.name]
    if where.type:
        yield _LIKE.format("type"), [f"{literally(where.type)}%"]
    if where.search:
        part = literally(where.search)
        either = " OR ".join(map(_LIKE.format, ("name", "preview", "digest")))
        yield f"({either})", [f"%{part}%", f"%{part}%", f"{part}%"]


_LIKE = r"LOWER(u.{}) LIKE ? ESCAPE '\'"
