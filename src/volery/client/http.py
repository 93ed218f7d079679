"""A server, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from volery.client.connection import PATIENCE, Connection
from volery.client.http_views import HttpViews
from volery.client.parameters import execution_parameters, parameters
from volery.errors import VoleryError
from volery.ids import new_execution_id
from volery.wire.access import AuditLine, Identity, MadeToken, NewToken, Token
from volery.wire.cache import Explanation
from volery.wire.decks import Deck
from volery.wire.definitions import Definition
from volery.wire.entities import (
    Entity,
    EntityFilter,
    EntityKey,
    EntitySummary,
    Registered,
    Registration,
)
from volery.wire.executions import (
    Attempt,
    Counts,
    EditedCode,
    Event,
    Execution,
    ExecutionFilter,
    Gate,
    NewExecution,
    Node,
    NodeFilter,
    Signal,
    Summary,
    Values,
    Verdict,
)
from volery.wire.failures import FailureReport
from volery.wire.graphs import Graph
from volery.wire.health import Health
from volery.wire.lineage import Lineage, LineageQuery
from volery.wire.logs import Log, LogFilter, LogLines, LogMatches
from volery.wire.notices import Notice
from volery.wire.openings import ExecutionOpening, NodeOpening, ScopeOpening
from volery.wire.order import NEWEST, Order
from volery.wire.page import Page
from volery.wire.parts import Parts, PartsQuery
from volery.wire.progress import Cells, ScopeFilter, Statuses, Timeline
from volery.wire.projects import NewProject, Project
from volery.wire.schedules import Backfill, Backfilled, Course, Fire, Schedule

_API = "/api/v1"
_ENDS = frozenset({"SUCCEEDED", "FAILED", "ABORTED"})


class HttpBackend(HttpViews):
    """A `Backend` (see there) that a server stands behind.

    What can be asked twice is asked again where no answer comes, for `patience` seconds.

    Args:
        url: of the server.
        token: says who asks; empty: nobody does.
        patience: seconds.

    Raises:
        ConfigError: this is no URL of a server.
    """

    def __init__(self, url: str, token: str = "", *, patience: float = PATIENCE) -> None:
        super().__init__(Connection(url, token, patience=patience))

    def __repr__(self) -> str:
        return f"HttpBackend({self._server.url!r})"

    def identity(self) -> Identity:
        return self._server.get(f"{_API}/whoami", Identity)

    def health(self) -> Health:
        return self._server.get("/readyz", Health, accept=(503,))

    def close(self) -> None:
        self._server.close()

    # -- projects -------------------------------------------------------------------------

    def projects(self) -> tuple[Project, ...]:
        return self._server.get(f"{_API}/projects", tuple[Project, ...])

    def create_project(self, new: NewProject) -> Project:
        return self._server.post(f"{_API}/projects", Project, new, repeatable=False)

    # -- content, packages and entities ---------------------------------------------------

    def has_content(self, digest: str) -> bool:
        return self._server.has(f"{_API}/content/{_quoted(digest)}")

    def put_content(self, digest: str, file: BinaryIO) -> None:
        self._server.upload(f"{_API}/content/{_quoted(digest)}", file)

    def open_content(self, digest: str) -> BinaryIO:
        return self._server.download(f"{_API}/content/{_quoted(digest)}")

    def has_package(self, digest: str) -> bool:
        return self._server.has(f"{_API}/packages/{_quoted(digest)}")

    def put_package(self, digest: str, archive: BinaryIO) -> None:
        self._server.upload(f"{_API}/packages/{_quoted(digest)}", archive)

    def register(self, registration: Registration) -> Registered:
        return self._server.post(f"{_API}/registrations", Registered, registration, repeatable=True)

    def entities(
        self, kind: str, where: EntityFilter, limit: int = 100, cursor: str = ""
    ) -> Page[EntitySummary]:
        query = {**parameters(where), "limit": limit, "cursor": cursor or None}
        return self._server.get(f"{_API}/{_plural(kind)}", Page[EntitySummary], query)

    def entity(self, key: EntityKey) -> Entity:
        return self._server.get(_path_of(key), Entity)

    def bundle(self, digest: str) -> bytes:
        with self._server.download(f"{_API}/bundles/{_quoted(digest)}") as file:
            return file.read()

    # -- launch plans and schedules -------------------------------------------------------

    def activate(self, key: EntityKey) -> EntitySummary:
        path = f"{_API}/launch-plans/activate"
        return self._server.post(path, EntitySummary, key, repeatable=True)

    def deactivate(self, key: EntityKey) -> bool:
        return self._server.post(f"{_API}/launch-plans/deactivate", bool, key, repeatable=True)

    def schedules(self, project: str = "", domain: str = "") -> tuple[Schedule, ...]:
        query = {"project": project, "domain": domain}
        return self._server.get(f"{_API}/schedules", tuple[Schedule, ...], query)

    def fires(self, key: EntityKey, count: int = 20) -> tuple[Fire, ...]:
        place = "/".join(map(_quoted, (key.project, key.domain, key.name)))
        query = {"version": key.version or None, "count": count}
        return self._server.get(f"{_API}/schedules/{place}/fires", tuple[Fire, ...], query)

    def course(self, key: EntityKey) -> Course:
        place = "/".join(map(_quoted, (key.project, key.domain, key.name)))
        query = {"version": key.version or None}
        return self._server.get(f"{_API}/schedules/{place}/course", Course, query)

    def backfill(self, backfill: Backfill) -> tuple[Backfilled, ...]:
        # Each instant has one execution, however often it is asked for.
        path = f"{_API}/launch-plans/backfill"
        return self._server.post(path, tuple[Backfilled, ...], backfill, repeatable=True)

    # -- executions -----------------------------------------------------------------------

    def execute(self, new: NewExecution) -> Execution:
        return self._server.post(f"{_API}/executions", Execution, _named(new), repeatable=True)

    def execute_all(self, news: Sequence[NewExecution]) -> list[Execution | Exception]:
        return list(map(self._executed, news))

    def _executed(self, new: NewExecution) -> Execution | Exception:
        try:
            return self.execute(new)
        except VoleryError as error:
            return error

    def executions(
        self, where: ExecutionFilter, limit: int = 100, cursor: str = "", order: Order = NEWEST
    ) -> Page[Execution]:
        query = {
            **execution_parameters(where),
            **parameters(order),
            "limit": limit,
            "cursor": cursor or None,
        }
        return self._server.get(f"{_API}/executions", Page[Execution], query)

    def count(self, where: ExecutionFilter) -> Counts:
        return self._server.get(f"{_API}/counts", Counts, execution_parameters(where))

    def execution(self, id: str) -> Execution:
        return self._server.get(_execution(id), Execution)

    def summary(self, id: str) -> Summary:
        return self._server.get(f"{_execution(id)}/summary", Summary)

    def opening(self, id: str) -> ExecutionOpening:
        return self._server.get(f"{_execution(id)}/opening", ExecutionOpening)

    def nodes(self, id: str, where: NodeFilter, limit: int = 100, cursor: str = "") -> Page[Node]:
        query = {
            "scope": where.scope,
            "phase": where.phases,
            "search": where.search,
            "limit": limit,
            "cursor": cursor or None,
        }
        return self._server.get(f"{_execution(id)}/nodes", Page[Node], query)

    def node(self, id: str, path: str) -> Node:
        return self._server.get(f"{_execution(id)}/node", Node, {"path": path})

    def node_opening(self, id: str, path: str) -> NodeOpening:
        return self._server.get(f"{_execution(id)}/node/opening", NodeOpening, {"path": path})

    def attempts(self, id: str, path: str) -> tuple[Attempt, ...]:
        return self._server.get(f"{_execution(id)}/attempts", tuple[Attempt, ...], {"path": path})

    # -- scopes ---------------------------------------------------------------------------

    def graph(self, id: str, scope: str = "") -> Graph:
        return self._server.get(f"{_execution(id)}/graph", Graph, {"scope": scope})

    def scope_opening(self, id: str, scope: str) -> ScopeOpening:
        return self._server.get(f"{_execution(id)}/scope/opening", ScopeOpening, {"scope": scope})

    def entity_graph(self, key: EntityKey, scope: str = "") -> Graph:
        found = key if key.version else self.entity(key).summary.key
        return self._server.get(f"{_path_of(found)}/graph", Graph, {"scope": scope})

    def statuses(
        self, id: str, where: ScopeFilter, limit: int = 5_000, cursor: str = ""
    ) -> Statuses:
        query = _scope_parameters(where, limit, cursor)
        return self._server.get(f"{_execution(id)}/statuses", Statuses, query)

    def timeline(
        self, id: str, where: ScopeFilter, limit: int = 2_000, cursor: str = ""
    ) -> Timeline:
        query = _scope_parameters(where, limit, cursor)
        return self._server.get(f"{_execution(id)}/timeline", Timeline, query)

    def cells(self, id: str, path: str) -> Cells:
        return self._server.get(f"{_execution(id)}/cells", Cells, {"path": path})

    def failure(self, id: str, path: str = "", attempt: int = 0) -> FailureReport:
        query = {"path": path, "attempt": attempt}
        return self._server.get(f"{_execution(id)}/failure", FailureReport, query)

    # -- values ---------------------------------------------------------------------------

    def inputs(self, id: str, path: str = "") -> Values:
        return self._server.get(f"{_execution(id)}/inputs", Values, {"path": path})

    def outputs(self, id: str, path: str = "") -> Values:
        return self._server.get(f"{_execution(id)}/outputs", Values, {"path": path})

    def parts(self, id: str, query: PartsQuery) -> Parts:
        return self._server.get(f"{_execution(id)}/values", Parts, parameters(query))

    def definition(self, id: str, path: str = "") -> Definition:
        return self._server.get(f"{_execution(id)}/definition", Definition, {"path": path})

    def events(self, id: str, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        query = {"after": after, "limit": limit}
        return self._server.get(f"{_execution(id)}/journal", tuple[Event, ...], query)

    def watch(self, id: str, after: int = 0) -> Iterator[Event]:
        while True:
            for message in self._server.stream(f"{_execution(id)}/events", str(after)):
                event = msgspec.json.decode(message.data, type=Event)
                after = event.seq
                yield event
                if event.execution == id and not event.path and event.event in _ENDS:
                    return
            # A server that is shut down ends its streams, too.
            if self.execution(id).phase in _ENDS and not self.events(id, after, 1):
                return

    def log(self, id: str, path: str, attempt: int, start: int = 0) -> Log:
        query = {"path": path, "attempt": attempt, "start": start}
        return self._server.get(f"{_execution(id)}/log", Log, query)

    def log_lines(self, id: str, where: LogFilter, first: int = 0, count: int = 500) -> LogLines:
        query = {**_lines_of(where), "first": first, "count": count}
        return self._server.get(f"{_execution(id)}/log/lines", LogLines, query)

    def log_matches(self, id: str, where: LogFilter, text: str) -> LogMatches:
        query = {**_lines_of(where), "text": text}
        return self._server.get(f"{_execution(id)}/log/matches", LogMatches, query)

    def decks(self, id: str, path: str, attempt: int) -> tuple[Deck, ...]:
        query = {"path": path, "attempt": attempt}
        return self._server.get(f"{_execution(id)}/decks", tuple[Deck, ...], query)

    def deck(self, id: str, path: str, attempt: int, name: str) -> str:
        query = {"path": path, "attempt": attempt, "name": name}
        return self._server.text(f"{_execution(id)}/decks/html", query)

    def abort(self, id: str, reason: str = "") -> bool:
        return self._server.post(f"{_execution(id)}/abort", bool, _Abort(reason), repeatable=True)

    def gates(self, id: str) -> tuple[Gate, ...]:
        return self._server.get(f"{_execution(id)}/gates", tuple[Gate, ...])

    def signal(self, id: str, signal: Signal) -> None:
        self._server.post(f"{_execution(id)}/signal", None, signal, repeatable=False)

    def recover(self, id: str, name: str | None = None) -> Execution:
        said = _Recovery(name or new_execution_id())
        return self._server.post(f"{_execution(id)}/recover", Execution, said, repeatable=True)

    def relaunch(self, id: str, changes: NewExecution | None = None) -> Execution:
        said = _named(changes or NewExecution(self.execution(id).entity))
        return self._server.post(f"{_execution(id)}/relaunch", Execution, said, repeatable=True)

    def verdicts(self, id: str, code: EditedCode) -> tuple[Verdict, ...]:
        path = f"{_execution(id)}/verdicts"
        return self._server.post(path, tuple[Verdict, ...], code, repeatable=True)

    # -- lineage, cache, notices -----------------------------------------------------------------

    def lineage(self, query: LineageQuery, limit: int = 1000) -> Lineage:
        return self._server.get(f"{_API}/lineage", Lineage, {**parameters(query), "limit": limit})

    def explain(self, id: str, path: str) -> Explanation:
        return self._server.get(f"{_execution(id)}/cache", Explanation, {"path": path})

    def notices(self, id: str) -> Sequence[Notice]:
        return self._server.get(f"{_execution(id)}/notices", tuple[Notice, ...])

    # -- access ---------------------------------------------------------------------------

    def tokens(self) -> tuple[Token, ...]:
        return self._server.get(f"{_API}/tokens", tuple[Token, ...])

    def create_token(self, new: NewToken) -> MadeToken:
        return self._server.post(f"{_API}/tokens", MadeToken, new, repeatable=False)

    def revoke_token(self, name: str) -> Token:
        path = f"{_API}/tokens/{_quoted(name)}/revoke"
        return self._server.post(path, Token, repeatable=True)

    def audit(self, limit: int = 100, cursor: str = "") -> Page[AuditLine]:
        query = {"limit": limit, "cursor": cursor or None}
        return self._server.get(f"{_API}/audit", Page[AuditLine], query)


# -- bodies that are no more than a word or two ------------------------------------------------


class _Abort(msgspec.Struct, frozen=True):
    reason: str


class _Recovery(msgspec.Struct, frozen=True):
    name: str


# -- paths and parameters ----------------------------------------------------------------------


def _named(new: NewExecution) -> NewExecution:
    """With a name: whoever asks twice by the same name is answered alike."""
    return new if new.name is not None else replace(new, name=new_execution_id())


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _plural(kind: str) -> str:
    return f"{kind.replace('_', '-')}s"


def _path_of(key: EntityKey) -> str:
    parts = (key.project, key.domain, key.name, *([key.version] if key.version else []))
    return "/".join((_API, _plural(key.kind), *map(_quoted, parts)))


def _execution(id: str) -> str:
    return f"{_API}/executions/{_quoted(id)}"


def _lines_of(where: LogFilter) -> dict[str, Any]:
    return {
        "path": where.path,
        "attempt": where.attempt,
        "stream": where.streams,
        "level": where.levels,
    }


def _scope_parameters(where: ScopeFilter, limit: int, cursor: str) -> dict[str, Any]:
    return {
        "scope": where.scopes,
        "since": where.since,
        "limit": limit,
        "cursor": cursor or None,
    }
