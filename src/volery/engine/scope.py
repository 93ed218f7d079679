"""A scope as the planner sees it: a state machine as a value.

Children that changed come in through `merge`; a planner takes what `merge` found, decides, and
notes its own decisions here, so that the next look costs only what changed since. The shell keeps
a scope between looks as long as its version is that of the store, and throws it away otherwise:
a scope loaded from nothing and one kept up to date are the same.
"""

from __future__ import annotations

import msgspec

from volery.engine.graph import GraphIndex
from volery.engine.model import (
    LEGAL_MOVES,
    Create,
    Launch,
    Move,
    NodeState,
    Phase,
    Plan,
    ScopeRow,
    ScopeState,
)
from volery.ids import join
from volery.ir.failure import ABORTED, Failure

_DONE = frozenset({Phase.SUCCEEDED, Phase.SKIPPED})


class Scope:
    """The children of a scope, what they wait for, and what is open.

    Attributes:
        children: node executions that exist, by id.
        open: how many of them are not terminal.
        changed: children whose change no planner has seen.
        settled: children that became SUCCEEDED or SKIPPED, whose followers no planner has seen.
        unmet: for each node of the graph, how many nodes it still waits for.
        failure: the first failure of a child that further attempts did not answer.
        begun: for a map: up to which element the ranges have begun; -1 before it is known.
        failed: how many children ended FAILED or ABORTED.
        stopping: no further node starts.
        told: open children have been told to stop.
        skipped: at least one child is SKIPPED.
    """

    __slots__ = (
        "abort",
        "begun",
        "changed",
        "children",
        "execution",
        "failed",
        "failure",
        "graph",
        "open",
        "path",
        "phase",
        "settled",
        "skipped",
        "state",
        "stopping",
        "told",
        "unmet",
        "version",
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
        self.children: dict[str, NodeState] = {}
        self.open = 0
        self.changed: list[str] = []
        self.settled: list[str] = []
        self.graph: GraphIndex | None = None
        self.unmet: dict[str, int] = {}
        self.failure: Failure | None = None
        self.failed = 0
        self.begun = -1
        self.stopping = False
        self.told = False
        self.skipped = False

    def merge(self, row: ScopeRow) -> None:
        """Take in what the store says."""
        self.phase = row.phase
        self.version = row.version
        self.wake_seq = row.wake_seq
        self.state = row.state
        self.abort = row.abort
        for child in row.children:
            known = self.children.get(child.id)
            self.children[child.id] = child
            if known is None:
                self.open += 1
            if child.phase.terminal:
                if known is None or not known.phase.terminal:
                    self._close(child.id, child.phase, child.failure)
            else:
                self.changed.append(child.id)

    def run(self, graph: GraphIndex) -> None:
        """Begin to track the nodes of a graph."""
        if self.graph is not graph:
            self.graph = graph
            self.unmet = dict(graph.upstream)

    # -- decisions, noted and written down ------------------------------------------------

    def create(self, plan: Plan, create: Create) -> None:
        """A node execution begins to exist."""
        if create.failure is not None and not create.failure.path:
            failure = self._here(create.failure, create.id)
            create = msgspec.structs.replace(create, failure=failure)
        self.children[create.id] = NodeState(
            create.id,
            create.kind,
            create.phase,
            user_failures=create.user_failures,
            system_failures=create.system_failures,
            failure=create.failure,
        )
        self.open += 1
        plan.create.append(create)
        if create.phase.terminal:
            self._close(create.id, create.phase, create.failure)

    def launch(self, plan: Plan, launch: Launch) -> None:
        """An attempt of a child is to be carried out."""
        child = self.children[launch.id]
        child.attempt = launch.attempt
        child.attempt_phase = None
        child.attempt_failure = None
        child.user_failures = launch.user_failures
        child.system_failures = launch.system_failures
        plan.launch.append(launch)

    def move(self, plan: Plan, id: str, phase: Phase, failure: Failure | None = None) -> None:
        """A child changes phase."""
        child = self.children[id]
        if phase not in LEGAL_MOVES[child.phase]:
            raise AssertionError(
                f"{self.execution}:{join(self.path, id)} cannot move from {child.phase} to {phase} "
                f"(attempt {child.attempt} is {child.attempt_phase}, scope version {self.version})"
            )
        if failure is not None and not failure.path:
            failure = self._here(failure, id)
        child.phase = phase
        child.failure = failure
        plan.move.append(Move(id, phase, failure))
        self._close(id, phase, failure)

    def _close(self, id: str, phase: Phase, failure: Failure | None) -> None:
        self.open -= 1
        if phase in _DONE:
            self.skipped = self.skipped or phase is Phase.SKIPPED
            self.settled.append(id)
            return
        self.failed += 1
        # A child that was told to stop is a consequence, never the cause.
        if self.failure is None or (phase is Phase.FAILED and self.failure.code == ABORTED):
            told = Failure(ABORTED, "USER", f"{join(self.path, id)} was aborted", retryable=False)
            self.failure = failure or self._here(told, id)

    def _here(self, failure: Failure, id: str) -> Failure:
        """A failure that began at a child of this scope."""
        return msgspec.structs.replace(failure, path=join(self.path, id), execution=self.execution)
