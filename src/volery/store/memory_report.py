"""How facts get into the store in memory."""

from __future__ import annotations

from collections.abc import Sequence

from volery.engine.model import (
    BODY,
    AttemptEnded,
    AttemptPhase,
    AttemptStarted,
    Called,
    CallState,
    Fact,
    Phase,
)
from volery.ids import digest, join
from volery.store import journal
from volery.store.base import CallRecord
from volery.store.memory_rows import Attempt, Execution, Scope
from volery.store.memory_tables import Tables


class Report:
    """The facts of one call of `record`."""

    __slots__ = ("_at", "_tables", "_woken")

    def __init__(self, tables: Tables, at: float) -> None:
        self._tables = tables
        self._at = at
        self._woken: dict[Scope, int] = {}

    def carry(self, facts: Sequence[Fact]) -> int:
        """Carry facts in; returns how many counted."""
        counted = 0
        for fact in facts:
            execution = self._tables.executions.get(fact.execution)
            if execution is None:
                continue  # there is nothing to journal it under
            if not self._accept(execution, fact):
                self._tables.write(execution.family, self._at, journal.stale(fact))
                continue
            counted += 1
            if not isinstance(fact, Called):
                self._tables.write(execution.family, self._at, journal.reported(fact))
        return counted

    def _accept(self, execution: Execution, fact: Fact) -> bool:
        """Carry a fact in, if it comes from its owner and is not too late."""
        match fact:
            case AttemptStarted():
                attempt = _current(execution, fact.path, fact.attempt)
                return attempt is not None and _begin(attempt, fact.at)
            case AttemptEnded():
                attempt = _current(execution, fact.path, fact.attempt)
                return attempt is not None and self._end(attempt, fact)
            case Called():
                attempt = _current(execution, join(fact.path, BODY), fact.attempt)
                return attempt is not None and self._call(attempt, fact)

    def _end(self, attempt: Attempt, fact: AttemptEnded) -> bool:
        if not attempt.open or attempt.owner != fact.owner:
            return False
        # That an owner is gone is said by others, of the attempts that it has left behind.
        if fact.phase is not AttemptPhase.LOST and self._tables.is_gone(fact.owner):
            return False
        attempt.end(fact.phase, fact.failure, self._at if fact.ended is None else fact.ended)
        attempt.elements = fact.elements
        if attempt.started is None:
            attempt.started = fact.started
        if fact.outputs is not None:
            attempt.node.scope.execution.outputs[fact.path] = fact.outputs
        if fact.graph is not None:
            attempt.graph = digest(fact.graph)
            self._tables.bundles.setdefault(attempt.graph, fact.graph)
        if attempt.stop is not None:
            del self._tables.flagged[attempt]
        if fact.cache:
            self._tables.keep(fact.cache, self._at)
        attempt.node.changed(self._wake(attempt.node.scope))
        return True

    def _call(self, attempt: Attempt, fact: Called) -> bool:
        if not attempt.open or attempt.owner != fact.owner or self._tables.is_gone(fact.owner):
            return False
        scope = attempt.node.scope
        path, calls = join(fact.path, fact.call), scope.execution.calls
        if path not in calls:
            record = CallRecord(fact.call, fact.kind, fact.entity, fact.bundle, fact.inputs)
            calls[path] = record
            scope.calls.append((self._wake(scope), CallState(fact.call, fact.kind)))
        return True

    def _wake(self, scope: Scope) -> int:
        """Wake a scope, once in this call."""
        if scope not in self._woken:
            self._woken[scope] = scope.wake()
        return self._woken[scope]


def _current(execution: Execution, path: str, attempt: int) -> Attempt | None:
    """The attempt that a fact speaks of, if it is the newest of a RUNNING node execution."""
    node = execution.nodes.get(path)
    if node is None or node.phase is not Phase.RUNNING or attempt != node.attempt:
        return None
    return node.attempts[-1] if node.attempts else None


def _begin(attempt: Attempt, at: float) -> bool:
    if attempt.phase is not AttemptPhase.LAUNCHING or attempt.owner is None:
        return False
    attempt.begin(at)
    return True
