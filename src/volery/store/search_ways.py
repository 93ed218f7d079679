"""The ways on which a search finds executions, as SQL."""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import msgspec

from volery.engine.model import Phase
from volery.store.database import Query
from volery.wire.executions import ExecutionFilter

PHASES = tuple(str(phase) for phase in Phase if phase is not Phase.PENDING)

MOST_STRETCHES = 60
"""So many stretches of an index are merged."""

_PHASES = """
    SELECT e.phase, COUNT(*) FROM ({}) AS part JOIN executions AS e ON e.serial = part.serial
    WHERE {} GROUP BY e.phase"""

CREATED = "created"
TOOK = "(ended - created)"
"""What lists go by: when executions were created, or how long they have taken."""

NAMED = 12
"""So many names that begin alike are looked for each by itself."""

LAST = "\U0010ffff"
"""No character comes after this one."""


class Wanted(msgspec.Struct, frozen=True):
    """Which executions.

    Attributes:
        where: as it was asked, but for labels and inputs, which are in `marks`.
        projects: where one may look; None: everywhere.
        marks: all of these: a name, with the values that it may have.
        ended_since: ended from then on; None: whenever, or not yet. No index knows it: where
            executions in a phase are very many, so many of the newest are asked.
    """

    where: ExecutionFilter = ExecutionFilter()
    projects: tuple[str, ...] | None = None
    marks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ended_since: float | None = None

    @property
    def within(self) -> tuple[str, ...] | None:
        """The projects that they may be in; None: any."""
        one = self.where.project
        if not one:
            return self.projects
        return (one,) if self.projects is None or one in self.projects else ()

    @property
    def phases(self) -> tuple[str, ...]:
        """The phases that they may be in."""
        return self.where.phases or PHASES

    @property
    def name(self) -> str:
        """The name of the entity; empty: any."""
        return "" if self.where.name.endswith("*") else self.where.name

    @property
    def prefix(self) -> str:
        """What the name of the entity begins with; empty: with anything."""
        return self.where.name.rstrip("*") if self.where.name.endswith("*") else ""

    @property
    def children(self) -> tuple[int, ...]:
        """Whether other executions may have started them."""
        return (1,) if self.where.parent else (0, 1) if self.where.children else (0,)


class Place(NamedTuple):
    """A place in a list. `at`: what the list goes by, such as when they were created."""

    at: float
    serial: int


class Order(NamedTuple):
    """What a list goes by, and whether the least comes first."""

    by: str = CREATED
    ascending: bool = False

    @property
    def way(self) -> str:
        """As SQL says it."""
        return "ASC" if self.ascending else "DESC"


NEWEST = Order()


class Stretch(NamedTuple):
    """Rows of an index that begin alike, in the order of what a list goes by.

    Attributes:
        source: what follows FROM; `values` are those of its marks.
        phase: the phase of all of them; empty: they are in any.
    """

    source: str
    values: tuple[object, ...]
    phase: str = ""


class Way(NamedTuple):
    """Stretches that have all that is wanted, and more.

    Attributes:
        covers: names of the conditions that all of it meets.
        rest: the others, which have to be asked of each row; empty: there are none.
    """

    stretches: tuple[Stretch, ...]
    covers: frozenset[str]
    rest: tuple[Query, ...] = ()

    @property
    def condition(self) -> Query:
        """The rest as one condition on a row ``e``."""
        statement = " AND ".join(each for each, _ in self.rest) or "1 = 1"
        return statement, [value for _, values in self.rest for value in values]

    def keys(
        self, where: ExecutionFilter, after: Place | None, limit: int, order: Order = NEWEST
    ) -> Query:
        """`at`, which the list goes by, and `serial` of the first.

        A database merges the stretches as it reads them: of each it reads what it needs.
        """
        parts = [_all_of(each, where, after, order) for each in self.stretches]
        merged = " UNION ALL ".join(part for part, _ in parts)
        return _first(merged, [value for _, values in parts for value in values], limit, order)

    def lengths(self, where: ExecutionFilter, limit: int) -> list[Query]:
        """How many are in each stretch, up to a limit."""
        parts = [some_of(each, where, None, limit) for each in self.stretches]
        return [(f"SELECT COUNT(*) FROM ({part}) AS part", values) for part, values in parts]

    def phases(self, where: ExecutionFilter, limit: int) -> list[Query]:
        """How many of the newest of each stretch meet the rest, by phase."""
        condition, more = self.condition
        parts = [some_of(each, where, None, limit) for each in self.stretches]
        return [(_PHASES.format(part, condition), [*values, *more]) for part, values in parts]


def some_of(stretch: Stretch, where: ExecutionFilter, after: Place | None, limit: int) -> Query:
    """The newest of a stretch, within the time that is wanted."""
    return _first(*_all_of(stretch, where, after, NEWEST), limit, NEWEST)


def _first(rows: str, values: Sequence[object], limit: int, order: Order) -> Query:
    ordered = f"{rows} ORDER BY at {order.way}, serial {order.way} LIMIT ?"
    return ordered, [*values, limit]


def _all_of(stretch: Stretch, where: ExecutionFilter, after: Place | None, order: Order) -> Query:
    """A stretch from a place on; if it goes by time, within the time that is wanted."""
    by, (no_less, beyond) = order.by, (">=", ">") if order.ascending else ("<=", "<")
    timed = by == CREATED
    bounds: list[Query] = []
    if timed and where.since is not None:
        bounds.append(("created >= ?", [where.since]))
    if timed and where.until is not None:
        bounds.append(("created < ?", [where.until]))
    if after is not None:
        # The first condition alone leads SQLite into an index of what is computed.
        bounds.append((f"{by} {no_less} ? AND ({by}, serial) {beyond} (?, ?)", [after.at, *after]))
    bounded = "".join(f" AND {each}" for each, _ in bounds)
    statement = f"SELECT {by} AS at, serial FROM {stretch.source}{bounded}"
    values = (value for _, given in bounds for value in given)
    return statement, [*stretch.values, *values]


