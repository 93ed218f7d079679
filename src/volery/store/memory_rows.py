"""The rows of the store in memory: plain objects that point at each other."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappush
from typing import TypeAlias

from msgspec.structs import replace

from volery.engine.model import (
    AttemptPhase,
    CallState,
    Create,
    Launch,
    NodeKind,
    NodeState,
    Phase,
    Reuse,
    ScopeState,
)
from volery.ids import ROOT
from volery.ir.failure import Failure
from volery.ir.work import ElementFailure
from volery.store.base import (
    AttemptRecord,
    CallRecord,
    Claim,
    ExecutionRecord,
    Line,
    NewExecution,
    NodeRecord,
    OwnerRecord,
    Stop,
)
from volery.store.memory_alarms import Alarms
from volery.store.moves import IllegalMove, illegal_move, stop_at

Outbox: TypeAlias = "list[tuple[int, int, Attempt]]"
"""A heap of attempts: higher priority first, then older."""


class Owner:
    """See `OwnerRecord`."""

    __slots__ = ("expires", "gone", "id", "pool")

    def __init__(self, id: str, pool: str, expires: float) -> None:
        self.id = id
        self.pool = pool
        self.expires = expires
        self.gone = False

    def record(self) -> OwnerRecord:
        return OwnerRecord(self.id, self.pool, self.expires, self.gone)


class Family:
    """What the executions under one root have in common.

    Attributes:
        dirty: scopes with facts that no plan has seen, oldest first (an ordered set).
        sleeping: scopes by the time that wakes them.
        outboxes: attempts that wait for a taker, by the executor that they name; some may have
            ended since.
        put_off: executions with attempts that are not ready (an ordered set).
        deadlines: open attempts by the time when they are stopped.
    """

    __slots__ = ("deadlines", "dirty", "lines", "outboxes", "owner", "put_off", "root", "sleeping")

    def __init__(self, root: str, owner: str | None) -> None:
        self.root = root
        self.owner = owner
        self.dirty: dict[Scope, None] = {}
        self.sleeping: Alarms[Scope] = Alarms()
        self.outboxes: dict[str, Outbox] = {}
        self.put_off: dict[Execution, None] = {}
        self.deadlines: Alarms[Attempt] = Alarms()
        self.lines: list[Line] = []

    def put_out(self, attempt: Attempt) -> None:
        """Put an attempt into the outbox: higher priority first, then older."""
        outbox = self.outboxes.setdefault(attempt.executor, [])
        heappush(outbox, (*attempt.turn, attempt))


class Execution:
    """One run.

    Attributes:
        serial: orders all executions by age.
        outputs: output records by path, of all that SUCCEEDED in a scope or attempt of its own.
        calls: by the path of the call's node execution.
        waiting: open attempts that are not ready (an ordered set).
        slots: open attempts that take up `max_parallelism`, where there is one.
    """

    __slots__ = (
        "calls",
        "created",
        "ended",
        "failure",
        "family",
        "new",
        "nodes",
        "outputs",
        "phase",
        "scopes",
        "serial",
        "slots",
        "waiting",
    )

    def __init__(self, new: NewExecution, family: Family, serial: int, at: float) -> None:
        self.new = new
        self.serial = serial
        self.family = family
        self.phase = Phase.RUNNING
        self.failure: Failure | None = None
        self.created = at
        self.ended: float | None = None
        self.scopes: dict[str, Scope] = {}
        self.nodes: dict[str, Node] = {}
        self.outputs: dict[str, bytes] = {}
        self.calls: dict[str, CallRecord] = {}
        self.waiting: dict[Attempt, None] = {}
        self.slots: dict[Attempt, None] = {}

    def end(self, phase: Phase, failure: Failure | None, at: float) -> None:
        self.phase = phase
        self.failure = failure
        self.ended = at

    def illegal(self, path: str, phase: Phase) -> IllegalMove:
        """The error for a move that this node execution, or the execution, may not make."""
        node = self.nodes.get(path)
        old = self.phase if path == ROOT else node and node.phase
        key = (self.new.id, path)
        past = [line for line in self.family.lines if (line.execution, line.path) == key]
        return illegal_move(*key, old, phase, past)

    def record(self) -> ExecutionRecord:
        return replace(
            self.new.record(self.created),
            owner=self.family.owner,
            phase=self.phase,
            failure=self.failure,
            ended=self.ended,
        )


class Scope:
    """A scope.

    Attributes:
        changes: which child a fact has changed, and the `wake_seq` of the fact, in order.
        calls: what was called, and the `wake_seq` of the fact, in order.
    """

    __slots__ = (
        "abort",
        "aborts",
        "calls",
        "changes",
        "children",
        "execution",
        "inputs",
        "path",
        "planned_seq",
        "state",
        "version",
        "wake_seq",
    )

    def __init__(self, execution: Execution, path: str, inputs: bytes, state: ScopeState) -> None:
        self.execution = execution
        self.path = path
        self.inputs = inputs
        self.version = 0
        self.wake_seq = 1
        self.planned_seq = 0
        self.state = state
        self.abort: str | None = None
        self.aborts = 0
        self.children: dict[str, Node] = {}
        self.changes: list[tuple[int, Node]] = []
        self.calls: list[tuple[int, CallState]] = []
        execution.scopes[path] = self
        execution.family.dirty[self] = None

    @property
    def phase(self) -> Phase:
        return self.execution.nodes[self.path].phase if self.path else self.execution.phase

    def wake(self) -> int:
        """A fact for the next plan; returns the new `wake_seq`."""
        self.wake_seq += 1
        self.execution.family.dirty[self] = None
        return self.wake_seq

    def changed_after(self, seq: int) -> Iterable[Node]:
        """Children that a fact changed after another, each once."""
        found: dict[Node, None] = {}
        for changed, node in reversed(self.changes):
            if changed <= seq:
                break
            found[node] = None
        return found

    def called_after(self, seq: int) -> list[CallState]:
        """Calls that were recorded after another fact."""
        return [call for called, call in self.calls if called > seq]

    def planned(self, seq: int, wake_at: float | None) -> None:
        """A plan has seen the facts up to this one."""
        family = self.execution.family
        self.planned_seq = seq
        family.sleeping.set(self, wake_at)
        if seq >= self.wake_seq:
            family.dirty.pop(self, None)


class Node:
    """A node execution; `attempts` is in order."""

    __slots__ = (
        "attempts",
        "child",
        "created",
        "ended",
        "failure",
        "id",
        "kind",
        "path",
        "phase",
        "reuse",
        "scope",
        "signal",
        "system_failures",
        "until",
        "user_failures",
    )

    def __init__(self, scope: Scope, path: str, create: Create, at: float) -> None:
        self.scope = scope
        self.path = path
        self.id = create.id
        self.kind: NodeKind = create.kind
        self.phase = create.phase
        self.failure = create.failure
        self.user_failures = create.user_failures
        self.system_failures = create.system_failures
        self.until = create.until
        self.reuse: Reuse | None = None
        self.signal: bytes | None = None
        self.child: str | None = None
        self.created = at
        self.ended = at if create.phase.terminal else None
        self.attempts: list[Attempt] = []
        scope.children[create.id] = self
        scope.execution.nodes[path] = self

    @property
    def attempt(self) -> int:
        """Number of the newest attempt; 0 without any."""
        return self.attempts[-1].number if self.attempts else 0

    def changed(self, seq: int) -> None:
        """A fact with this `wake_seq` of the scope has changed it."""
        self.scope.changes.append((seq, self))

    def move(self, phase: Phase, failure: Failure | None, at: float) -> None:
        self.phase = phase
        self.failure = failure
        if phase.terminal:
            self.ended = at

    def state(self) -> NodeState:
        attempt = self.attempts[-1] if self.attempts else None
        return NodeState(
            self.id,
            self.kind,
            self.phase,
            self.attempt,
            attempt and attempt.phase,
            attempt and attempt.failure,
            attempt.elements if attempt else (),
            self.user_failures,
            self.system_failures,
            self.failure,
            self.until,
            self.signal,
            attempt.graph if attempt else "",
        )

    def record(self) -> NodeRecord:
        return NodeRecord(
            self.path,
            self.kind,
            self.phase,
            self.attempt,
            self.failure,
            self.child,
            self.created,
            self.ended,
            self.until,
            self.reuse,
            self.signal is not None,
        )


class Attempt:
    """An attempt.

    Attributes:
        serial: orders the attempts of all families by age.
        launch: how it was launched.
        executor: see `AttemptRecord`.
        stop: it has to be stopped, and why.
    """

    __slots__ = (
        "created",
        "elements",
        "ended",
        "executor",
        "failure",
        "graph",
        "launch",
        "node",
        "number",
        "owner",
        "phase",
        "priority",
        "returned",
        "serial",
        "started",
        "stop",
        "taken",
    )

    def __init__(self, node: Node, launch: Launch, serial: int, at: float) -> None:
        self.node = node
        self.launch = launch
        self.number = launch.attempt
        self.serial = serial
        options = node.scope.execution.new.options
        self.priority = options.priority if launch.priority is None else launch.priority
        self.executor = options.executor if launch.executor is None else launch.executor
        self.phase = AttemptPhase.LAUNCHING
        self.owner: str | None = None
        self.stop: Stop | None = None
        self.failure: Failure | None = None
        self.elements: tuple[ElementFailure, ...] = ()
        self.graph = ""
        self.created = at
        self.taken: float | None = None
        self.started: float | None = None
        self.returned: float | None = None
        self.ended: float | None = None

    @property
    def open(self) -> bool:
        return self.ended is None

    @property
    def turn(self) -> tuple[int, int]:
        """Where it stands among those that wait: higher priority first, then older."""
        return -self.priority, self.serial

    @property
    def stop_at(self) -> float | None:
        """When it has to be stopped, if it goes on as it is."""
        launch = self.launch
        if self.phase is AttemptPhase.RUNNING:
            return launch.until
        return stop_at(launch.deadline, launch.until)

    def begin(self, at: float) -> None:
        """Its code runs."""
        self.phase = AttemptPhase.RUNNING
        self.started = at
        if self.launch.deadline is not None and self.stop is None:
            self.node.scope.execution.family.deadlines.set(self, self.launch.until)

    def flag(self, stop: Stop) -> None:
        """It has to be stopped."""
        self.stop = stop
        self.node.scope.execution.family.deadlines.set(self, None)

    def end(self, phase: AttemptPhase, failure: Failure | None, at: float) -> None:
        self.phase = phase
        self.failure = failure
        self.ended = at
        execution = self.node.scope.execution
        execution.family.deadlines.set(self, None)
        execution.waiting.pop(self, None)
        execution.slots.pop(self, None)

    def claim(self) -> Claim:
        return Claim(self.node.scope.execution.new.id, self.node.path, self.number, self.executor)

    def record(self) -> AttemptRecord:
        launch = self.launch
        return AttemptRecord(
            self.node.path,
            self.number,
            self.phase,
            self.owner,
            self.failure,
            self.created,
            self.started,
            self.ended,
            launch.due,
            launch.deadline,
            launch.until,
            self.graph,
            self.executor,
            self.taken,
            self.returned,
        )
