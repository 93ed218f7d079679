"""Views: what pages show of many executions, or of several things side by side."""

from __future__ import annotations

from typing import Protocol

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


class Views(Protocol):
    """A part of `Backend`, to which the same applies."""

    def glance(self, query: GlanceQuery) -> Glance:
        """What there is, for whoever looks up for a moment."""
        ...

    def over_time(self, where: ExecutionFilter, buckets: int = 60) -> OverTime:
        """Executions by when they were created; by default in the last 24 hours."""
        ...

    def waiting_gates(
        self, project: str = "", domain: str = "", limit: int = 100, cursor: str = ""
    ) -> Page[WaitingGate]:
        """Gates that wait for somebody, newest first. A page may be short, and not the last."""
        ...

    def fleet(
        self, where: ExecutionFilter, scope: str = "", limit: int = 60, cursor: str = ""
    ) -> Fleet:
        """The newest executions, by what is directly in a scope of each."""
        ...

    def fleet_entities(self, where: ExecutionFilter, runs: int = 14) -> tuple[FleetEntity, ...]:
        """What has run lately, the latest first, with its newest executions."""
        ...

    def compare(self, query: ComparisonQuery, limit: int = 200, cursor: str = "") -> Comparison: ...

    def diff(self, query: DiffQuery) -> EntityDiff:
        """In what two versions of an entity differ."""
        ...

    def artifacts(
        self, where: ArtifactFilter, limit: int = 100, cursor: str = ""
    ) -> Page[Artifact]:
        """What tasks have made, newest first. A page may be short, and not the last."""
        ...

    def suggestions(self, query: SuggestionQuery, limit: int = 20) -> tuple[str, ...]:
        """What begins with what is typed, in order."""
        ...

    def system(self) -> System:
        """What it is made of, and who is at work."""
        ...