# -- what is wanted -----------------------------------------------------------------------------


def conditions(wanted: Wanted) -> Iterator[tuple[str, Query]]:
    """What is wanted of an execution ``e``, by name, but for the time."""
    where = wanted.where
    columns = {
        "domain": where.domain,
        "entity_kind": where.kind,
        "entity_name": wanted.name,
        "version": where.version,
        "parent_execution": where.parent,
    }
    yield from ((name, (f"e.{name} = ?", [value])) for name, value in columns.items() if value)
    if wanted.prefix:
        beginning = "e.entity_name >= ? AND e.entity_name < ?"
        yield "entity_name", (beginning, [wanted.prefix, wanted.prefix + LAST])
    if wanted.within is not None:
        yield "project", among("e.project", wanted.within)
    if where.phases:
        yield "phase", among("e.phase", where.phases)
    if wanted.children == (0,):
        yield "child", ("e.child = 0", [])
    for name, values in wanted.marks:
        of_value, given = among("value", values)
        mark = f"SELECT 1 FROM marks WHERE name = ? AND {of_value} AND (created, serial)"
        yield name, (f"EXISTS ({mark} = (e.created, e.serial))", [name, *given])
    if wanted.ended_since is not None:
        yield "ended", ("e.ended >= ?", [wanted.ended_since])
    if where.search:
        part = f"%{literally(where.search)}%"
        yield "search", (f"({_LIKE.format('id')} OR {_LIKE.format('entity_name')})", [part, part])


def times(wanted: Wanted) -> Iterator[tuple[str, Query]]:
    """The same about the time, which most ways go along by themselves."""
    since, until = wanted.where.since, wanted.where.until
    if since is not None:
        yield "since", ("e.created >= ?", [since])
    if until is not None:
        yield "until", ("e.created < ?", [until])


_LIKE = r"LOWER(e.{}) LIKE ? ESCAPE '\'"


def among(column: str, values: Sequence[object]) -> Query:
    """The condition that a column has one of these values."""
    return f"{column} IN ({', '.join('?' * len(values)) or 'NULL'})", values


def literally(text: str) -> str:
    r"""A text for LIKE, which knows ``%``, ``_`` and ``\``. Small letters stand for large ones."""
    small = "".join(each.lower() if each.isascii() else each for each in text)
    return small.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def ways(
    wanted: Wanted, places: Sequence[tuple[str, str]] | None, names: Sequence[str] | None
) -> Iterator[Way]:
    """Ways to what is wanted; first those that, as a rule, have the least besides it.

    Args:
        wanted: which executions.
        places: projects and domains that they may be in; None: in any.
        names: those that their entities may have; None: any, or very many.
    """
    where, phases, children = wanted.where, wanted.phases, wanted.children
    if where.parent:
        yield _merged(("parent_execution",), [(where.parent,)], (), phases)
    for name, values in wanted.marks:
        source = "marks WHERE name = ? AND value = ?"
        yield Way(tuple(Stretch(source, (name, value)) for value in values), frozenset((name,)))
    if where.version:
        source = "executions WHERE version = ? AND version <> ''"  # as the index says
        yield Way((Stretch(source, (where.version,)),), frozenset(("version",)))
    if names is not None:
        yield _merged(("entity_name",), [(name,) for name in names], children, phases)
    if places and len(places) * len(children) * len(phases) <= MOST_STRETCHES:
        yield _merged(("project", "domain"), places, children, phases)
    yield _merged((), [()], children, phases)


def by_duration(places: Sequence[tuple[str, str]], children: tuple[int, ...]) -> Way:
    """The way along how long executions have taken, in some projects and domains."""
    columns = ("project", "domain", "child")
    source = f"executions WHERE {' AND '.join(f'{each} = ?' for each in columns)}"
    stretches = (
        Stretch(f"{source} AND ended IS NOT NULL", (*place, child))
        for place, child in product(places, children)
    )
    return Way(tuple(stretches), frozenset(columns))


def ended_among(way: Way, where: ExecutionFilter, limit: int) -> Way:
    """Those on a way that have ended, all of them read: the first `limit` of each stretch."""
    condition, more = way.condition
    stretches: list[Stretch] = []
    for stretch in way.stretches:
        part, values = some_of(stretch, where, None, limit)
        source = f"""(
            SELECT e.created, e.ended, e.serial FROM ({part}) AS part
            JOIN executions AS e ON e.serial = part.serial WHERE {condition}
        ) AS few WHERE ended IS NOT NULL"""
        stretches.append(Stretch(source, (*values, *more)))
    return Way(tuple(stretches), way.covers)


def _merged(
    columns: tuple[str, ...],
    beginnings: Sequence[tuple[str, ...]],
    children: tuple[int, ...],
    phases: tuple[str, ...],
) -> Way:
    """Stretches for all that an index can begin with, up to the phase."""
    columns = (*columns, *(("child",) if children else ()), "phase")
    source = f"executions WHERE {' AND '.join(f'{column} = ?' for column in columns)}"
    stretches = (
        Stretch(source, (*beginning, *child, phase), phase)
        for beginning, child, phase in product(
            beginnings, [(each,) for each in children] or [()], phases
        )
    )
    return Way(tuple(stretches), frozenset(columns))
