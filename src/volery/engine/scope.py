"""A scope as the planner sees it: a state machine as a value.

Children that changed come in through `merge`, and a look at the scope begins; a planner takes what
`merge` found, decides, and notes its own decisions here (see `look`), so that the next look costs
only what changed since. The shell keeps a scope between looks as long as its version is that of
the store, and throws it away otherwise: a scope loaded from nothing and one kept up to date are the
same.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

from msgspec.structs import replace

from volery.engine.elements import Elements
from volery.engine.graph import GraphIndex
from volery.engine.model import (
    AttemptEnded,
    CallState,
    NodeState,
    Phase,
    ScopeRow,
    ScopeState,
)
from volery.ids import join
from volery.ir.failure import ABORTED, Failure
from volery.ir.policy import Policy

DONE = frozenset({Phase.SUCCEEDED, Phase.SKIPPED})
"""How a child ends that lets others follow."""


class Scope:
    """The children of a scope, what they wait for, and what is open.

    Attributes:
        children: node executions that exist, by id; of a map only the open ones.
        open: how many of them are not terminal.
        changed: open children whose change no planner has seen.
        ended: children that became terminal, which no planner has seen.
        asking: children of which it is asked whether they have to run (an ordered set).
        waiting: tasks without an attempt: another execution is filling the cache for them. Each
            look asks for them again.
        gates: gates that wait for a time at most, as a heap of times and ids.
        failure: the first failure of a child that further attempts did not answer.
        failed: it is that of a child that FAILED, and was not told to stop.
        stopping: no further node starts.
        told: how often open children have been told to stop.
        overdue: the time in which it has to end is over.
        skipped: at least one child is SKIPPED.
        graph, unmet: the graph that it runs, and for each node how many others it still waits for.
        elements: of a map; None before it is known.
        calls: of an eager task: those that have not begun, by id.
        policies: of an eager task: how its calls are carried out, as far as it is known.
    """

    __slots__ = (
        "abort",
        "aborts",
        "asking",
        "calls",
        "changed",
        "children",
        "elements",
        "ended",
        "execution",
        "failed",
        "failure",
        "gates",
        "graph",
        "open",
        "overdue",
        "path",
        "phase",
        "policies",
        "skipped",
        "state",
        "stopping",
        "told",
        "unmet",
        "version",
        "waiting",
        "wake_seq",
    )

    def __init__(self, execution: str, path: str) -> None:
        self.execution = execution
        self.path = path
        self.phase = Phase.RUNNING
        self.version = -1
        self.wake_seq = -1
        self.state = ScopeState()
        self.abort: str | None = None
        self.aborts = 0
        self.children: dict[str, NodeState] = {}
        self.open = 0
        self.changed: list[str] = []
        self.ended: list[str] = []
        self.asking: dict[str, None] = {}
        self.waiting: dict[str, None] = {}
        self.gates: list[tuple[float, str]] = []
        self.failure: Failure | None = None
        self.failed = False
        self.stopping = False
        self.told = 0
        self.overdue = False
        self.skipped = False
        self.graph: GraphIndex | None = None
        self.unmet: dict[str, int] = {}
        self.elements: Elements | None = None
        self.calls: dict[str, CallState] = {}
        self.policies: dict[str, Policy] = {}

    @property
    def weight(self) -> int:
        """How much memory it takes, in children."""
        return 1 + len(self.children)

    def merge(self, row: ScopeRow) -> None:
        """Take in what the store says, for a new look."""
        self.phase = row.phase
        self.version = row.version
        self.wake_seq = row.wake_seq
        self.state = row.state
        self.abort = row.abort
        self.aborts = row.aborts
        for child in row.children:
            known = self.children.get(child.id)
            self.children[child.id] = child
            if known is None:
                self._meet(child)
            if not child.phase.terminal:
                self.changed.append(child.id)
            elif known is None or not known.phase.terminal:
                self.close(child)
        if row.calls:
            self.calls |= {call.id: call for call in row.calls if call.id not in self.children}
        self._ask_again()

    def awaits(self, ends: Mapping[str, AttemptEnded]) -> bool:
        """Whether these are the ends, by child, of the newest attempts of all that is open."""
        return self.open == len(ends) and all(map(self._is_awaited, ends, ends.values()))

    def _is_awaited(self, id: str, end: AttemptEnded) -> bool:
        child = self.children.get(id)
        return child is not None and not child.phase.terminal and child.attempt == end.attempt

    def foresee(self, ends: Mapping[str, AttemptEnded]) -> None:
        """Take in how attempts of open children ended, as if the store had said so already."""
        self.wake_seq += 1
        for id, end in ends.items():
            child = self.children[id]
            child.attempt_phase = end.phase
            child.attempt_failure = end.failure
            child.elements = end.elements
            self.changed.append(id)
        self._ask_again()

    def _ask_again(self) -> None:
        if self.waiting:
            self.asking |= self.waiting
            self.waiting.clear()

    def run(self, graph: GraphIndex) -> None:
        """Begin to track the nodes of a graph."""
        self.graph = graph
        self.unmet = dict(graph.upstream)

    def add(self, child: NodeState) -> None:
        """A child begins to exist."""
        self.children[child.id] = child
        self.open += 1
        if child.phase.terminal:
            self.close(child)
        elif child.kind == "gate":
            self._expect(child)

    def close(self, child: NodeState) -> None:
        """A child has become terminal."""
        self.open -= 1
        self.ended.append(child.id)
        if child.phase in DONE:
            self.skipped = self.skipped or child.phase is Phase.SKIPPED
        # A child that was told to stop is a consequence, never the cause.
        elif self.failure is None or (child.phase is Phase.FAILED and not self.failed):
            failure = child.failure or self.stopped(child.id)
            placed = failure.path or failure.execution
            self.failure = failure if placed else self.here(failure, child.id)
            self.failed = child.phase is Phase.FAILED

    def due(self, now: float) -> list[str]:
        """Open gates whose time has come; they are not expected any more."""
        found: list[str] = []
        while self.gates and self.gates[0][0] <= now:
            _, id = heappop(self.gates)
            if not self.children[id].phase.terminal:
                found.append(id)
        return found

    def next_due(self) -> float | None:
        """When the time of the next open gate comes."""
        while self.gates and self.children[self.gates[0][1]].phase.terminal:
            heappop(self.gates)
        return self.gates[0][0] if self.gates else None

    def here(self, failure: Failure, id: str) -> Failure:
        """A failure that began at a child of this scope."""
        return replace(failure, path=join(self.path, id), execution=self.execution)

    def stopped(self, id: str) -> Failure:
        """The failure of a child that was aborted without a word why."""
        message = f"{join(self.path, id)} was aborted"
        return self.here(Failure(ABORTED, "USER", message, retryable=False), id)

    def _meet(self, child: NodeState) -> None:
        """A child is seen for the first time."""
        self.open += 1
        if child.phase.terminal:
            return
        if child.kind == "gate":
            self._expect(child)
        elif child.kind == "task" and child.attempt == 0:
            self.waiting[child.id] = None

    def _expect(self, gate: NodeState) -> None:
        if gate.until is not None:
            heappush(self.gates, (gate.until, gate.id))
