"""Drives one scope by hand: rows in, plans out, no store, no clock."""

from __future__ import annotations

from typing import Any

from volery.engine.definitions import Definition
from volery.engine.graph import GraphIndex
from volery.engine.model import (
    AttemptPhase,
    NodeState,
    Phase,
    Plan,
    ScopeRow,
    ScopeState,
)
from volery.engine.plan import plan
from volery.engine.scope import Scope
from volery.ir.bindings import Binding, Bound, Constant, OutputRef
from volery.ir.failure import Failure
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import Graph, Node, Policy, TaskTarget
from volery.ir.specs import FailurePolicy, TaskSpec
from volery.ir.types import INT
from volery.ir.values import pack

INCREMENT = TaskSpec(
    "m.increment", Interface((Input("x", INT),), (Output("o0", INT),)), policy=Policy(retries=0)
)
STUBBORN = TaskSpec("m.stubborn", INCREMENT.interface, policy=Policy(retries=2))
TASKS = {task.name: task for task in (INCREMENT, STUBBORN)}

BOOM = Failure("ValueError", "USER", "boom")
CRASH = Failure("WorkerCrashed", "SYSTEM", "killed")


def node(id: str, *sources: str, after: tuple[str, ...] = (), task: str = "m.increment") -> Node:
    """A task node that takes data from some nodes and waits for others."""
    bound = [Bound(f"x{n}", OutputRef(source, "o0")) for n, source in enumerate(sources)]
    return Node(id, TaskTarget(task), tuple(bound) or (Bound("x", Constant(pack(1))),), after)


def index(*nodes: Node, policy: FailurePolicy = "fail_immediately") -> GraphIndex:
    """The index of a graph without outputs."""
    return GraphIndex(Graph(nodes), TASKS, policy)


class Harness:
    """The rows of one scope, and the planner looking at them."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.scope = Scope("e", "")
        self.rows: dict[str, NodeState] = {}
        self.state = ScopeState()
        self.abort: str | None = None
        self.phase = Phase.RUNNING
        self.version = 0

    def look(self, *changed: str, known: dict[Binding, Any] | None = None) -> Plan:
        """Plan with these children reported as changed, and write the plan into the rows."""
        self.scope.merge(self._row([self.rows[id] for id in changed]))
        return self._write(plan(self.scope, self.definition, known or {}))

    def look_afresh(self, known: dict[Binding, Any] | None = None) -> Plan:
        """The same, by a planner that knows nothing but the rows."""
        self.scope = Scope("e", "")
        return self.look(*self.rows, known=known)

    def end(
        self, id: str, failure: Failure | None = None, phase: AttemptPhase | None = None
    ) -> None:
        """The newest attempt of a task ends."""
        row = self.rows[id]
        succeeded = AttemptPhase.SUCCEEDED if failure is None else AttemptPhase.FAILED
        row.attempt_phase = phase or succeeded
        row.attempt_failure = failure

    def close(self, id: str, phase: Phase, failure: Failure | None = None) -> None:
        """A child scope ends and with it its node execution."""
        self.rows[id].phase = phase
        self.rows[id].failure = failure

    def run(self, *ids: str) -> Plan:
        """Tasks succeed, one look for all."""
        for id in ids:
            self.end(id)
        return self.look(*ids)

    def _row(self, children: list[NodeState]) -> ScopeRow:
        copies = [
            NodeState(*(getattr(each, name) for name in each.__struct_fields__))
            for each in children
        ]
        return ScopeRow("e", "", self.phase, self.version, 0, 0, self.state, self.abort, copies)

    def _write(self, decided: Plan) -> Plan:
        for create in decided.create:
            assert create.id not in self.rows
            self.rows[create.id] = NodeState(
                create.id,
                create.kind,
                create.phase,
                user_failures=create.user_failures,
                failure=create.failure,
            )
        for move in decided.move:
            self.rows[move.id].phase = move.phase
            self.rows[move.id].failure = move.failure
        for launch in decided.launch:
            row = self.rows[launch.id]
            row.attempt = launch.attempt
            row.attempt_phase = AttemptPhase.LAUNCHING
            row.attempt_failure = None
            row.user_failures = launch.user_failures
            row.system_failures = launch.system_failures
        if decided.state is not None:
            self.state = decided.state
        if decided.finish is not None:
            self.phase = decided.finish.phase
        self.version += 1
        return decided


def launched(decided: Plan) -> list[tuple[str, int]]:
    """Which attempts a plan launches."""
    return [(launch.id, launch.attempt) for launch in decided.launch]


def moved(decided: Plan) -> dict[str, Phase]:
    """Which node executions a plan moves, and where to."""
    return {move.id: move.phase for move in decided.move}
