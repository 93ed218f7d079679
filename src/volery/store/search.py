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
from volery.store.search_over_time import SearchOverTime
from volery.store.search_ways import NEWEST, TOOK, Order, Place, Wanted, Way
from volery.wire.executions import Counts

MOST_LOOKED_AT = 5_000
"""So many rows are looked at for one page, where an index does not know all that is asked..."""
MOST_COUNTED_AMONG = 10_000
"""... and so many to count them."""
MOST_COUNTED = 10_000
"""Executions in a phase are counted up to here."""


class Found(NamedTuple):
    """A page of a search.

    Attributes:
        last: the place of its end; None: there is no more.
        looked_at: about so many rows.
    """

    executions: list[ExecutionRecord]
    last: Place | None
    looked_at: int = 0


class Search(SearchOverTime, SearchNodes):
    """Finds executions and node executions."""

    # -- executions -----------------------------------------------------------------------

    def executions(
        self,
        wanted: Wanted,
        limit: int,
        after: Place | None = None,
        order: Order = NEWEST,
        most: int | None = None,
    ) -> Found:
        """Executions in an order, from a place on; so many rows are looked at, or as ever."""
        most = MOST_LOOKED_AT if most is None else most
        way = self.way(wanted) if order.by != TOOK else self.way_of_durations(wanted)
        if way is None:
            return Found([], None)
        if not way.rest:
            (rows,) = self._database.read(_page(way, wanted, (after, limit + 1, order), limit + 1))
            return _found(rows, limit, None, order)
        found: list[records.Row] = []
        looked_at, size = 0, min(4 * (limit + 1), most)
        while True:
            part = (after, size, order)
            page = _page(way, wanted, part, limit + 1 - len(found))
            rows, last = self._database.read(page, _last(way, wanted, part))
            found += rows
            looked_at += size
            after = Place(*last[0]) if last else None
            if len(found) > limit or after is None or looked_at >= most:
                return _found(found, limit, after, order, looked_at)
            size = min(4 * size, most - looked_at)

    def count(self, wanted: Wanted) -> Counts:
        """How many there are in each phase, as far as counting them does not take long."""
        way = self.way(wanted)
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


Part = tuple[Place | None, int, Order]
"""Of a way: so many rows from a place on, in an order."""


def _page(way: Way, wanted: Wanted, part: Part, limit: int) -> Query:
    """What is wanted in a part of a way."""
    keys, given = way.keys(wanted.where, *part)
    condition, values = way.condition
    *_, order = part
    statement = statements.executions_among(keys, condition, order.way)
    return statement, [*given, *values, limit]


def _last(way: Way, wanted: Wanted, part: Part) -> Query:
    """The place of the last row of a part; none: the way ends before."""
    keys, given = way.keys(wanted.where, *part)
    _, size, _ = part
    return f"SELECT at, serial FROM ({keys}) AS keys LIMIT 1 OFFSET ?", [*given, size - 1]


def _found(
    rows: list[records.Row], limit: int, last: Place | None, order: Order, looked_at: int = 0
) -> Found:
    """At most `limit` of these rows; `last`: where the search has come to, if that is all."""
    executions = list(map(records.execution, rows[:limit]))
    if len(rows) > limit:
        end = executions[-1]
        took = (end.ended or 0.0) - end.created
        at = took if order.by == TOOK else end.created
        last = Place(at, rows[limit - 1][-1])
    return Found(executions, last, looked_at)
