"""``run_locally``: an execution on the real engine, with time and failures under control."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from volery.data.current import current
from volery.engine.model import Phase
from volery.errors import CallError
from volery.executors.base import Executor
from volery.executors.inline import InlineExecutor
from volery.ids import ROOT, join, new_execution_id
from volery.ir.failure import Failure
from volery.ir.values import EMPTY
from volery.sdk.compile import compile_entity
from volery.sdk.entity import Entity
from volery.sdk.program import Program
from volery.services.context import Contexts
from volery.services.engine import embedded
from volery.services.orchestrator import Orchestrator
from volery.services.places import Places
from volery.services.plain import exception_of
from volery.store.base import AttemptRecord, Claim, Line, NodeRecord, Store
from volery.store.memory import MemoryStore
from volery.testing.clock import FakeClock
from volery.testing.faults import FaultPlan, Faults
from volery.testing.faulty import FaultyExecutor
from volery.testing.mocks import is_mocked
from volery.testing.standstill import Standstill, StillClock
from volery.types.mismatch import preview

Isolation = Literal["inline", "processes"]
"""``inline``: tasks run in this process. ``processes``: in workers, with a database on disk."""

_OWNER = "test"


@dataclass(frozen=True, eq=False)
class LocalRun:
    """An execution that has ended.

    Attributes:
        execution: its id.
        phase: how it ended.
        outputs: Python values by name; empty where it did not succeed.
        failure: why it did not succeed.
        nodes: node executions by path, those of launch plans in it below the nodes that run them.
        attempts: of each, in order; empty for what has none, such as a gate.
        journal: everything that happened, in order.
        error: what a plain call would have raised.
    """

    execution: str
    phase: Phase
    outputs: dict[str, Any]
    failure: Failure | None
    nodes: dict[str, NodeRecord]
    attempts: dict[str, list[AttemptRecord]]
    journal: list[Line]
    error: BaseException | None

    @property
    def output(self) -> Any:
        """The value, where there is a single output.

        Raises:
            BaseException: see `raise_for_failure`.
            CallError: there are several, or none.
        """
        self.raise_for_failure()
        if len(self.outputs) != 1:
            raise CallError(
                f"the execution has {len(self.outputs)} outputs ({', '.join(self.outputs)})",
                hint="ask for .outputs, which has them by name",
            )
        [value] = self.outputs.values()
        return value

    def raise_for_failure(self) -> None:
        """Raise what a plain call would have raised, if it did not succeed.

        Raises:
            BaseException: what user code or the test raised, where that is known.
            ExecutionError: it did not succeed for another reason.
        """
        if self.error is not None:
            raise self.error


def run_locally(
    entity: Entity,
    inputs: Mapping[str, Any] | None = None,
    *,
    clock: FakeClock | None = None,
    fail: Mapping[str, Faults] | None = None,
    signals: Mapping[str, Any] | None = None,
    isolation: Isolation = "inline",
) -> LocalRun:
    """Run an entity to its end, whatever that is. Nothing of it is kept.

    Time passes when nothing else goes on, and at once: retries, sleeps and limits cost none.

    Args:
        entity: a task, a workflow or a launch plan.
        inputs: Python values by name.
        clock: is moved; by default one of its own.
        fail: what becomes of attempts, by the name of a task or the path of a node: an exception,
            `Crash()`, `Hang(seconds)`, or a list with one of these or None for each attempt.
        signals: answers to gates, by name or path: a value, or for an approval True or False.
        isolation: where tasks run.

    Raises:
        CallError, TypeMismatch: inputs, faults or answers are not what the entity takes.
        DefinitionError: the entity cannot be compiled.
        ExecutionError: it waits for what never comes, such as the answer to a gate.
    """
    _require_mapping("fail", fail)
    _require_mapping("signals", signals)
    trial = _Trial(_required(entity), clock or FakeClock(), FaultPlan(fail or {}), signals or {})
    given = inputs or {}
    entity.check(given)
    packed = entity.signature.pack_inputs(given)
    match isolation:
        case "inline":
            run = trial.inline(packed)
        case "processes":
            run = trial.in_processes(packed)
        case _:
            raise CallError(f'isolation= takes "inline" or "processes", got {preview(isolation)}')
    unmet = trial.plan.unmet()
    if unmet is not None:
        raise unmet
    return run


def _required(entity: Any) -> Entity:
    if isinstance(entity, Entity):
        return entity
    raise CallError(
        f"run_locally takes a task, a workflow or a launch plan, got {preview(entity)}",
        hint="put @task or @workflow above the function" if callable(entity) else None,
    )


def _require_mapping(option: str, given: object) -> None:
    if not isinstance(given, Mapping | None):
        raise CallError(f"{option}= takes a dict by names or paths, got {preview(given)}")


class _Trial:
    """One execution that is going to be run."""

    def __init__(
        self, entity: Entity, clock: FakeClock, plan: FaultPlan, signals: Mapping[str, Any]
    ) -> None:
        self.plan = plan
        self._entity = entity
        self._clock = clock
        self._signals = signals
        self._program: Program = compile_entity(entity)
        self._execution = new_execution_id()
        self._exceptions: list[Mapping[tuple[str, str], BaseException]] = []

    def inline(self, inputs: bytes) -> LocalRun:
        store = MemoryStore()
        inner = InlineExecutor(self._program.tasks)
        self._exceptions.append(inner.exceptions)
        with closing(self._around(inner, store)) as executor:
            orchestrator = Orchestrator(
                store,
                executor,
                clock=StillClock(self._clock),
                owner=_OWNER,
                alive=_OWNER.__eq__,
                on_print=_printed_already,
            )
            orchestrator.submit(
                self._program.bundle, self._entity.ref, inputs, name=self._execution
            )
            orchestrator.drain(self._execution)
            return self._report(store, orchestrator.contexts)

    def in_processes(self, inputs: bytes) -> LocalRun:
        if is_mocked(self._program.tasks):
            raise CallError(
                "mocks stand in for functions of this process, and not of others",
                hint='run it with isolation="inline"',
            )
        with (
            TemporaryDirectory(prefix="volery-") as home,
            embedded(
                Path(home),
                storage=current(),  # what outputs refer to stays
                clock=StillClock(self._clock),
                around=self._around,
                on_print=_print,
            ) as engine,
        ):
            engine.submit(self._program, self._entity.ref, inputs, name=self._execution)
            engine.drain(self._execution)
            return self._report(engine.store, engine.contexts)

    def _around(self, executor: Executor, store: Store) -> Executor:
        faulty = FaultyExecutor(
            executor,
            self.plan,
            self._program.tasks,
            clock=self._clock,
            places=Places(store),
            standstill=Standstill(store, self._execution, self._clock, self._signals),
        )
        self._exceptions.append(faulty.exceptions)
        return faulty

    def _report(self, store: Store, contexts: Contexts) -> LocalRun:
        record = store.execution(self._execution)
        if record is None:
            raise AssertionError("an accepted execution is gone")
        raised = {key: each for known in self._exceptions for key, each in known.items()}
        nodes: dict[str, NodeRecord] = {}
        attempts: dict[str, list[AttemptRecord]] = {}
        for execution, above in _family(store, self._execution, ROOT):
            for node in store.nodes(execution):
                nodes[join(above, node.path)] = node
                attempts[join(above, node.path)] = []
            for attempt in store.attempts(execution):
                attempts[join(above, attempt.path)].append(attempt)
        succeeded = record.phase is Phase.SUCCEEDED
        return LocalRun(
            self._execution,
            record.phase,
            self._outputs(store) if succeeded else {},
            record.failure,
            dict(sorted(nodes.items())),
            attempts,
            store.journal(self._execution, 0, sys.maxsize),
            None if succeeded else exception_of(record, contexts, raised),
        )

    def _outputs(self, store: Store) -> dict[str, Any]:
        signature = self._entity.signature
        record = store.outputs(self._execution, [ROOT]).get(ROOT, EMPTY)
        values = signature.split(signature.unpack_outputs(record))
        return dict(zip(signature.outputs, values, strict=True))


def _family(store: Store, execution: str, above: str) -> Iterator[tuple[str, str]]:
    """An execution and those below it, each with the path of the node that started it."""
    yield execution, above
    for node in store.nodes(execution):
        if node.child is not None:
            yield from _family(store, node.child, join(above, node.path))


def _printed_already(_claim: Claim, _records: object) -> None:
    """Inline tasks print straight to where this process prints."""


def _print(_path: str, stream: str, text: str) -> None:
    """Pass on what a worker's task has printed, so that the test's runner can show it."""
    (sys.stdout if stream == "stdout" else sys.stderr).write(text)
