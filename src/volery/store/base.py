"""The store's port: everything that the services ask of a database.

Each verb is one transaction: new state, journal lines and outgoing work together, or nothing.
The contract stands here; the implementations (`memory`, `sql`) stay bare. Both must pass
`volery.testing.conformance.store`.

Tables, as the verbs speak of them:

* *execution*: one run; ``root`` is the execution at the top of its family (itself, or the one
  whose launch plan node started it, at any depth); ``owner`` is the process that drives it.
* *scope*: ``(execution, path)``; counters ``version``, ``wake_seq``, ``planned_seq``.
* *node execution*: ``(execution, path)``; ``seq`` is the scope's ``wake_seq`` at its last change by
  a fact.
* *attempt*: ``(execution, path, number)``.
* *journal*: lines in order, numbered across the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from volery.engine.model import (
    Abort,
    AttemptPhase,
    Create,
    Fact,
    Launch,
    Move,
    NodeKind,
    Phase,
    ScopeRow,
    ScopeState,
)
from volery.ir.failure import Failure
from volery.ir.nodes import Ref


class NewExecution(msgspec.Struct, frozen=True):
    """An execution to be created, with its outermost scope (path ``""``, dirty).

    Attributes:
        id: unique in the store; it is also the execution's name.
        parent: execution and path of the launch plan node that starts it, or None.
        root: id of the top of the family; its own id at the top.
        bundle: digest of the bundle that it is pinned to; the bundle is in the store already.
        inputs: the input record, defaults and fixed inputs merged in.
        owner: who drives the family; counts for a root only.
        labels: for people and filters.
        state: the first state of the outermost scope.
    """

    id: str
    project: str
    domain: str
    entity: Ref
    bundle: str
    inputs: bytes
    root: str
    parent: tuple[str, str] | None = None
    owner: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    state: ScopeState = ScopeState()


class ExecutionRecord(msgspec.Struct, frozen=True):
    """An execution as the store has it. Times are seconds since the epoch."""

    id: str
    project: str
    domain: str
    entity: Ref
    bundle: str
    root: str
    parent: tuple[str, str] | None
    owner: str | None
    labels: tuple[tuple[str, str], ...]
    phase: Phase
    failure: Failure | None
    created: float
    ended: float | None


class NodeRecord(msgspec.Struct, frozen=True):
    """A node execution as the store has it. `child`: the execution that it started."""

    path: str
    kind: NodeKind
    phase: Phase
    attempt: int
    failure: Failure | None
    child: str | None
    created: float
    ended: float | None


class AttemptRecord(msgspec.Struct, frozen=True):
    """An attempt as the store has it."""

    path: str
    number: int
    phase: AttemptPhase
    owner: str | None
    failure: Failure | None
    created: float
    started: float | None
    ended: float | None


class Line(msgspec.Struct, frozen=True):
    """A line of the journal.

    Attributes:
        seq: rises by one across the store.
        at: seconds since the epoch.
        path: the node execution; ``""`` is the execution itself.
        attempt: number of the attempt that the event is about; 0: the node execution itself.
        event: a phase, or ``ABORT`` (asked for), ``STALE`` (a report that changed nothing).
        detail: for people: the failure's message, the reason of an abort.
    """

    seq: int
    at: float
    execution: str
    path: str
    attempt: int
    event: str
    detail: str = ""


class Ticket(msgspec.Struct, frozen=True):
    """A scope that is dirty."""

    execution: str
    path: str


class Claim(msgspec.Struct, frozen=True):
    """An attempt that the caller now owns and has to carry out."""

    execution: str
    path: str
    attempt: int


class NewScope(msgspec.Struct, frozen=True):
    """A child scope to be opened, dirty, under a node execution created by the same commit."""

    id: str
    inputs: bytes
    state: ScopeState = ScopeState()


class Commit(msgspec.Struct, frozen=True):
    """A plan, its bindings resolved, for one scope.

    Attributes:
        version: the version that the plan was made for.
        planned_seq: the ``wake_seq`` that the plan has seen.
        state: replaces the scope's state where it is set.
        executions: executions to be created; each is the ``child`` of the node execution that
            its ``parent`` names. One that exists already is left alone.
        finish_*: set when the scope's own node execution ends.
    """

    execution: str
    path: str
    version: int
    planned_seq: int
    create: Sequence[Create] = ()
    move: Sequence[Move] = ()
    launch: Sequence[Launch] = ()
    scopes: Sequence[NewScope] = ()
    executions: Sequence[NewExecution] = ()
    abort: Sequence[Abort] = ()
    state: ScopeState | None = None
    finish_phase: Phase | None = None
    finish_outputs: bytes | None = None
    finish_failure: Failure | None = None


class Store(Protocol):
    """See the module's text. `at` is always the time of the change, seconds since the epoch."""

    # -- bundles --------------------------------------------------------------------------

    def put_bundle(self, digest: str, data: bytes) -> None:
        """Keep a bundle; nothing happens when the digest is known."""
        ...

    def bundle(self, digest: str) -> bytes:
        """The bundle with this digest. Raises NotFound."""
        ...

    # -- executions -----------------------------------------------------------------------

    def create(self, new: NewExecution, at: float) -> bool:
        """Create an execution in phase RUNNING. False when the id is taken: nothing changes."""
        ...

    def execution(self, execution: str) -> ExecutionRecord | None: ...

    def executions(
        self, *, limit: int, before: str | None = None, phases: Sequence[Phase] = ()
    ) -> list[ExecutionRecord]:
        """Newest first; `before` is the id of the last one of the page before."""
        ...

    def take(self, execution: str, old: str | None, new: str | None) -> bool:
        """Compare-and-swap the owner of an execution's whole family. False when it is not `old`."""
        ...

    def abort(self, execution: str, reason: str, at: float) -> bool:
        """Ask for an abort: sets the outermost scope's reason and wakes it. False when it ended."""
        ...

    # -- planning -------------------------------------------------------------------------

    def dirty(self, root: str | None, limit: int) -> list[Ticket]:
        """Scopes with facts that no plan has seen, of one family or (None) of all."""
        ...

    def load(self, execution: str, path: str, since: int) -> ScopeRow:
        """A scope, with the children that a fact changed after `since`; -1: all children.

        What commits change is not reported back: whoever made them knows, and whoever did not
        has lost the version and loads all.
        """
        ...

    def commit(self, commit: Commit, at: float) -> bool:
        """Carry a plan in if the scope is still at the version it was made for; else False.

        In one transaction: ``version += 1`` and ``planned_seq`` where the version matches; node
        executions created and moved; attempts inserted (LAUNCHING, no owner, numbered without
        gaps after the first, which may have any number), the node execution's ``attempt`` and
        failure counters set; child scopes and executions inserted;
        for each `abort`: an attempt that nobody owns becomes ABORTED at once (and wakes this
        scope), an owned one is flagged, a child scope or child execution gets the reason and is
        woken. On finish: the outputs go to the scope's row, the phase and failure to its own
        node execution (for path ``""``: to the execution, and on to the launch plan node that
        started it), and the scope above is woken.
        """
        ...

    def scope_inputs(self, execution: str, path: str) -> bytes:
        """The input record of a scope."""
        ...

    def scope_state(self, execution: str, path: str) -> ScopeState:
        """What a scope has decided."""
        ...

    def outputs(self, execution: str, paths: Iterable[str]) -> dict[str, bytes]:
        """Output records of node executions (path ``""``: of the execution) that have any.

        A task's stand with its newest attempt, from when that SUCCEEDED: a plan that takes note
        of it may need them before it commits. A scope's stand with the scope, a launch plan's
        with the outermost scope of the child execution. Others are left out.
        """
        ...

    def children_outputs(self, execution: str, path: str) -> list[tuple[str, bytes]]:
        """Ids and output records of all children of a scope that have any, in no order."""
        ...

    # -- attempts -------------------------------------------------------------------------

    def claim(self, root: str | None, owner: str, limit: int, at: float) -> list[Claim]:
        """Take attempts out of the outbox, oldest first: they belong to `owner` from now on."""
        ...

    def record(self, facts: Sequence[Fact], at: float) -> int:
        """Carry facts in, fenced by attempt; returns how many of them changed something.

        A fact counts if its attempt is open, is the newest of a RUNNING node execution, and
        (for AttemptEnded) `owner` matches. Others become STALE lines. AttemptEnded sets the
        node execution's ``seq`` and wakes its scope, once per scope and call.
        """
        ...

    def flagged(self, owner: str) -> list[Claim]:
        """Open attempts of `owner` that have to be aborted."""
        ...

    def held(self, root: str | None) -> list[tuple[Claim, str]]:
        """All open attempts that somebody owns, with the owner."""
        ...

    # -- reading --------------------------------------------------------------------------

    def nodes(self, execution: str) -> list[NodeRecord]:
        """All node executions, by path."""
        ...

    def attempts(self, execution: str) -> list[AttemptRecord]:
        """All attempts, by path and number."""
        ...

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        """Lines of a family with a higher `seq`, in order."""
        ...

    def close(self) -> None: ...
