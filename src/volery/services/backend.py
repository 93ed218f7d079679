"""The backend in this process: every noun's service, on behalf of one identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import BinaryIO

from volery.data.storage import Storage
from volery.errors import AlteredContent, MissingContent, NotFound, Unavailable
from volery.services.access import Access, Audit, require
from volery.services.browsing import Browsing
from volery.services.decks import Decks
from volery.services.delivering import Delivering
from volery.services.failing import Failing
from volery.services.following import Following
from volery.services.graphs import Graphs
from volery.services.launching import Launching
from volery.services.logs import Logs
from volery.services.openings import Openings
from volery.services.registration import Registration
from volery.services.scheduling import Scheduling
from volery.services.tracing import Tracing
from volery.services.views import LocalViews, ViewServices
from volery.wire import (
    access,
    cache,
    decks,
    entities,
    executions,
    failures,
    graphs,
    health,
    lineage,
    logs,
    notices,
    progress,
    schedules,
)
from volery.wire.access import Identity
from volery.wire.definitions import Definition
from volery.wire.openings import ExecutionOpening, NodeOpening, ScopeOpening
from volery.wire.order import NEWEST, Order
from volery.wire.page import Page
from volery.wire.parts import Parts, PartsQuery
from volery.wire.projects import NewProject, Project

PERIOD = 0.05
"""Seconds between looks at the journal of an execution that is watched."""
PAGE = 1000
PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Services:
    """What a backend is made of; one set serves all identities.

    Attributes:
        health: says how it is.
        stopped: it is over: nobody waits any more.
    """

    registration: Registration
    launching: Launching
    browsing: Browsing
    graphs: Graphs
    following: Following
    failing: Failing
    openings: Openings
    scheduling: Scheduling
    delivering: Delivering
    tracing: Tracing
    access: Access
    audit: Audit
    logs: Logs
    decks: Decks
    views: ViewServices
    storage: Storage
    health: Callable[[], health.Health]
    stopped: Event


class LocalBackend(LocalViews):
    """See `Backend`."""

    def __init__(self, services: Services, who: Identity) -> None:
        super().__init__(services.views, who)
        self._services = services
        self._who = who

    def identity(self) -> Identity:
        return self._who

    def health(self) -> health.Health:
        return self._services.health()

    # -- projects -------------------------------------------------------------------------

    def projects(self) -> tuple[Project, ...]:
        return self._services.registration.projects(self._who)

    def create_project(self, new: NewProject) -> Project:
        return self._services.registration.create_project(self._who, new)

    # -- content --------------------------------------------------------------------------

    def has_content(self, digest: str) -> bool:
        require(self._who, "viewer", None)
        return self._services.storage.has(digest)

    def put_content(self, digest: str, file: BinaryIO) -> None:
        require(self._who, "operator", _one_of(self._who))
        if self._services.storage.has(digest):
            return
        self._services.audit.write(self._who, "content.put", digest)
        with self._services.storage.writer() as writer:
            while data := file.read(PIECE):
                writer.write(data)
        if writer.digest != digest:
            raise AlteredContent(
                f"what came has the digest {writer.digest}, and not {digest}",
                hint="send it again",
            )

    def open_content(self, digest: str) -> BinaryIO:
        require(self._who, "viewer", None)
        try:
            return self._services.storage.open(digest, -1)
        except MissingContent:  # it says where the storage is
            raise NotFound(f"there is no content with the digest {digest}") from None

    # -- packages and entities ------------------------------------------------------------

    def has_package(self, digest: str) -> bool:
        return self._services.registration.has_package(self._who, digest)

    def put_package(self, digest: str, archive: BinaryIO) -> None:
        self._services.registration.put_package(self._who, digest, archive)

    def register(self, registration: entities.Registration) -> entities.Registered:
        return self._services.registration.register(self._who, registration)

    def entities(
        self, kind: str, where: entities.EntityFilter, limit: int = 100, cursor: str = ""
    ) -> Page[entities.EntitySummary]:
        return self._services.registration.entities(self._who, kind, where, limit, cursor)

    def entity(self, key: entities.EntityKey) -> entities.Entity:
        return self._services.registration.entity(self._who, key)

    def bundle(self, digest: str) -> bytes:
        return self._services.registration.bundle(self._who, digest)

    # -- launch plans and schedules -------------------------------------------------------

    def activate(self, key: entities.EntityKey) -> entities.EntitySummary:
        return self._services.registration.activate(self._who, key)

    def deactivate(self, key: entities.EntityKey) -> bool:
        return self._services.registration.deactivate(self._who, key)

    def schedules(self, project: str = "", domain: str = "") -> tuple[schedules.Schedule, ...]:
        return self._services.scheduling.schedules(self._who, project, domain)

    def fires(self, key: entities.EntityKey, count: int = 20) -> tuple[schedules.Fire, ...]:
        return self._services.scheduling.fires(self._who, key, count)

    def course(self, key: entities.EntityKey) -> schedules.Course:
        return self._services.views.glances.course(self._who, key)

    def backfill(self, backfill: schedules.Backfill) -> tuple[schedules.Backfilled, ...]:
        return self._services.scheduling.backfill(self._who, backfill)

    # -- executions -----------------------------------------------------------------------

    def execute(self, new: executions.NewExecution) -> executions.Execution:
        return self._services.launching.execute(self._who, new)

    def execute_all(
        self, news: Sequence[executions.NewExecution]
    ) -> list[executions.Execution | Exception]:
        return self._services.launching.execute_all(self._who, news)

    def executions(
        self,
        where: executions.ExecutionFilter,
        limit: int = 100,
        cursor: str = "",
        order: Order = NEWEST,
    ) -> Page[executions.Execution]:
        return self._services.browsing.executions(self._who, where, limit, cursor, order)

    def count(self, where: executions.ExecutionFilter) -> executions.Counts:
        return self._services.browsing.count(self._who, where)

    def execution(self, id: str) -> executions.Execution:
        return self._services.browsing.execution(self._who, id)

    def summary(self, id: str) -> executions.Summary:
        return self._services.browsing.summary(self._who, id)

    def opening(self, id: str) -> ExecutionOpening:
        return self._services.openings.execution(self._who, id)

    def nodes(
        self, id: str, where: executions.NodeFilter, limit: int = 100, cursor: str = ""
    ) -> Page[executions.Node]:
        return self._services.browsing.nodes(self._who, id, where, limit, cursor)

    def node(self, id: str, path: str) -> executions.Node:
        return self._services.browsing.node(self._who, id, path)

    def node_opening(self, id: str, path: str) -> NodeOpening:
        return self._services.openings.node(self._who, id, path)

    def attempts(self, id: str, path: str) -> tuple[executions.Attempt, ...]:
        return self._services.browsing.attempts(self._who, id, path)

    # -- scopes ---------------------------------------------------------------------------

    def graph(self, id: str, scope: str = "") -> graphs.Graph:
        return self._services.graphs.of_execution(self._who, id, scope)

    def scope_opening(self, id: str, scope: str) -> ScopeOpening:
        return self._services.openings.scope(self._who, id, scope)

    def entity_graph(self, key: entities.EntityKey, scope: str = "") -> graphs.Graph:
        return self._services.graphs.of_entity(self._who, key, scope)

    def statuses(
        self, id: str, where: progress.ScopeFilter, limit: int = 5_000, cursor: str = ""
    ) -> progress.Statuses:
        return self._services.following.statuses(self._who, id, where, limit, cursor)

    def timeline(
        self, id: str, where: progress.ScopeFilter, limit: int = 2_000, cursor: str = ""
    ) -> progress.Timeline:
        return self._services.following.timeline(self._who, id, where, limit, cursor)

    def cells(self, id: str, path: str) -> progress.Cells:
        return self._services.following.cells(self._who, id, path)

    def failure(self, id: str, path: str = "", attempt: int = 0) -> failures.FailureReport:
        return self._services.failing.report(self._who, id, path, attempt)

    # -- values ---------------------------------------------------------------------------

    def inputs(self, id: str, path: str = "") -> executions.Values:
        return self._services.browsing.inputs(self._who, id, path)

    def outputs(self, id: str, path: str = "") -> executions.Values:
        return self._services.browsing.outputs(self._who, id, path)

    def parts(self, id: str, query: PartsQuery) -> Parts:
        return self._services.browsing.parts(self._who, id, query)

    def definition(self, id: str, path: str = "") -> Definition:
        return self._services.browsing.definition(self._who, id, path)

    def events(self, id: str, after: int = 0, limit: int = PAGE) -> tuple[executions.Event, ...]:
        return self._services.browsing.events(self._who, id, after, limit)

    def watch(self, id: str, after: int = 0) -> Iterator[executions.Event]:
        while True:
            # Before the lines are read, so that the last ones are not missed.
            over = self.execution(id).ended is not None
            while lines := self.events(id, after):
                after = lines[-1].seq
                yield from lines
            if over:
                return
            if self._services.stopped.wait(PERIOD):
                raise Unavailable(f"execution {id} goes on, and nobody is here to watch it")

    def log(self, id: str, path: str, attempt: int, start: int = 0) -> logs.Log:
        self._services.browsing.check_attempt(self._who, id, path, attempt)
        return self._services.logs.log(id, path, attempt, start)

    def log_lines(
        self, id: str, where: logs.LogFilter, first: int = 0, count: int = 500
    ) -> logs.LogLines:
        self._services.browsing.check_attempt(self._who, id, where.path, where.attempt)
        return self._services.logs.lines(id, where, first, count)

    def log_matches(self, id: str, where: logs.LogFilter, text: str) -> logs.LogMatches:
        self._services.browsing.check_attempt(self._who, id, where.path, where.attempt)
        return self._services.logs.matches(id, where, text)

    def decks(self, id: str, path: str, attempt: int) -> tuple[decks.Deck, ...]:
        self._services.browsing.check_attempt(self._who, id, path, attempt)
        return self._services.decks.decks(id, path, attempt)

    def deck(self, id: str, path: str, attempt: int, name: str) -> str:
        self._services.browsing.check_attempt(self._who, id, path, attempt)
        return self._services.decks.deck(id, path, attempt, name)

    def abort(self, id: str, reason: str = "") -> bool:
        return self._services.launching.abort(self._who, id, reason)

    def gates(self, id: str) -> tuple[executions.Gate, ...]:
        return self._services.browsing.gates(self._who, id)

    def signal(self, id: str, signal: executions.Signal) -> None:
        self._services.launching.signal(self._who, id, signal)

    def recover(self, id: str, name: str | None = None) -> executions.Execution:
        return self._services.launching.recover(self._who, id, name)

    def relaunch(
        self, id: str, changes: executions.NewExecution | None = None
    ) -> executions.Execution:
        return self._services.launching.relaunch(self._who, id, changes)

    def verdicts(self, id: str, code: executions.EditedCode) -> tuple[executions.Verdict, ...]:
        return self._services.launching.verdicts(self._who, id, code)

    # -- lineage, cache, notices -----------------------------------------------------------------

    def lineage(self, query: lineage.LineageQuery, limit: int = 1000) -> lineage.Lineage:
        return self._services.tracing.lineage(self._who, query, limit)

    def explain(self, id: str, path: str) -> cache.Explanation:
        return self._services.browsing.explain(self._who, id, path)

    def notices(self, id: str) -> Sequence[notices.Notice]:
        self.execution(id)
        return self._services.delivering.notices(id)

    # -- access ---------------------------------------------------------------------------

    def tokens(self) -> tuple[access.Token, ...]:
        return self._services.access.tokens(self._who)

    def create_token(self, new: access.NewToken) -> access.MadeToken:
        return self._services.access.create(self._who, new)

    def revoke_token(self, name: str) -> access.Token:
        return self._services.access.revoke(self._who, name)

    def audit(self, limit: int = 100, cursor: str = "") -> Page[access.AuditLine]:
        return self._services.access.audit(self._who, limit, cursor)

    def close(self) -> None:
        """Whoever has made the services ends them."""


def _one_of(who: Identity) -> str | None:
    """A project in which somebody acts who is bound to some; None: they are not."""
    return who.projects[0] if who.projects else None
