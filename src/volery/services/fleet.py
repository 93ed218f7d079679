"""The fleet: many executions of the same side by side, to see which of their steps are flaky."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median

from volery.clock import Clock
from volery.engine.model import Phase
from volery.services import shown
from volery.services.context import Contexts
from volery.services.filters import cursor_of, place_of
from volery.services.sight import Sight, child_of
from volery.store.base import ExecutionRecord
from volery.store.database import Database
from volery.store.fleet import MOST, FleetNodes, GridNode
from volery.wire.access import Identity
from volery.wire.entities import EntityKey
from volery.wire.executions import ExecutionFilter
from volery.wire.fleet import Fleet, FleetEntity, FleetRow, FleetRun

LATELY = 1_000
"""Among so many of the newest executions it is looked what has run."""

_OUTCOMES = frozenset((str(Phase.SUCCEEDED), str(Phase.FAILED)))
_OPENS = frozenset(("workflow", "branch", "dynamic", "eager"))

Grid = Mapping[str, GridNode]
"""What is in a scope of one execution, by path."""


class FleetViews:
    """See the module's text. Any thread may use it.

    Args:
        sight: what they may see.
        database: has the node executions.
        clock: says how long something goes on.
    """

    def __init__(self, sight: Sight, database: Database, clock: Clock) -> None:
        self._sight = sight
        self._nodes = FleetNodes(database)
        self._clock = clock

    def fleet(
        self, who: Identity, where: ExecutionFilter, scope: str, limit: int, cursor: str
    ) -> Fleet:
        """See `Views.fleet`."""
        wanted = self._sight.wanted(who, where)
        found = self._sight.search.executions(wanted, limit, place_of(cursor))
        executions = found.executions
        grids, complete = self._grids([each.id for each in executions], scope)
        contexts, now = self._sight.contexts(), self._clock.now()
        rows = tuple(
            _row(path, grids, _entity(contexts, executions, grids, path), now)
            for path in _paths(grids)
        )
        columns = tuple(map(self._sight.shown, executions))
        return Fleet(columns, rows, complete, cursor_of(found.last))

    def _grids(self, executions: Sequence[str], scope: str) -> tuple[list[Grid], bool]:
        """What is in a scope of each; whether that is all of it."""
        found = self._nodes.in_scope(executions, scope)
        complete = all(len(nodes) <= MOST for nodes in found)
        if not complete:
            paths = [node.path for nodes in found for node in nodes]
            found = self._nodes.at(executions, list(dict.fromkeys(paths))[:MOST])
        return [{node.path: node for node in nodes} for nodes in found], complete

    def entities(self, who: Identity, where: ExecutionFilter, runs: int) -> tuple[FleetEntity, ...]:
        """See `Views.fleet_entities`."""
        found = self._sight.search.executions(self._sight.wanted(who, where), LATELY)
        groups: dict[EntityKey, list[ExecutionRecord]] = {}
        for record in found.executions:
            key = EntityKey(
                record.entity.kind, record.entity.name, "", record.project, record.domain
            )
            groups.setdefault(key, []).append(record)
        return tuple(
            FleetEntity(shown.key_of(group[0], group[0].entity), tuple(map(_run, group[:runs])))
            for group in groups.values()
        )


def _run(record: ExecutionRecord) -> FleetRun:
    return FleetRun(record.id, str(record.phase), record.created, record.ended)


# -- rows ---------------------------------------------------------------------------------------


def _paths(grids: Sequence[Grid]) -> list[str]:
    """All paths, in the order in which they began; `MOST` at most."""
    found: dict[str, None] = {}
    for grid in grids:
        new = [node for path, node in grid.items() if path not in found]
        new.sort(key=lambda node: (node.created, len(node.path), node.path))
        found.update(dict.fromkeys(node.path for node in new))
    return list(found)[:MOST]


def _entity(
    contexts: Contexts, executions: Sequence[ExecutionRecord], grids: Sequence[Grid], path: str
) -> str:
    """What is carried out at a path, in the newest execution that has it."""
    newest = next(record.id for record, grid in zip(executions, grids, strict=True) if path in grid)
    return shown.name_of(child_of(contexts, newest, path))


def _row(path: str, grids: Sequence[Grid], entity: str, now: float) -> FleetRow:
    cells = [grid.get(path) for grid in grids]
    took = [None if cell is None else _took(cell, now) for cell in cells]
    there = [cell for cell in cells if cell is not None]
    ran = [cell for cell in there if cell.ended is not None and not cell.reused]
    good = [cell for cell in ran if cell.phase == Phase.SUCCEEDED]
    retried = sum(cell.attempt > 1 for cell in good)
    return FleetRow(
        path=path,
        kind=there[0].kind,
        entity=entity,
        phases=tuple(cell and cell.phase for cell in cells),
        durations=tuple(took),
        attempts=tuple(cell and cell.attempt for cell in cells),
        reused=tuple(cell and cell.reused for cell in cells),
        failures=sum(cell.phase == Phase.FAILED for cell in ran),
        retried=retried,
        flakiness=_flakiness(ran, retried),
        median=median(_took(cell, now) for cell in good) if good else None,
        opens=there[0].kind in _OPENS,
    )


def _took(cell: GridNode, now: float) -> float:
    return max(0.0, (now if cell.ended is None else cell.ended) - cell.created)


def _flakiness(ran: Iterable[GridNode], retried: int) -> float:
    """See `FleetRow.flakiness`. What always fails is broken, and not flaky."""
    outcomes = [cell.phase for cell in ran if cell.phase in _OUTCOMES]
    if not outcomes:
        return 0.0
    changes = sum(one != other for one, other in pairwise(outcomes))
    return min(1.0, (changes + retried) / len(outcomes))
