"""Progress: how far the node executions of some scopes are, for whoever looks on.

Each answer has a bound, however large an execution is. Scopes are read one by one: as long as all
fit, that is faster than to join them. Paths may be many and stand in a table of as many rows as may
be, so that a statement is always the same.
"""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from volery.engine.model import AttemptPhase, NodeKind, Phase, Reuse, ReuseHow, ScopeState
from volery.ids import range_of, split
from volery.ir.failure import Failure
from volery.ir.ref import Ref
from volery.store import records
from volery.store.database import Query
from volery.store.records import Row
from volery.store.sql_base import SqlBase

MOST_ASKED = 200
"""So many scopes or paths are asked for together."""
_NO_PATH = "]"
"""Fills the table: nothing has such a path."""

# What is asked for comes first, and CROSS JOIN keeps SQLite from beginning elsewhere.
_ASKED = f"(VALUES {', '.join(['(?)'] * MOST_ASKED)}) AS asked CROSS JOIN"

_IN_SCOPES = "n.execution = ? AND n.scope = asked.column1"

_AT_PATHS = "n.execution = ? AND n.path = asked.column1"

_STATUS = """
    SELECT n.path, n.kind, n.phase, n.attempt, n.created, n.ended, n.until, n.reuse, n.child,
           n.signal IS NOT NULL, a.started, a.phase"""

_NEWEST = """
    LEFT JOIN attempts AS a
        ON a.execution = n.execution AND a.path = n.path AND a.number = n.attempt"""

_IN_SCOPE = f"""{_STATUS}
    FROM nodes AS n {_NEWEST}
    WHERE n.execution = ? AND n.scope = ? AND"""

# The whole of an execution lies in order of its paths: going along it would take longer.
IN_ROOT = f"{_IN_SCOPE} COALESCE(n.path, '') > ? ORDER BY COALESCE(n.path, '') LIMIT ?"

# What lies in a scope lies close together, and its beginning is often all that is asked for.
IN_SCOPE = f"{_IN_SCOPE} n.path > ? AND n.path > ? AND n.path < ? ORDER BY n.path LIMIT ?"

AT_PATHS = f"{_STATUS} FROM {_ASKED} nodes AS n {_NEWEST} WHERE {_AT_PATHS} ORDER BY n.path"

_SPAN = "SELECT n.path, n.kind, n.phase, n.created, n.ended, n.reuse"

BY_TIME = f"""{_SPAN}
    FROM nodes AS n
    WHERE n.execution = ? AND n.scope = ? AND (n.created > ? OR (n.created = ? AND n.path > ?))
    ORDER BY n.created, n.path LIMIT ?"""

SPANS_AT = f"{_SPAN} FROM {_ASKED} nodes AS n WHERE {_AT_PATHS}"

ATTEMPTS = f"""
    SELECT n.path, n.number, n.phase, n.created, n.due, n.taken, n.started, n.returned, n.ended,
           n.owner, n.executor
    FROM {_ASKED} attempts AS n WHERE {_AT_PATHS} ORDER BY n.path, n.number LIMIT ?"""

FAILURES = f"""
    SELECT n.path, n.failure FROM {_ASKED} nodes AS n
    WHERE {_AT_PATHS} AND n.failure IS NOT NULL"""

STATES = f"SELECT n.path, n.state FROM {_ASKED} scopes AS n WHERE {_AT_PATHS}"

CHANGED = """
    SELECT seq, execution, path FROM journal WHERE root = ? AND seq > ? ORDER BY seq LIMIT ?"""

_ELEMENTS = f"FROM {_ASKED} nodes AS n WHERE {_IN_SCOPES} AND n.element >= 0"

# Elements alone are counted, ranges are told one by one.
COUNTED = f"""
    SELECT n.scope, CASE WHEN n.path LIKE '%:%]' THEN n.path END, n.phase, COUNT(*) {_ELEMENTS}
    GROUP BY 1, 2, 3"""

PLACES = f"SELECT n.scope, n.element {_ELEMENTS} AND n.path NOT LIKE '%:%]' ORDER BY 1, 2"

