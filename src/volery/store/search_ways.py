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

_ORDER = "ORDER BY created DESC, serial DESC LIMIT ?"


class Wanted(msgspec.Struct, frozen=True):
    """Which executions.

    Attributes:
        where: as it was asked, but for labels and inputs, which are in `marks`.
        projects: where one may look; None: everywhere.
        marks: all of these: a name, with the values that it may have.
    """

    where: ExecutionFilter = ExecutionFilter()
    projects: tuple[str, ...] | None = None
    marks: tuple[tuple[str, tuple[str, ...]], ...] = ()

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
    def children(self) -> tuple[int, ...]:
        """Whether other executions may have started them."""
        return (1,) if self.where.parent else (0, 1) if self.where.children else (0,)


class Place(NamedTuple):
    """A place in a list: what comes after it is older."""

    created: float
    serial: int


class Stretch(NamedTuple):
    """Rows of an index that begin alike, in the order of time.

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

    def keys(self, where: ExecutionFilter, after: Place | None, limit: int) -> Query:
        """`created` and `serial` of the newest, merged."""
        parts = [_some(each, where, after, limit) for each in self.stretches]
        merged = " UNION ALL ".join(
            f"SELECT * FROM ({part}) AS stretch_{number}" for number, (part, _) in enumerate(parts)
        )
        values = [value for _, values in parts for value in values]
        return f"SELECT created, serial FROM ({merged}) AS merged {_ORDER}", [*values, limit]

    def lengths(self, where: ExecutionFilter, limit: int) -> list[Query]:
        """How many are in each stretch, up to a limit."""
        parts = [_some(each, where, None, limit) for each in self.stretches]
        return [(f"SELECT COUNT(*) FROM ({part}) AS part", values) for part, values in parts]

    def phases(self, where: ExecutionFilter, limit: int) -> list[Query]:
        """How many of the newest of each stretch meet the rest, by phase."""
        condition, more = self.condition
        parts = [_some(each, where, None, limit) for each in self.stretches]
        return [(_PHASES.format(part, condition), [*values, *more]) for part, values in parts]


def _some(stretch: Stretch, where: ExecutionFilter, after: Place | None, limit: int) -> Query:
    """The newest of a stretch, within the time that is wanted."""
    bounds = {
        " AND created >= ?": (where.since,),
        " AND created < ?": (where.until,),
        " AND (created, serial) < (?, ?)": after or (None,),
    }
    given = {text: values for text, values in bounds.items() if values != (None,)}
    statement = f"SELECT created, serial FROM {stretch.source}{''.join(given)} {_ORDER}"
    return statement, [*stretch.values, *(each for some in given.values() for each in some), limit]


# -- what is wanted -----------------------------------------------------------------------------


def conditions(wanted: Wanted) -> Iterator[tuple[str, Query]]:
    """What is wanted of an execution ``e``, by name, but for the time."""
    where = wanted.where
    columns = {
        "domain": where.domain,
        "entity_kind": where.kind,
        "entity_name": where.name,
        "version": where.version,
        "parent_execution": where.parent,
    }
    yield from ((name, (f"e.{name} = ?", [value])) for name, value in columns.items() if value)
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
    if where.search:
        part = f"%{literally(where.search)}%"
        yield "search", (f"({_LIKE.format('id')} OR {_LIKE.format('entity_name')})", [part, part])


_LIKE = r"LOWER(e.{}) LIKE ? ESCAPE '\'"


def among(column: str, values: Sequence[object]) -> Query:
    """The condition that a column has one of these values."""
    return f"{column} IN ({', '.join('?' * len(values)) or 'NULL'})", values


def literally(text: str) -> str:
    r"""A text for LIKE, which knows ``%``, ``_`` and ``\``. Small letters stand for large ones."""
    small = "".join(each.lower() if each.isascii() else each for each in text)
    return small.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def ways(wanted: Wanted, places: Sequence[tuple[str, str]] | None) -> Iterator[Way]:
    """Ways to what is wanted; first those that, as a rule, have the least besides it.

    Args:
        wanted: which executions.
        places: projects and domains that they may be in; None: in any.
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
    if where.name:
        yield _merged(("entity_name",), [(where.name,)], children, phases)
    if places and len(places) * len(children) * len(phases) <= MOST_STRETCHES:
        yield _merged(("project", "domain"), places, children, phases)
    yield _merged((), [()], children, phases)


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
