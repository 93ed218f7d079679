"""The store's port: everything that the services ask of a database.

Each verb is one transaction: new state, journal lines and outgoing work together, or nothing.
The contract stands here; the implementations (`memory`, `sql`) stay bare. Both must pass
`volery.testing.conformance.store`.

Tables, as the verbs speak of them:

* *owner*: a process that drives families and carries out attempts, for as long as its lease runs.
* *execution*: one run; ``root`` is the execution at the top of its family (itself, or the one
  whose launch plan node started it, at any depth); ``owner`` is the process that drives it.
* *scope*: ``(execution, path)``; counters ``version``, ``wake_seq``, ``planned_seq``; ``wake_at``.
* *node execution*: ``(execution, path)``; ``seq`` is the scope's ``wake_seq`` at its last change by
  a fact.
* *attempt*: ``(execution, path, number)``; ``ready`` ones that nobody owns are the outbox.
* *call*: what the function of an eager task has called.
* *cache*, *reservation*: outputs for equal work, and who is making them while others wait.
* *journal*: lines in order, numbered across the store.

Many verbs take ``owner`` and ``root``. With a root they concern that family, whoever drives it;
with None they concern all families that the owner drives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import msgspec

from volery.engine.model import (
    Abort,
    AttemptEnded,
    AttemptPhase,
    CacheEntry,
    Create,
    Fact,
    Launch,
    Move,
    NodeKind,
    Phase,
    Reuse,
    ScopeRow,
    ScopeState,
)
from volery.ir.failure import Failure
from volery.ir.policy import Limits
from volery.ir.ref import Ref
from volery.ir.specs import WhenFull


class Options(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was said about one execution, and holds for all that it does, but for its limits.

    Attributes:
        priority: of its attempts, where their tasks say nothing; higher ones are taken first.
        executor: of its attempts, where their tasks say nothing; empty: who takes them chooses.
        overwrite_cache: nothing is looked up in the cache; what succeeds fills it.
        recovers: the execution whose succeeded nodes are not run again; empty: none.
        code: of `recovers`, nodes count only if their code and inputs are the same; False: all do.
        storage: URL of the storage that its values are kept in.
        import_root: where its modules are found; empty: wherever the engine's are.
        by: who has asked for it, or for the one that starts it: the name of a token; empty: a
            schedule has, or somebody who did not have to say.
        limits: how long it may take, of this execution alone; None: as its workflow says.
    """

    priority: int = 0
    executor: str = ""
    overwrite_cache: bool = False
    recovers: str = ""
    code: bool = False
    storage: str = ""
    import_root: str = ""
    by: str = ""
    limits: Limits | None = None


class Queue(msgspec.Struct, frozen=True):
    """Executions that share a limit: how many of them may run at once.

    Attributes:
        name: of the launch plan, with project and domain.
        most, when_full: see `Concurrency`.
    """

    name: str
    most: int
    when_full: WhenFull


