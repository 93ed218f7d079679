"""Glance: what there is, and what a launch plan does, from those who know it."""

from __future__ import annotations

from typing import Final

from volery.clock import Clock
from volery.services.access import DAY
from volery.services.browsing import Browsing
from volery.services.overview import Overview
from volery.services.scheduling import Scheduling
from volery.services.system import SystemView
from volery.wire.access import Identity
from volery.wire.entities import EntityKey
from volery.wire.executions import ExecutionFilter
from volery.wire.glance import Glance, GlanceQuery
from volery.wire.schedules import Course

BUCKETS: Final = 72
"""Of the last day: twenty minutes each."""
EXECUTIONS: Final = 10
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
        since = self._clock.now() - DAY if query.since is None else query.since
        there = ExecutionFilter(project, domain)
        running = ExecutionFilter(project, domain, phases=("RUNNING",))
        failed = ExecutionFilter(project, domain, phases=("FAILED",), since=since)
        return Glance(
            lately=self._overview.over_time(who, there, BUCKETS),
            running=self._browsing.executions(who, running, EXECUTIONS, "").items,
            failed=self._browsing.executions(who, failed, EXECUTIONS, "").items,
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
