"""Glance: what there is, and what a launch plan does, from those who know it."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from volery.clock import Clock
from volery.services.access import DAY
from volery.services.browsing import Browsing
from volery.services.overview import Overview
from volery.services.scheduling import Scheduling
from volery.services.system import SystemView
from volery.wire.access import Identity
from volery.wire.entities import EntityKey
from volery.wire.executions import Execution, ExecutionFilter
from volery.wire.glance import Glance, GlanceQuery
from volery.wire.schedules import Course

BUCKETS: Final = 72
"""Of the last day: twenty minutes each."""
EXECUTIONS: Final = 10
FAILED: Final = 100
"""Among so many that failed lately, the newest, the ones are found that did so last."""
GATES: Final = 5
SCHEDULES: Final = 6
FIRES: Final = 8


class Glances:
    """See the module's text. Any thread may use it.

    Args:
        overview: knows executions over time, and gates.
        browsing: knows executions.
        scheduling: knows what comes next.
        system: knows how the server is.
        clock: says when now is.
    """

    def __init__(
        self,
        overview: Overview,
        browsing: Browsing,
        scheduling: Scheduling,
        system: SystemView,
        clock: Clock,
    ) -> None:
        self._overview = overview
        self._browsing = browsing
        self._scheduling = scheduling
        self._system = system
        self._clock = clock

    def glance(self, who: Identity, query: GlanceQuery) -> Glance:
        """See `Views.glance`."""
        project, domain = query.project, query.domain
        there = ExecutionFilter(project, domain)
        running = ExecutionFilter(project, domain, phases=("RUNNING",))
        return Glance(
            lately=self._overview.over_time(who, there, BUCKETS),
            running=self._browsing.executions(who, running, EXECUTIONS, "").items,
            failed=self._failed(who, query),
            gates=self._overview.gates(who, project, domain, GATES, "").items,
            schedules=self._scheduling.schedules(who, project, domain)[:SCHEDULES],
            system=self._system.system(who),
        )

    def course(self, who: Identity, key: EntityKey) -> Course:
        """See `Views.course`. Raises NotFound: there is no such launch plan."""
        told, fires = self._scheduling.ahead(who, key, FIRES)
        own = ExecutionFilter(
            key.project, key.domain, kind="launch_plan", name=key.name, children=True
        )
        executions = self._browsing.executions(who, own, EXECUTIONS, "").items
        return Course(told, fires, executions)

    def _failed(self, who: Identity, query: GlanceQuery) -> tuple[Execution, ...]:
        """What has failed since then, whenever it began; what did so last comes first."""
        since = self._clock.now() - DAY if query.since is None else query.since
        sight = self._browsing.sight
        where = ExecutionFilter(query.project, query.domain, phases=("FAILED",))
        wanted = replace(sight.wanted(who, where), ended_since=since)
        found = sight.search.executions(wanted, FAILED).executions
        found.sort(key=lambda each: each.ended or 0.0, reverse=True)
        return tuple(map(sight.shown, found[:EXECUTIONS]))