CELLS = """
    SELECT element, CASE WHEN path LIKE '%:%]' THEN path END, phase, reuse FROM nodes
    WHERE execution = ? AND scope = ? AND element >= 0"""

CALLS = """
    SELECT path, kind, entity_kind, entity_name FROM calls
    WHERE execution = ? AND scope = ? ORDER BY seq, serial LIMIT ?"""


class StatusRow(NamedTuple):
    """A node execution with its newest attempt, as it stands."""

    path: str
    kind: NodeKind
    phase: Phase
    attempt: int
    created: float
    ended: float | None
    until: float | None
    reuse: Reuse | None
    child: str | None
    signalled: bool
    started: float | None
    attempt_phase: AttemptPhase | None


class Span(NamedTuple):
    """A node execution, as it stands in time."""

    path: str
    kind: NodeKind
    phase: Phase
    created: float
    ended: float | None
    reuse: Reuse | None


class AttemptSpan(NamedTuple):
    """An attempt, as it stands in time."""

    path: str
    number: int
    phase: AttemptPhase
    created: float
    due: float
    taken: float | None
    started: float | None
    returned: float | None
    ended: float | None
    owner: str | None
    executor: str


class Call(NamedTuple):
    """What the function of an eager task has called."""

    path: str
    id: str
    kind: NodeKind
    entity: Ref


State = tuple[Phase, ReuseHow | None]
"""How an element of a map is, and where its outputs come from if they were not made."""


class Parts(NamedTuple):
    """What a map is cut into.

    Attributes:
        ranges: from, to and how they are.
        alone: indexes of single elements, which may lie in ranges and count over them.
    """

    ranges: list[tuple[int, int, State]]
    alone: dict[State, list[int]]


