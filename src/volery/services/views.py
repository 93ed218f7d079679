"""Views in this process: what pages show, on behalf of one identity."""

from __future__ import annotations

from dataclasses import dataclass

from volery.services.artifacts import ArtifactViews
from volery.services.comparing import Comparing
from volery.services.differing import Differing
from volery.services.fleet import FleetViews
from volery.services.glance import Glances
from volery.services.overview import Overview
from volery.services.system import SystemView
from volery.wire.access import Identity
from volery.wire.artifacts import Artifact, ArtifactFilter
from volery.wire.comparisons import Comparison, ComparisonQuery, DiffQuery, EntityDiff
from volery.wire.executions import ExecutionFilter
from volery.wire.fleet import Fleet, FleetEntity
from volery.wire.gates import WaitingGate
from volery.wire.glance import Glance, GlanceQuery
from volery.wire.over_time import OverTime
from volery.wire.page import Page
from volery.wire.suggestions import SuggestionQuery
from volery.wire.system import System


@dataclass(frozen=True, slots=True)
class ViewServices:
    """What views are made of; one set serves all identities."""

    overview: Overview
    glances: Glances
    fleet: FleetViews
    comparing: Comparing
    differing: Differing
    artifacts: ArtifactViews
    system: SystemView


class LocalViews:
    """See `Views`."""

    def __init__(self, views: ViewServices, who: Identity) -> None:
        self._views = views
        self._who = who

    def glance(self, query: GlanceQuery) -> Glance:
        return self._views.glances.glance(self._who, query)

    def over_time(self, where: ExecutionFilter, buckets: int = 60) -> OverTime:
        return self._views.overview.over_time(self._who, where, buckets)

    def waiting_gates(
        self, project: str = "", domain: str = "", limit: int = 100, cursor: str = ""
    ) -> Page[WaitingGate]:
        return self._views.overview.gates(self._who, project, domain, limit, cursor)

    def fleet(
        self, where: ExecutionFilter, scope: str = "", limit: int = 60, cursor: str = ""
    ) -> Fleet:
        return self._views.fleet.fleet(self._who, where, scope, limit, cursor)

    def fleet_entities(self, where: ExecutionFilter, runs: int = 14) -> tuple[FleetEntity, ...]:
        return self._views.fleet.entities(self._who, where, runs)

    def compare(self, query: ComparisonQuery, limit: int = 200, cursor: str = "") -> Comparison:
        return self._views.comparing.compare(self._who, query, limit, cursor)

    def diff(self, query: DiffQuery) -> EntityDiff:
        return self._views.differing.diff(self._who, query)

    def artifacts(
        self, where: ArtifactFilter, limit: int = 100, cursor: str = ""
    ) -> Page[Artifact]:
        return self._views.artifacts.page(self._who, where, limit, cursor)

    def suggestions(self, query: SuggestionQuery, limit: int = 20) -> tuple[str, ...]:
        return self._views.overview.suggestions(self._who, query, limit)

    def system(self) -> System:
        return self._views.system.system(self._who)
