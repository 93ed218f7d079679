"""Drives one scope by hand: rows in, plans out, no store, no clock."""

from __future__ import annotations

from typing import Any

import msgspec

from volery.engine.definitions import Definition, Definitions
from volery.engine.graph import GraphIndex
from volery.engine.model import (
    AttemptEnded,
    AttemptPhase,
    CallState,
    Lookup,
    NodeKind,
    NodeState,
    Phase,
    Plan,
    ScopeRow,
    ScopeState,
    Want,
)
from volery.engine.plan import plan
from volery.engine.scope import Scope
from volery.ir.bindings import Bound, Constant, OutputRef
from volery.ir.failure import Failure
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import GateTarget, Graph, Node, TaskTarget
from volery.ir.policy import Caching, Limits, Policy
from volery.ir.specs import Bundle, FailurePolicy, TaskSpec, WorkflowSpec
from volery.ir.types import INT
from volery.ir.values import pack

INCREMENT = TaskSpec(
    "m.increment", Interface((Input("x", INT),), (Output("o0", INT),)), policy=Policy(retries=0)
)


def a_task(name: str, policy: Policy, **options: Any) -> TaskSpec:
    """A task like `INCREMENT`."""
    return TaskSpec(name, INCREMENT.interface, policy=policy, **options)


STUBBORN = a_task("m.stubborn", Policy(retries=2))
CACHED = a_task("m.cached", Policy(cache=Caching(version="1")))
SERIALIZED = a_task("m.serialized", Policy(cache=Caching(version="1", serialize=True)))
DYNAMIC = a_task("m.dynamic", Policy(retries=1, limits=Limits(total=60)), mode="dynamic")
EAGER = a_task("m.eager", Policy(retries=1), mode="eager")
DEFINITIONS = Definitions(
    Bundle(
        tasks=(INCREMENT, STUBBORN, CACHED, SERIALIZED, DYNAMIC, EAGER),
        workflows=(
            WorkflowSpec("m.workflow", INCREMENT.interface, Graph(), limits=Limits(running=30)),
        ),
    )
)

BOOM = Failure("ValueError", "USER", "boom")
CRASH = Failure("WorkerCrashed", "SYSTEM", "killed")
START = 1_000.0
"""The time at which harnesses begin."""


def node(
    id: str,
    *sources: str,
    after: tuple[str, ...] = (),
    task: str = "m.increment",
    policy: Policy = Policy(),
) -> Node:
    """A task node that takes data from some nodes and waits for others."""
    bound = [Bound(f"x{n}", OutputRef(source, "o0")) for n, source in enumerate(sources)]
    inputs = tuple(bound) or (Bound("x", Constant(pack(1))),)
    return Node(id, TaskTarget(task), inputs, after, policy)


def gate(id: str, kind: str, *sources: str, seconds: float | None = None) -> Node:
    """A gate that gives on what its source gives."""
    bound = tuple(Bound("o0", OutputRef(source, "o0")) for source in sources)
    value = None if kind == "sleep" else INT
    return Node(id, GateTarget(kind, f"the {id}", seconds, value), bound)


def index(
    *nodes: Node,
    policy: FailurePolicy = "fail_immediately",
    on_failure: Node | None = None,
    limits: Limits | None = None,
) -> GraphIndex:
    """The index of a graph without outputs."""
    return GraphIndex(Graph(nodes), DEFINITIONS, policy, on_failure=on_failure, limits=limits)


