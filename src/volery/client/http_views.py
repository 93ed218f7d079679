"""A server, over HTTP: what it shows of many executions, or of several things side by side."""

from __future__ import annotations

from msgspec.structs import asdict

from volery.client.connection import Connection
from volery.client.parameters import execution_parameters, parameters
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

_API = "/api/v1"


class HttpViews:
    """See `Views`.

    Args:
        server: that is asked.
    """

    def __init__(self, server: Connection) -> None:
        self._server = server

    def glance(self, query: GlanceQuery) -> Glance:
        return self._server.get(f"{_API}/glance", Glance, parameters(query))

    def over_time(self, where: ExecutionFilter, buckets: int = 60) -> OverTime:
        query = {**execution_parameters(where), "buckets": buckets}
        return self._server.get(f"{_API}/counts/over-time", OverTime, query)

    def waiting_gates(
        self, project: str = "", domain: str = "", limit: int = 100, cursor: str = ""
    ) -> Page[WaitingGate]:
        query = {"project": project, "domain": domain, "limit": limit, "cursor": cursor or None}
        return self._server.get(f"{_API}/gates", Page[WaitingGate], query)

    def fleet(
        self, where: ExecutionFilter, scope: str = "", limit: int = 60, cursor: str = ""
    ) -> Fleet:
        part = {"scope": scope, "limit": limit, "cursor": cursor or None}
        return self._server.get(f"{_API}/fleet", Fleet, {**execution_parameters(where), **part})

    def fleet_entities(self, where: ExecutionFilter, runs: int = 14) -> tuple[FleetEntity, ...]:
        query = {**execution_parameters(where), "runs": runs}
        return self._server.get(f"{_API}/fleet/entities", tuple[FleetEntity, ...], query)

    def compare(self, query: ComparisonQuery, limit: int = 200, cursor: str = "") -> Comparison:
        asked = {**asdict(query), "limit": limit, "cursor": cursor or None}
        return self._server.get(f"{_API}/compare", Comparison, asked)

    def diff(self, query: DiffQuery) -> EntityDiff:
        return self._server.get(f"{_API}/diff", EntityDiff, asdict(query))

    def artifacts(
        self, where: ArtifactFilter, limit: int = 100, cursor: str = ""
    ) -> Page[Artifact]:
        query = {**parameters(where), "limit": limit, "cursor": cursor or None}
        return self._server.get(f"{_API}/artifacts", Page[Artifact], query)

    def suggestions(self, query: SuggestionQuery, limit: int = 20) -> tuple[str, ...]:
        asked = {**asdict(query), "limit": limit}
        return self._server.get(f"{_API}/suggestions", tuple[str, ...], asked)

    def system(self) -> System:
        return self._server.get(f"{_API}/system", System)
