"""Overview: executions over time, gates that wait, and what can be looked for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from volery.clock import Clock
from volery.data.current import using
from volery.errors import CallError
from volery.services import cursors, shown
from volery.services.access import DAY, require
from volery.services.gates import Gates
from volery.services.sight import Sight
from volery.services.values import Values
from volery.store.catalog import Catalog
from volery.store.database import Database
from volery.store.suggesting import ID, MARK, NAME, VERSION, Places, Suggesting, value_of
from volery.store.waiting_gates import Place, WaitingGate, WaitingGates
from volery.wire import gates as wire
from volery.wire.access import Identity
from volery.wire.entities import EntityFilter
from volery.wire.executions import ExecutionFilter
from volery.wire.over_time import OverTime
from volery.wire.page import MOST, Page
from volery.wire.suggestions import SuggestionQuery

LABEL = "label."
"""What the marks of labels begin with."""


class Overview:
    """See the module's text. Any thread may use it.

    Args:
        sight: what they may see.
        database: has it.
        clock: says what time it is.
    """

    def __init__(self, sight: Sight, database: Database, clock: Clock) -> None:
        self._sight = sight
        self._gates = WaitingGates(database)
        self._suggesting = Suggesting(database)
        self._catalog = Catalog(database)
        self._clock = clock

    # -- executions over time -------------------------------------------------------------

    def over_time(self, who: Identity, where: ExecutionFilter, buckets: int) -> OverTime:
        """See `Views.over_time`. Raises CallError: the stretch of time is none."""
        until = self._clock.now() if where.until is None else where.until
        since = until - DAY if where.since is None else where.since
        if since >= until:
            raise CallError("expected a beginning before the end", path="$.since")
        wanted = self._sight.wanted(who, where)
        search = self._sight.search
        found = search.over_time(wanted, since, until, buckets)
        return replace(found, all=search.count(wanted))

    # -- gates ----------------------------------------------------------------------------

    def gates(
        self, who: Identity, project: str, domain: str, limit: int, cursor: str
    ) -> Page[wire.WaitingGate]:
        """See `Views.waiting_gates`."""
        if project:
            require(who, "viewer", project)
        after = cursors.read(cursor, Place, "gates that wait")
        found, last = self._gates.page(project, domain, who.projects, after)
        page: list[wire.WaitingGate] = []
        place: Place | None = None
        for gate, asked in self._answered(found):
            if len(page) == min(limit, MOST):
                return Page(tuple(page), cursors.written(place))
            page.append(asked)
            place = (gate.since, gate.execution, gate.path)
        return Page(tuple(page), None if last is None else cursors.written(last))

    def _answered(self, gates: list[WaitingGate]) -> Iterator[tuple[WaitingGate, wire.WaitingGate]]:
        """Those that somebody has to answer."""
        sight = self._sight
        finder = Gates(sight.store, sight.contexts(), Values(sight.store))
        for gate in gates:
            record = sight.store.execution(gate.execution)
            if record is None:
                continue
            with using(sight.storage_of(record)):
                found = finder.at(gate.execution, gate.path, gate.until)
                if found is not None:
                    entity = shown.key_of(record, record.entity)
                    asked = shown.gate(found)
                    yield gate, wire.WaitingGate(asked, gate.since, entity, record.root)

    # -- suggestions ----------------------------------------------------------------------

    def suggestions(self, who: Identity, query: SuggestionQuery, limit: int) -> tuple[str, ...]:
        """See `Views.suggestions`."""
        if query.project:
            require(who, "viewer", query.project)
        places = Places(query.project, query.domain, who.projects)
        match query.field:
            case "task" | "workflow" | "launch_plan" as kind:
                where = EntityFilter(query.project, query.domain, search=query.prefix)
                found = self._catalog.page(kind, where, limit, None, who.projects)
                return tuple(dict.fromkeys(summary.key.name for summary, _ in found))
            case "name":
                known = NAME
            case "version":
                known = VERSION
            case "id":
                known = ID
            case "label":
                return self._labels(query.prefix, places, limit)
        return tuple(self._suggesting.values(known, query.prefix, places, limit))

    def _labels(self, prefix: str, places: Places, limit: int) -> tuple[str, ...]:
        key, equals, value = prefix.partition("=")
        if not equals:
            found = self._suggesting.values(MARK, LABEL + key, places, limit)
            return tuple(each.removeprefix(LABEL) for each in found)
        found = self._suggesting.values(value_of(LABEL + key), value, places, limit)
        return tuple(f"{key}={each}" for each in found)