class Harness:
    """The rows of one scope, and the planner looking at them.

    Attributes:
        answers: what is known, whenever it is wanted.
        asked: everything that was wanted, in rounds.
    """

    def __init__(self, definition: Definition, state: ScopeState | None = None) -> None:
        self.definition = definition
        self.scope = Scope("e", "")
        self.rows: dict[str, NodeState] = {}
        self.calls: list[CallState] = []
        self.new_calls: list[CallState] = []
        self.state = state or ScopeState()
        self.abort: str | None = None
        self.aborts = 0
        self.phase = Phase.RUNNING
        self.version = 0
        self.now = START
        self.answers: dict[Want, Any] = {}
        self.asked: list[tuple[Want, ...]] = []
        self.outputs: dict[str, Any] = {}

    def look(self, *changed: str, known: dict[Any, Any] | None = None) -> Plan:
        """Plan with these children reported as changed, and write the plan into the rows.

        A plan that wants what nobody knows comes back as it is, and nothing is written.
        """
        self.answers.update(known or {})
        self.scope.merge(self._row([self.rows[id] for id in changed]))
        return self._plan()

    def look_ahead(self, end: AttemptEnded) -> Plan:
        """The same where an attempt has ended that nobody has told the store of yet."""
        self.scope.foresee({end.path: end})
        return self._plan()

    def _plan(self) -> Plan:
        self.new_calls = []
        answered: dict[Want, Any] = {}
        decided = plan(self.scope, self.definition, self.now, answered)
        while decided.wants and all(want in self.answers for want in decided.wants):
            assert decided.finish is None
            assert not set(decided.wants) & set(answered), "asked again for what is known"
            self.asked.append(decided.wants)
            answered.update((want, self.answers[want]) for want in decided.wants)
            decided.wants = ()
            plan(self.scope, self.definition, self.now, answered, decided)
        return decided if decided.wants else self._write(decided)

    def look_afresh(self, known: dict[Any, Any] | None = None) -> Plan:
        """The same, by a planner that knows nothing but the rows."""
        self.scope = Scope("e", "")
        self.new_calls = self.calls.copy()
        return self.look(*self.rows, known=known)

    def end(
        self,
        id: str,
        failure: Failure | None = None,
        phase: AttemptPhase | None = None,
        graph: str = "",
    ) -> None:
        """The newest attempt of a task ends."""
        row = self.rows[id]
        succeeded = AttemptPhase.SUCCEEDED if failure is None else AttemptPhase.FAILED
        row.attempt_phase = phase or succeeded
        row.attempt_failure = failure
        row.graph = graph

    def close(self, id: str, phase: Phase, failure: Failure | None = None) -> None:
        """A child scope ends and with it its node execution."""
        self.rows[id].phase = phase
        self.rows[id].failure = failure

    def run(self, *ids: str) -> Plan:
        """Tasks succeed, one look for all."""
        for id in ids:
            self.end(id)
        return self.look(*ids)

    def call(self, *ids: str, kind: NodeKind = "task") -> Plan:
        """The function of an eager task makes calls."""
        made = [CallState(id, kind) for id in ids]
        self.calls += made
        self.new_calls = made
        return self.look()

    def stop(self, reason: str = "enough") -> Plan:
        """Somebody asks for an abort."""
        self.abort = self.abort or reason
        self.aborts += 1
        return self.look()

    def wait(self, seconds: float) -> Plan:
        """Time passes."""
        self.now += seconds
        return self.look()

    def open(self) -> list[str]:
        """Children that have not ended."""
        return [id for id, row in self.rows.items() if not row.phase.terminal]

    def _row(self, children: list[NodeState]) -> ScopeRow:
        copies = [msgspec.structs.replace(each) for each in children]
        return ScopeRow(
            "e",
            "",
            self.phase,
            self.version,
            0,
            0,
            self.state,
            self.abort,
            copies,
            self.aborts,
            self.new_calls,
        )

    def _write(self, decided: Plan) -> Plan:
        for create in decided.create:
            assert create.id not in self.rows
            self.rows[create.id] = NodeState(
                create.id,
                create.kind,
                create.phase,
                user_failures=create.user_failures,
                system_failures=create.system_failures,
                failure=create.failure,
                until=create.until,
            )
        for move in decided.move:
            self.rows[move.id].phase = move.phase
            self.rows[move.id].failure = move.failure
        for launch in decided.launch:
            row = self.rows[launch.id]
            row.attempt = launch.attempt
            row.attempt_phase = AttemptPhase.LAUNCHING
            row.attempt_failure = None
            row.elements = ()
            row.user_failures = launch.user_failures
            row.system_failures = launch.system_failures
        for give in decided.give:
            assert self.rows[give.id].phase is Phase.SUCCEEDED
            assert give.id not in self.outputs
            self.outputs[give.id] = give.outputs
        if decided.state is not None:
            self.state = decided.state
        if decided.finish is not None:
            assert self.open() == []
            self.phase = decided.finish.phase
        self.version += 1
        self.scope.version = self.version
        return decided


def launched(decided: Plan) -> list[tuple[str, int]]:
    """Which attempts a plan launches."""
    return [(launch.id, launch.attempt) for launch in decided.launch]


def moved(decided: Plan) -> dict[str, Phase]:
    """Which node executions a plan moves, and where to."""
    return {move.id: move.phase for move in decided.move}


def aborted(decided: Plan) -> list[str]:
    """Which children a plan tells to stop."""
    return [abort.id for abort in decided.abort]


def lookups(*ids: str) -> tuple[Lookup, ...]:
    """The questions whether these have to run."""
    return tuple(map(Lookup, ids))
