"""The one interface of a Volery: in this process on a home, or over HTTP on a server.

Each implementation speaks for one identity, and passes `volery.testing.conformance.backend`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

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
from volery.wire.views import Views


class Backend(Views, Protocol):
    """See the module's text.

    Lists are pages: `cursor` is the `next` of the page before, `limit` at most `page.MOST`.

    All methods raise NotFound for what there is not, or what the identity must not know of;
    Forbidden for what it may not do; CallError, TypeMismatch and others of their kind for what was
    asked wrongly; Unavailable when it cannot be done now and asking again later may help.
    """

    def identity(self) -> Identity:
        """Whoever asks."""
        ...

    def health(self) -> Health: ...

    # -- projects -------------------------------------------------------------------------

    def projects(self) -> tuple[Project, ...]: ...

    def create_project(self, new: NewProject) -> Project:
        """Raises AlreadyExists when there is another of this id."""
        ...

    # -- content: files and large values, by digest ----------------------------------------

    def has_content(self, digest: str) -> bool: ...

    def put_content(self, digest: str, file: BinaryIO) -> None:
        """Keep bytes that inputs refer to. AlteredContent when they have another digest."""
        ...

    def open_content(self, digest: str) -> BinaryIO:
        """The bytes that outputs refer to, as a file for reading. Raises NotFound."""
        ...

    # -- packages and entities ------------------------------------------------------------

    def has_package(self, digest: str) -> bool: ...

    def put_package(self, digest: str, archive: BinaryIO) -> None:
        """Keep a code package: see `data.package`. Nothing happens when it is there.

        Raises AlteredContent when it has another digest, RegistrationError when a name in it leads
        out of its folder or it is too large.
        """
        ...

    def register(self, registration: Registration) -> Registered:
        """Make its entities known; all or none.

        Raises:
            RegistrationError: it has problems; all are listed. Among them: a version is taken by
                other content, with what differs.
            CompileError: the graph of a workflow has problems.
            NotFound: its package was not put before, or there is no such project or domain.
        """
        ...

    def entities(
        self, kind: str, where: EntityFilter, limit: int = 100, cursor: str = ""
    ) -> Page[EntitySummary]:
        """By project, domain and name; versions newest first."""
        ...

    def entity(self, key: EntityKey) -> Entity: ...

    def bundle(self, digest: str) -> bytes:
        """The bundle in canonical form."""
        ...

    # -- launch plans and schedules -------------------------------------------------------

    def activate(self, key: EntityKey) -> EntitySummary:
        """This version becomes the active one, in place of another; without one the newest."""
        ...

    def deactivate(self, key: EntityKey) -> bool:
        """No version is active any more; False: none was."""
        ...

    def schedules(self, project: str = "", domain: str = "") -> tuple[Schedule, ...]:
        """Of active launch plans, by the next instant."""
        ...

    def fires(self, key: EntityKey, count: int = 20) -> tuple[Fire, ...]:
        """The next instants of a launch plan's schedule, active or not."""
        ...

    def course(self, key: EntityKey) -> Course:
        """What a launch plan has started lately, and what it starts by itself next."""
        ...

    def backfill(self, backfill: Backfill) -> tuple[Backfilled, ...]: ...

    # -- executions -----------------------------------------------------------------------

    def execute(self, new: NewExecution) -> Execution:
        """Start an execution: once it is answered it will reach an end.

        Raises:
            NotFound: there is no such entity.
            CallError, TypeMismatch: the inputs are not those of the entity; all is told.
            AlreadyExists: there is another execution of this name.
            Busy: the launch plan has as many as it may, and skips others.
        """
        ...

    def execute_all(self, news: Sequence[NewExecution]) -> list[Execution | Exception]:
        """Start executions, which may cost less than one after another.

        Each is answered by itself, by what `execute` gives or raises: one that cannot be started is
        no concern of the others.
        """
        ...

    def executions(
        self, where: ExecutionFilter, limit: int = 100, cursor: str = "", order: Order = NEWEST
    ) -> Page[Execution]:
        """By default newest first. A cursor belongs to its order."""
        ...

    def count(self, where: ExecutionFilter) -> Counts: ...

    def execution(self, id: str) -> Execution: ...

    def summary(self, id: str) -> Summary: ...

    def opening(self, id: str) -> ExecutionOpening:
        """All that is shown of an execution when it is opened."""
        ...

    def nodes(
        self, id: str, where: NodeFilter, limit: int = 100, cursor: str = ""
    ) -> Page[Node]: ...

    def node(self, id: str, path: str) -> Node:
        """A node execution, or an element of a map that is carried out with others."""
        ...

    def node_opening(self, id: str, path: str) -> NodeOpening:
        """All that is shown of a node execution when it is opened."""
        ...

    def attempts(self, id: str, path: str) -> tuple[Attempt, ...]:
        """Of a node execution, by number."""
        ...

    # -- scopes: graphs, and how far what is in them is ------------------------------------

    def graph(self, id: str, scope: str = "") -> Graph:
        """How a scope of an execution is built, begun or not."""
        ...

    def scope_opening(self, id: str, scope: str) -> ScopeOpening:
        """All that is shown of a scope when it is opened."""
        ...

    def entity_graph(self, key: EntityKey, scope: str = "") -> Graph:
        """How what is registered is built; what begins only when it runs is not known."""
        ...

    def statuses(
        self, id: str, where: ScopeFilter, limit: int = 5_000, cursor: str = ""
    ) -> Statuses:
        """How far the node executions of some scopes are; at most 20,000 of them, by path."""
        ...

    def timeline(
        self, id: str, where: ScopeFilter, limit: int = 2_000, cursor: str = ""
    ) -> Timeline:
        """The same in time, with attempts; at most 5,000 node executions, by when they began."""
        ...

    def cells(self, id: str, path: str) -> Cells:
        """The elements of the map at a path."""
        ...

    def failure(self, id: str, path: str = "", attempt: int = 0) -> FailureReport:
        """Why an execution, a node execution, or one of its attempts has failed.

        Raises NotFound when it has not.
        """
        ...

    # -- values ---------------------------------------------------------------------------

    def inputs(self, id: str, path: str = "") -> Values: ...

    def outputs(self, id: str, path: str = "") -> Values:
        """Raises NotFound when there are none, or none yet."""
        ...

    def parts(self, id: str, query: PartsQuery) -> Parts:
        """Parts of the inputs or outputs, with previews. Raises NotFound, as `outputs` does."""
        ...

    def definition(self, id: str, path: str = "") -> Definition:
        """What an execution, or a node execution of it, carries out."""
        ...

    def events(self, id: str, after: int = 0, limit: int = 1000) -> tuple[Event, ...]:
        """Lines of the journal of the execution's family with a higher `seq`, in order."""
        ...

    def watch(self, id: str, after: int = 0) -> Iterator[Event]:
        """The same as they come, until the execution has ended.

        Goes on by itself when the connection is lost.
        """
        ...

    def log(self, id: str, path: str, attempt: int, start: int = 0) -> Log:
        """A part of the log of an attempt, from a byte on."""
        ...

    def log_lines(self, id: str, where: LogFilter, first: int = 0, count: int = 500) -> LogLines:
        """Some lines of the log of an attempt; `first` below zero counts from the end."""
        ...

    def log_matches(self, id: str, where: LogFilter, text: str) -> LogMatches:
        """Which of these lines have a text in them."""
        ...

    def decks(self, id: str, path: str, attempt: int) -> tuple[Deck, ...]:
        """What an attempt shows until now, in order."""
        ...

    def deck(self, id: str, path: str, attempt: int, name: str) -> str:
        """The HTML of one of these: whatever its task has put into it. Raises NotFound."""
        ...

    def abort(self, id: str, reason: str = "") -> bool:
        """Ask for an abort; False when it has ended already."""
        ...

    def gates(self, id: str) -> tuple[Gate, ...]:
        """The gates that wait for somebody, those of executions that it has started among them."""
        ...

    def signal(self, id: str, signal: Signal) -> None:
        """Give a gate what it waits for.

        Raises:
            NotFound: no gate of this name waits; TypeMismatch; AlreadyExists: it has its signal.
        """
        ...

    def recover(self, id: str, name: str | None = None) -> Execution:
        """Run it again from where it failed. Raises ConfigError when it has succeeded or runs."""
        ...

    def verdicts(self, id: str, code: EditedCode) -> tuple[Verdict, ...]:
        """What recovering an execution that has ended on edited code would do, node by node.

        To do it, register the code, and `execute` it with `recovers` and `code`.

        Raises:
            RegistrationError, CompileError: the bundle has problems.
        """
        ...

    def relaunch(self, id: str, changes: NewExecution | None = None) -> Execution:
        """Run it again from the beginning; inputs that `changes` has take the place of its own."""
        ...

    # -- lineage, cache, notices -----------------------------------------------------------------

    def lineage(self, query: LineageQuery, limit: int = 1000) -> Lineage: ...

    def explain(self, id: str, path: str) -> Explanation:
        """Why a node execution was found in the cache, or had to run.

        Raises ConfigError: it is of a kind that is not cached.
        """
        ...

    def notices(self, id: str) -> Sequence[Notice]:
        """Of an execution, in order."""
        ...

    # -- access ---------------------------------------------------------------------------

    def tokens(self) -> tuple[Token, ...]: ...

    def create_token(self, new: NewToken) -> MadeToken: ...

    def revoke_token(self, name: str) -> Token: ...

    def audit(self, limit: int = 100, cursor: str = "") -> Page[AuditLine]:
        """Newest first."""
        ...

    def close(self) -> None: ...
