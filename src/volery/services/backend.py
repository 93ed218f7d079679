"""The backend in this process: every noun's service, on behalf of one identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event
from typing import BinaryIO

from volery.data.storage import Storage
from volery.errors import AlteredContent, MissingContent, NotFound, Unavailable
from volery.services.access import Access, require
from volery.services.browsing import Browsing
from volery.services.delivering import Delivering
from volery.services.launching import Launching
from volery.services.logs import Logs
from volery.services.registration import Registration
from volery.services.scheduling import Scheduling
from volery.services.tracing import Tracing
from volery.wire import access, entities, executions, health, lineage, logs, notices, schedules
from volery.wire.access import Identity
from volery.wire.page import Page
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
    scheduling: Scheduling
    delivering: Delivering
    tracing: Tracing
    access: Access
    logs: Logs
    storage: Storage
    health: Callable[[], health.Health]
    stopped: Event


class LocalBackend:
    """See `Backend`."""

    def __init__(self, services: Services, who: Identity) -> None:
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

    def backfill(self, backfill: schedules.Backfill) -> tuple[schedules.Backfilled, ...]:
        return self._services.scheduling.backfill(self._who, backfill)

    # -- executions -----------------------------------------------------------------------

    def execute(self, new: executions.NewExecution) -> executions.Execution:
        return self._services.launching.execute(self._who, new)

    def executions(
        self, where: executions.ExecutionFilter, limit: int = 100, cursor: str = ""
    ) -> Page[executions.Execution]:
        return self._services.browsing.executions(self._who, where, limit, cursor)

    def count(self, where: executions.ExecutionFilter) -> executions.Counts:
        return self._services.browsing.count(self._who, where)

    def execution(self, id: str) -> executions.Execution:
        return self._services.browsing.execution(self._who, id)

    def summary(self, id: str) -> executions.Summary:
        return self._services.browsing.summary(self._who, id)

    def nodes(
        self, id: str, where: executions.NodeFilter, limit: int = 100, cursor: str = ""
    ) -> Page[executions.Node]:
        return self._services.browsing.nodes(self._who, id, where, limit, cursor)

    def node(self, id: str, path: str) -> executions.Node:
        return self._services.browsing.node(self._who, id, path)

    def attempts(self, id: str, path: str) -> tuple[executions.Attempt, ...]:
        return self._services.browsing.attempts(self._who, id, path)

    def inputs(self, id: str, path: str = "") -> executions.Values:
        return self._services.browsing.inputs(self._who, id, path)

    def outputs(self, id: str, path: str = "") -> executions.Values:
        return self._services.browsing.outputs(self._who, id, path)

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
        self.execution(id)  # whoever may not know of it is told so
        return self._services.logs.log(id, path, attempt, start)

    def abort(self, id: str, reason: str = "") -> bool:
        return self._services.launching.abort(self._who, id, reason)

    def signal(self, id: str, signal: executions.Signal) -> None:
        self._services.launching.signal(self._who, id, signal)

    def recover(self, id: str, name: str | None = None) -> executions.Execution:
        return self._services.launching.recover(self._who, id, name)

    def relaunch(
        self, id: str, changes: executions.NewExecution | None = None
    ) -> executions.Execution:
        return self._services.launching.relaunch(self._who, id, changes)

    # -- lineage, notices -----------------------------------------------------------------

    def lineage(self, query: lineage.LineageQuery, limit: int = 1000) -> lineage.Lineage:
        return self._services.tracing.lineage(self._who, query, limit)

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
