"""The rows of the store in memory: plain objects that point at each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import count

from volery.engine.model import AttemptPhase, Create, NodeKind, NodeState, Phase, ScopeState
from volery.ids import ROOT
from volery.ir.failure import Failure
from volery.ir.work import ElementFailure
from volery.store import journal
from volery.store.base import AttemptRecord, Claim, ExecutionRecord, Line, NewExecution, NodeRecord
from volery.store.moves import IllegalMove, illegal_move


class Tables:
    """All rows, and the changes that several verbs make to them.

    Attributes:
        executions: by id, oldest first.
        families: by the id of their root.
        flagged: open attempts that have to be aborted (an ordered set).
        launches: numbers all attempts by age.
    """

    def __init__(self) -> None:
        self.bundles: dict[str, bytes] = {}
        self.executions: dict[str, Execution] = {}
        self.families: dict[str, Family] = {}
        self.flagged: dict[Attempt, None] = {}
        self.launches = count(1)
        self._lines = count(1)

    def create(self, new: NewExecution, at: float) -> bool:
        """Insert an execution with its outermost scope. False when the id is taken."""
        if new.id in self.executions:
            return False
        if new.root == new.id:
            self.families[new.id] = Family(new.owner)
        family = self.families[new.root]
        execution = self.executions[new.id] = Execution(new, family, at)
        Scope(execution, ROOT, new.inputs, new.state)
        self.write(family, at, journal.began(new.id))
        return True

    def write(self, family: Family, at: float, *entries: journal.Entry) -> None:
        """Add lines to the journal of a family."""
        family.lines += [Line(next(self._lines), at, *entry) for entry in entries]

    def stop(self, scope: Scope, reason: str, at: float) -> None:
        """Ask a scope for an abort, unless it ended or somebody has asked before."""
        if scope.phase.terminal or scope.abort is not None:
            return
        scope.abort = reason
        scope.wake()
        execution = scope.execution
        asked = journal.abort_asked(execution.new.id, scope.path, 0, reason)
        self.write(execution.family, at, asked)


class Family:
    """What the executions under one root have in common.

    Attributes:
        dirty: scopes with facts that no plan has seen, oldest first (an ordered set).
        outbox: attempts that wait for a taker, oldest first; some may have been aborted since.
    """

    __slots__ = ("dirty", "lines", "outbox", "owner")

    def __init__(self, owner: str | None) -> None:
        self.owner = owner
        self.dirty: dict[Scope, None] = {}
        self.outbox: deque[Attempt] = deque()
        self.lines: list[Line] = []


class Execution:
    """`outputs`: output records by path, of all that SUCCEEDED in a scope or attempt of its own."""

    __slots__ = (
        "created",
        "ended",
        "failure",
        "family",
        "new",
        "nodes",
        "outputs",
        "phase",
        "scopes",
    )

    def __init__(self, new: NewExecution, family: Family, at: float) -> None:
        self.new = new
        self.family = family
        self.phase = Phase.RUNNING
        self.failure: Failure | None = None
        self.created = at
        self.ended: float | None = None
        self.scopes: dict[str, Scope] = {}
        self.nodes: dict[str, Node] = {}
        self.outputs: dict[str, bytes] = {}

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
        new = self.new
        return ExecutionRecord(
            id=new.id,
            project=new.project,
            domain=new.domain,
            entity=new.entity,
            bundle=new.bundle,
            root=new.root,
            parent=new.parent,
            owner=self.family.owner,
            labels=new.labels,
            phase=self.phase,
            failure=self.failure,
            created=self.created,
            ended=self.ended,
        )


class Scope:
    """`changes`: which child a fact has changed, and the `wake_seq` of the fact, in order."""

    __slots__ = (
        "abort",
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
        self.children: dict[str, Node] = {}
        self.changes: list[tuple[int, Node]] = []
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

    def planned(self, seq: int) -> None:
        self.planned_seq = seq
        if seq >= self.wake_seq:
            self.execution.family.dirty.pop(self, None)


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
        "scope",
        "system_failures",
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
        )


class Attempt:
    """`serial` orders the attempts of all families by age."""

    __slots__ = (
        "created",
        "elements",
        "ended",
        "failure",
        "flagged",
        "node",
        "number",
        "owner",
        "phase",
        "serial",
        "started",
    )

    def __init__(self, node: Node, number: int, serial: int, at: float) -> None:
        self.node = node
        self.number = number
        self.serial = serial
        self.phase = AttemptPhase.LAUNCHING
        self.owner: str | None = None
        self.flagged = False
        self.failure: Failure | None = None
        self.elements: tuple[ElementFailure, ...] = ()
        self.created = at
        self.started: float | None = None
        self.ended: float | None = None

    @property
    def open(self) -> bool:
        return not self.phase.terminal

    def end(self, phase: AttemptPhase, failure: Failure | None, at: float) -> None:
        self.phase = phase
        self.failure = failure
        self.ended = at

    def claim(self) -> Claim:
        return Claim(self.node.scope.execution.new.id, self.node.path, self.number)

    def record(self) -> AttemptRecord:
        return AttemptRecord(
            self.node.path,
            self.number,
            self.phase,
            self.owner,
            self.failure,
            self.created,
            self.started,
            self.ended,
        )
