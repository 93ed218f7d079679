"""One store in which executions follow each other, and a record of what ran in them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import closing
from typing import Any, ClassVar

from volery.engine.model import Phase
from volery.executors.base import Executor
from volery.executors.inline import InlineExecutor
from volery.executors.placing import Only, Placing
from volery.ids import ROOT
from volery.sdk.compile import compile_entity
from volery.sdk.entity import Entity
from volery.sdk.fingerprint import fingerprinted
from volery.services.orchestrator import Bounds, Orchestrator
from volery.store.base import ExecutionRecord
from volery.store.memory import MemoryStore


class Ran:
    """What has run. Of a class the code counts, so what it holds changes no fingerprint."""

    inputs: ClassVar[list[Any]] = []


class Wall:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def now(self) -> float:
        return self.at

    def skip(self, to: float) -> None:
        self.at = max(self.at, to)


class Place:
    """A store, and a clock. `bounds`, `placing`: of all engines on it."""

    def __init__(
        self,
        bounds: Bounds = Bounds(),
        placing: Callable[[Executor], Placing] = Only,
    ) -> None:
        self.store = MemoryStore()
        self.clock = Wall()
        self._bounds = bounds
        self._placing = placing
        self._owners = itertools.count()

    def submit(
        self, entity: Entity, inputs: dict[str, Any], **particulars: Any
    ) -> tuple[Orchestrator, str]:
        """An execution with an engine of its own, which has not begun to drive it."""
        program = fingerprinted(compile_entity(entity))
        self._executor = InlineExecutor(program.tasks)
        orchestrator = Orchestrator(
            self.store,
            self._executor,
            clock=self.clock,
            owner=f"owner-{next(self._owners)}",
            alive=lambda _: True,
            on_print=lambda _claim, _result: None,
            bounds=self._bounds,
            placing=self._placing(self._executor),
        )
        packed = entity.signature.pack_inputs(inputs)
        return orchestrator, orchestrator.submit(program.bundle, entity.ref, packed, **particulars)

    def execution(
        self, entity: Entity, inputs: dict[str, Any], **particulars: Any
    ) -> ExecutionRecord:
        """One that has ended."""
        orchestrator, execution = self.submit(entity, inputs, **particulars)
        with closing(self._executor):
            return orchestrator.drain(execution)

    def run(self, entity: Entity, **inputs: Any) -> Any:
        """What one gives."""
        return self.outputs(entity, self.execution(entity, inputs))

    def outputs(self, entity: Entity, record: ExecutionRecord) -> Any:
        assert record.phase is Phase.SUCCEEDED, record.failure
        return entity.signature.unpack_outputs(self.store.outputs(record.id, [ROOT])[ROOT])