class Progress(SqlBase):
    """See the module's text. Scopes and paths are at most `MOST_ASKED`, but where it says more."""

    def in_scopes(
        self, execution: str, scopes: Sequence[str], after: str, limit: int
    ) -> list[StatusRow]:
        """Node executions directly in these scopes, by path, from behind a path on."""
        queries = [_in_scope(execution, scope, after, limit) for scope in scopes]
        rows = sorted(chain.from_iterable(self._database.read(*queries)), key=itemgetter(0))
        return list(map(_status, rows[:limit]))

    def at(self, execution: str, paths: Sequence[str]) -> list[StatusRow]:
        """Those at these paths, however many, by path."""
        rows = self._each(AT_PATHS, execution, sorted(paths))
        return list(map(_status, rows))

    def by_time(
        self, execution: str, scopes: Sequence[str], after: tuple[float, str], limit: int
    ) -> list[Span]:
        """Node executions directly in these scopes, by when they began."""
        created, path = after
        place = (created, created, path, limit)
        queries = [(BY_TIME, (execution, scope, *place)) for scope in scopes]
        spans = map(_span, chain.from_iterable(self._database.read(*queries)))
        return sorted(spans, key=_in_time)[:limit]

    def spans_at(self, execution: str, paths: Sequence[str]) -> list[Span]:
        """Those at these paths, however many, by when they began."""
        spans = map(_span, self._each(SPANS_AT, execution, paths))
        return sorted(spans, key=_in_time)

    def attempts(
        self, execution: str, paths: Sequence[str], limit: int
    ) -> dict[str, list[AttemptSpan]]:
        """The attempts at these paths, however many, by number; at most so many."""
        found: defaultdict[str, list[AttemptSpan]] = defaultdict(list)
        for some in _batches(paths):
            for row in self._all(ATTEMPTS, *some, execution, limit):
                found[row[0]].append(_attempt(row))
        return found

    def failures(self, execution: str, paths: Sequence[str]) -> dict[str, Failure]:
        """Why these have not succeeded."""
        found = (
            (path, records.failure(data)) for path, data in self._each(FAILURES, execution, paths)
        )
        return {path: failure for path, failure in found if failure is not None}

    def decided(self, execution: str, paths: Sequence[str]) -> dict[str, ScopeState]:
        """What the scopes at these paths, however many, have decided."""
        rows = self._each(STATES, execution, paths)
        return {path: records.state(data) for path, data in rows}

    def changed(
        self, root: str, execution: str, since: int, limit: int
    ) -> tuple[int, set[str]] | None:
        """Paths that lines of the journal behind `since` are about, and the `seq` of the last.

        None: there are more than `limit` lines.
        """
        rows = self._all(CHANGED, root, since, limit + 1)
        if len(rows) > limit:
            return None
        last = rows[-1][0] if rows else since
        return last, {path for _, of, path in rows if of == execution}

    def calls(self, execution: str, scope: str, limit: int) -> list[Call]:
        """What the function of an eager task has called, in order."""
        rows = self._all(CALLS, execution, scope, limit)
        return [Call(path, split(path)[1], kind, Ref(of, name)) for path, kind, of, name in rows]

    # -- elements of maps -----------------------------------------------------------------

    def elements(self, execution: str, maps: Sequence[str]) -> dict[str, Counter[str]]:
        """How many elements of these maps, however many, are in each phase.

        See `SearchNodes.elements` for what counts; those of which nothing is known are not counted.
        """
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for some in _batches(maps):
            counted = self._all(COUNTED, *some, execution)
            ranges: list[tuple[str, str, str]] = []
            for scope, path, phase, count in counted:
                if path is None:
                    found[scope][phase] += count
                elif phase != "SKIPPED":
                    ranges.append((scope, path, phase))
            places: defaultdict[str, list[int]] = defaultdict(list)
            for scope, element in self._all(PLACES, *some, execution) if ranges else ():
                places[scope].append(element)
            for scope, path, phase in ranges:
                start, end = range_of(split(path)[1])
                apart = bisect_left(places[scope], end) - bisect_left(places[scope], start)
                found[scope][phase] += end - start - apart
        return found

    def parts(self, execution: str, path: str) -> Parts:
        """What the map at a path is cut into."""
        ranges: list[tuple[int, int, State]] = []
        alone: defaultdict[State, list[int]] = defaultdict(list)
        for element, range_, phase, reuse in self._all(CELLS, execution, path):
            origin = None if reuse is None else records.reuse(reuse)
            state = (records.phase(phase), origin and origin.how)
            if range_ is None:
                alone[state].append(element)
            else:
                ranges.append((*range_of(split(range_)[1]), state))
        return Parts(sorted(ranges), alone)

    def _each(self, statement: str, execution: str, paths: Sequence[str]) -> Iterator[Row]:
        """The rows that a statement gives for these paths, however many."""
        for some in _batches(paths):
            yield from self._all(statement, *some, execution)


def _in_scope(execution: str, scope: str, after: str, limit: int) -> Query:
    if not scope:
        return IN_ROOT, (execution, scope, after, limit)
    # A backslash follows the bracket of elements in ASCII.
    return IN_SCOPE, (execution, scope, after, f"{scope}/", f"{scope}\\", limit)


def _batches(paths: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(paths), MOST_ASKED):
        yield _filled(paths[start : start + MOST_ASKED])


def _filled(paths: Sequence[str]) -> list[str]:
    """As many paths as the table has rows."""
    return [*paths, *([_NO_PATH] * (MOST_ASKED - len(paths)))]


def _status(row: Row) -> StatusRow:
    """From the columns of `_STATUS`."""
    (
        path, kind, phase, number, created, ended, until, reuse, child, signalled, started, attempt
    ) = row  # fmt: skip
    return StatusRow(
        path,
        kind,
        records.phase(phase),
        number,
        created,
        ended,
        until,
        records.reuse(reuse),
        child,
        bool(signalled),
        started,
        None if attempt is None else records.attempt_phase(attempt),
    )


def _span(row: Row) -> Span:
    path, kind, phase, created, ended, reuse = row
    return Span(path, kind, records.phase(phase), created, ended, records.reuse(reuse))


def _attempt(row: Row) -> AttemptSpan:
    """From the columns of `ATTEMPTS`."""
    path, number, phase, *times = row
    return AttemptSpan(path, number, records.attempt_phase(phase), *times)


def _in_time(span: Span) -> tuple[float, str]:
    return span.created, span.path