class NewExecution(msgspec.Struct, frozen=True):
    """An execution to be created, with its outermost scope (path ``""``, dirty).

    Attributes:
        id: unique in the store; it is also the execution's name.
        parent: execution and path of the launch plan node that starts it, or None.
        root: id of the top of the family; its own id at the top.
        bundle: digest of the bundle that it is pinned to; the bundle is in the store already.
        inputs: the input record, defaults and fixed inputs merged in.
        owner: who drives the family; counts for a root only.
        version: of the entity; empty: it is not registered.
        labels: for people and filters.
        annotations: for people and programs.
        marks: what it can be found by besides its labels: names and short texts.
        notify: somebody wants to be told how it ends.
        scheduled: the instant that it was started for; None: nobody's schedule did.
        state: the first state of the outermost scope.
        max_parallelism: most of its attempts in the outbox or under way at once; None: no limit.
        queue: None: it shares no limit.
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
    options: Options = Options()
    max_parallelism: int | None = None
    queue: Queue | None = None
    version: str = ""
    annotations: tuple[tuple[str, str], ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    notify: bool = False
    scheduled: float | None = None

    def record(self, at: float) -> ExecutionRecord:
        """What the store has once it was created at this time."""
        return ExecutionRecord(
            id=self.id,
            project=self.project,
            domain=self.domain,
            entity=self.entity,
            bundle=self.bundle,
            root=self.root,
            parent=self.parent,
            owner=self.owner,
            labels=self.labels,
            phase=Phase.RUNNING,
            failure=None,
            created=at,
            ended=None,
            options=self.options,
            max_parallelism=self.max_parallelism,
            queue=self.queue,
            version=self.version,
            annotations=self.annotations,
            notify=self.notify,
            scheduled=self.scheduled,
        )


Created = Literal["created", "taken", "full"]
"""``taken``: there is one of this id. ``full``: its queue has no room, and skips it."""


class OwnerRecord(msgspec.Struct, frozen=True):
    """A process that drives families, as the store has it.

    Attributes:
        pool: owners of one pool carry out each other's attempts, and take over each other's
            families.
        expires: end of its lease.
        gone: it was declared dead, or has retired: nothing that it reports counts any more.
    """

    id: str
    pool: str
    expires: float
    gone: bool


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
    options: Options = Options()
    max_parallelism: int | None = None
    queue: Queue | None = None
    version: str = ""
    annotations: tuple[tuple[str, str], ...] = ()
    notify: bool = False
    scheduled: float | None = None


class NodeRecord(msgspec.Struct, frozen=True):
    """A node execution as the store has it.

    Attributes:
        child: the execution that it started.
        until: see `NodeState`.
        reuse: where its outputs come from, when it did not run.
        signalled: it is a gate, and its signal has come.
    """

    path: str
    kind: NodeKind
    phase: Phase
    attempt: int
    failure: Failure | None
    child: str | None
    created: float
    ended: float | None
    until: float | None = None
    reuse: Reuse | None = None
    signalled: bool = False


class AttemptRecord(msgspec.Struct, frozen=True):
    """An attempt as the store has it. `due`, `deadline`, `until`: see `Launch`.

    Attributes:
        graph: digest of the bundle that it emitted; empty: none.
        executor: what carries it out; empty: who takes it chooses, or has only one.
        taken: when it left the outbox.
        returned: see `AttemptEnded`.
    """

    path: str
    number: int
    phase: AttemptPhase
    owner: str | None
    failure: Failure | None
    created: float
    started: float | None
    ended: float | None
    due: float = 0.0
    deadline: float | None = None
    until: float | None = None
    graph: str = ""
    executor: str = ""
    taken: float | None = None
    returned: float | None = None


class CallRecord(msgspec.Struct, frozen=True):
    """A call that the function of an eager task has made: see `Called`."""

    id: str
    kind: NodeKind
    entity: Ref
    bundle: str
    inputs: bytes


class CacheRecord(msgspec.Struct, frozen=True):
    """An entry of the cache as the store has it."""

    entry: CacheEntry
    created: float


class Line(msgspec.Struct, frozen=True):
    """A line of the journal.

    Attributes:
        seq: rises by one across the store.
        at: seconds since the epoch.
        path: the node execution; ``""`` is the execution itself.
        attempt: number of the attempt that the event is about; 0: the node execution itself.
        event: a phase, or ``ABORT`` (asked for), ``TIMEOUT`` (an attempt took too long and is
            stopped), ``TAKEN`` (an attempt goes on though its owner is gone), ``SIGNAL`` (of a
            gate), ``STALE`` (a report that changed nothing).
        detail: for people: the failure's message, the reason of an abort, where outputs that were
            not made come from.
    """

    seq: int
    at: float
    execution: str
    path: str
    attempt: int
    event: str
    detail: str = ""


Stop = Literal["abort", "timeout"]
"""Why an open attempt has to be stopped."""

Signalled = Literal["taken", "already", "not waiting"]
"""Whether a signal has counted. ``already``: another has come before."""


class Ticket(msgspec.Struct, frozen=True):
    """A scope that is dirty."""

    execution: str
    path: str


class Room(msgspec.Struct, frozen=True):
    """How many attempts an executor takes.

    Attributes:
        executor: its name; empty: it is the only one of its engine, and has none.
        most: so many.
        default: it also takes those that name no executor.
    """

    executor: str
    most: int
    default: bool = False

    @property
    def takes(self) -> tuple[str, ...]:
        """What attempts name that it takes."""
        return (self.executor, "") if self.default and self.executor else (self.executor,)


class Claim(msgspec.Struct, frozen=True):
    """An attempt that the caller now owns and has to carry out, on this executor."""

    execution: str
    path: str
    attempt: int
    executor: str = ""


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
            its ``parent`` names. One that exists already is left alone. One whose queue is full and
            skips it is not created: its node execution ends FAILED (`moves.no_room`) at once, and
            wakes the scope.
        give: outputs (by id) of children that succeed with this commit, without an attempt.
        wait: keys of reservations whose end wakes the scope.
        release: children whose reservations end.
        finish_*: set when the scope's own node execution ends. `finish_cache`: what becomes known
            to others with it.
        wake_at: replaces the scope's; None: no time wakes it.
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
    give: Sequence[tuple[str, bytes, Reuse | None]] = ()
    wait: Sequence[str] = ()
    release: Sequence[str] = ()
    finish_cache: tuple[CacheEntry, ...] = ()
    wake_at: float | None = None

    @property
    def stirs(self) -> bool:
        """Whether other scopes may have news by it: below, above, or waiting for a reservation."""
        return bool(
            self.finish_phase is not None
            or self.scopes
            or self.executions
            or self.abort
            or self.wait
            or self.release
        )


class Store(Protocol):
    """See the module's text. `at` is always the time of the change, seconds since the epoch."""

    @property
    def news(self) -> int | None:
        """A file descriptor that can be read when others have changed something; None: none is.

        Reading it is the caller's business, with `heard`.
        """
        ...

    def heard(self) -> None:
        """Make `news` quiet until something else happens."""
        ...

    # -- bundles --------------------------------------------------------------------------

    def put_bundle(self, digest: str, data: bytes) -> None:
        """Keep a bundle; nothing happens when the digest is known."""
        ...

    def bundle(self, digest: str) -> bytes:
        """The bundle with this digest. Raises NotFound."""
        ...

    # -- owners ---------------------------------------------------------------------------

    def enlist(self, owner: str, pool: str, expires: float) -> None:
        """An owner begins, under an id that nobody had before."""
        ...

    def renew(self, owner: str, expires: float) -> bool:
        """Prolong a lease. False when the owner is gone: others may have what was its own.

        A lease that has run out can be prolonged as long as nobody has drawn the consequence.
        """
        ...

    def revive(self, owner: str, expires: float) -> bool:
        """An owner that is gone lives again, if nothing is its own that others may go on with.

        False, and nothing changes, when it drives a family that is RUNNING or holds an attempt that
        is open.
        """
        ...

    def retire(self, owner: str) -> None:
        """An owner is gone from now on, whatever its lease says. Nothing happens when it is."""
        ...

    def bury(self, at: float) -> list[str]:
        """Owners whose lease has run out are gone from now on; returns them."""
        ...

    def owners(self) -> list[OwnerRecord]:
        """Those that are not gone, by id."""
        ...

    def owner(self, owner: str) -> OwnerRecord | None: ...

    def take(self, execution: str, old: str | None, new: str | None) -> bool:
        """Compare-and-swap the owner of an execution's whole family. False when it is not `old`."""
        ...

    def adopt(self, owner: str, limit: int) -> list[str]:
        """Take over RUNNING families whose owner is gone, of the same pool; returns the roots."""
        ...

    def lost(self, owner: str, root: str | None, limit: int) -> list[tuple[Claim, str]]:
        """Open attempts whose owner is gone, with that owner."""
        ...

    def inherit(self, lost: Sequence[tuple[Claim, str]], owner: str, at: float) -> list[Claim]:
        """Take attempts over, as `lost` gives them; returns those that are now `owner`'s.

        They go on as they are: in their phase, with their limits, and with what flags them. One
        changes hands if it is open and belongs to the owner of old, who is gone, unlike `owner`.
        """
        ...

    # -- executions -----------------------------------------------------------------------

    def create(self, new: NewExecution, at: float) -> Created:
        """Create an execution in phase RUNNING; nothing changes unless it is ``created``.

        With a queue that is full (as many as `most` RUNNING) and has ``replace``, the oldest ones
        are asked to stop, so that there is room once they have.
        """
        ...

    def execution(self, execution: str) -> ExecutionRecord | None: ...

    def executions(
        self,
        *,
        limit: int,
        before: str | None = None,
        phases: Sequence[Phase] = (),
        owner: str | None = None,
    ) -> list[ExecutionRecord]:
        """Newest first; `before` is the id of the last one of the page before.

        With `owner`: roots of families that it drives.
        """
        ...

    def abort(self, execution: str, reason: str, at: float) -> bool:
        """Ask for an abort: sets the outermost scope's reason and wakes it. False when it ended.

        The first reason stands; `aborts` counts.
        """
        ...

    def its_turn(self, execution: str) -> bool:
        """Whether fewer than its queue's `most` of the RUNNING executions in the queue are older.

        When one of a queue ends, the outermost scopes of those RUNNING in it that have not begun
        (`ScopeState.begun`), and whose turn it is now, are woken.
        """
        ...

    # -- planning -------------------------------------------------------------------------

    def wake(self, owner: str, root: str | None, at: float) -> float | None:
        """Let time pass: does what was put off until now.

        Scopes whose `wake_at` has come are woken (and it is None). Attempts that are not ready
        become so when they are due and their execution has room under `max_parallelism` (counting
        its open attempts that are ready; higher priority first, then older). The function of an
        eager task waits for room and takes none: what it calls, and waits for, needs it.

        Returns when the next of these will happen, or a deadline pass; None: nothing is put off.
        """
        ...

    def time_out(self, owner: str, root: str | None, at: float) -> int:
        """Stop open attempts whose deadline has come; returns how many.

        One that nobody owns ends FAILED at once (failure: see `moves.timed_out`) and wakes its
        scope; one that is owned is flagged. An attempt's deadline is that of its `Launch`, and
        `until`, whichever comes first, while it is LAUNCHING; `until` once it is RUNNING.
        """
        ...

    def dirty(self, owner: str, root: str | None, limit: int) -> list[Ticket]:
        """Scopes with facts that no plan has seen."""
        ...

    def load(self, execution: str, path: str, since: int) -> ScopeRow:
        """A scope, with the children that a fact changed after `since`; -1: all children.

        What commits change is not reported back: whoever made them knows, and whoever did not
        has lost the version and loads all. `calls` are those recorded after `since`; -1: all.
        """
        ...

    def commit(self, commits: Sequence[Commit], at: float) -> list[bool]:
        """Carry plans in; for each: True if its scope was still at the version it was made for.

        All in one transaction; one that is refused leaves the others alone. For each:
        ``version += 1``, ``planned_seq`` and ``wake_at`` where the version matches; node executions
        created and moved; outputs given; attempts inserted (LAUNCHING, no owner, numbered without
        gaps after the first, which may have any number), the node execution's ``attempt`` and
        failure counters set; an attempt is ready when it is due and its execution has no
        `max_parallelism`, otherwise `wake` makes it so; child scopes and executions inserted;
        for each `abort`: an attempt that nobody owns becomes ABORTED at once (and wakes this
        scope), an owned one is flagged, a child scope or child execution gets the reason and is
        woken, and a task without an attempt or a gate is left to the planner. On finish: the
        outputs go to the scope's row, the phase and failure to its own node execution (for path
        ``""``: to the execution, and on to the launch plan node that started it), and the scope
        above is woken.

        A child scope or execution is asked as often as this one was (`aborts`), at least once, and
        woken only if that is more than before: repeating it changes nothing.

        Reservations: a launch with `reserve` takes the key for its node execution; where another
        holds it whose family is driven by an owner that is not gone, the whole commit is refused
        as if its version were old. For each key in `wait`: the scope is woken when the reservation
        ends, at once when there is none any more. `release` ends those of children; those of a
        family end when its owner is gone, or nobody, and count again when it is adopted.
        """
        ...

    def proceed(
        self,
        facts: Sequence[AttemptEnded],
        commits: Sequence[Commit],
        owner: str,
        rooms: Sequence[Room],
        at: float,
    ) -> list[Claim] | None:
        """Record how attempts ended, carry in the plans that this leads to, and go on with those.

        As `record`, `commit` and `claim` one after another, in one transaction. It is for who has
        followed the scopes: each commit was made as if the facts had been recorded, which makes
        its `planned_seq` one more than the ``wake_seq`` before. Each scope has facts, of different
        attempts, and no fact is of another scope; `load` does not report them.

        What the commits launch for an executor and is ready belongs to `owner` at once, if there
        are no more launches for it than it has room, and nothing else is in the outbox that `owner`
        may take for it. Otherwise all of it comes into the outbox.

        None, and nothing is changed, where a fact does not count, a commit would be refused,
        anything else has woken a scope, or `owner` does not drive it.
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

    def children_outputs(
        self, execution: str, path: str, after: str, limit: int
    ) -> list[tuple[str, bytes]]:
        """Ids and output records of children of a map that have any, a page of at most `limit`.

        In the order of their first elements, the longer of two first. `after`: the id of the last
        one of the page before; empty: from the beginning.
        """
        ...

    # -- attempts -------------------------------------------------------------------------

    def claim(self, owner: str, root: str | None, rooms: Sequence[Room], at: float) -> list[Claim]:
        """Take attempts out of the outbox: they belong to `owner` from now on.

        As many for each executor as it has room, of those that name it. One that names none is of
        the executor that takes it, from now on. Higher priority first, then older. Without a root:
        those of all families that are driven by owners of the same pool that are not gone. An owner
        that is gone gets nothing.
        """
        ...

    def record(self, facts: Sequence[Fact], at: float) -> int:
        """Carry facts in, fenced by attempt; returns how many of them changed something.

        A fact counts if its attempt is open, is the newest of a RUNNING node execution, and
        (for AttemptEnded and Called) `owner` matches and is not gone; an owner without a row is.
        LOST counts although the owner is gone: others say it of what was its own. Facts that do
        not count become STALE lines.
        AttemptEnded sets the node execution's ``seq`` and wakes its scope, once per scope and call;
        a `graph` is put among the bundles; entries of `cache` replace those of the same key.
        Called inserts the call and wakes its scope; a call that is there already counts and changes
        nothing.
        """
        ...

    def flagged(self, owner: str) -> list[tuple[Claim, Stop]]:
        """Open attempts of `owner` that have to be stopped, and why."""
        ...

    def attempt(self, claim: Claim) -> AttemptRecord | None:
        """One attempt; None: there is none."""
        ...

    def crashes(self, claim: Claim) -> int:
        """How many attempts before this one have failed without being the user's fault."""
        ...

    def held(self, owner: str, root: str | None) -> list[tuple[Claim, str]]:
        """All open attempts that somebody owns, with that owner."""
        ...

    # -- gates and calls ------------------------------------------------------------------

    def signal(self, execution: str, path: str, value: bytes, at: float) -> Signalled:
        """Give a RUNNING gate the packed value that it waits for, and wake its scope."""
        ...

    def call(self, execution: str, path: str) -> CallRecord | None:
        """The call whose node execution has this path."""
        ...

    def ended(self, execution: str, paths: Sequence[str]) -> dict[str, NodeRecord]:
        """Those of these node executions that have ended, by path."""
        ...

    # -- cache ----------------------------------------------------------------------------

    def cached(self, keys: Sequence[str], at: float) -> dict[str, CacheRecord]:
        """Entries of the cache by key, that have not expired."""
        ...

    def reserved(self, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
        """For each key that somebody is filling: execution and path of its holder.

        Reservations of a family whose owner is gone, or nobody, do not count.
        """
        ...

    def nearest(self, task: str, limit: int) -> list[CacheRecord]:
        """Entries of a task, newest first, expired ones too."""
        ...

    def clear_cache(self, task: str | None = None) -> int:
        """Forget the entries of a task, or all; returns how many."""
        ...

    # -- reading --------------------------------------------------------------------------

    def nodes(self, execution: str) -> list[NodeRecord]:
        """All node executions, by path."""
        ...

    def attempts(self, execution: str) -> list[AttemptRecord]:
        """All attempts, by path and number."""
        ...

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        """Lines of a family with a higher `seq`, in order.

        A line that was not there for one call never comes before those that were, so that whoever
        reads on misses none.
        """
        ...

    def close(self) -> None: ...
