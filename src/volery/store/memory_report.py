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
from volery.store.memory_rows import Attempt, Scope
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
            attempt = self.attempt(fact)
            if attempt is None:
                self._tables.write(execution.family, self._at, journal.stale(fact))
                continue
            counted += 1
            match fact:
                case AttemptStarted():
                    attempt.begin(fact.at)
                    self._tables.write(execution.family, self._at, journal.reported(fact))
                case AttemptEnded():
                    self.end(attempt, fact)
                    attempt.node.changed(self._wake(attempt.node.scope))
                case Called():
                    self._call(attempt.node.scope, fact)
        return counted

    def attempt(self, fact: Fact) -> Attempt | None:
        """The attempt that a fact speaks of, if the fact counts."""
        execution = self._tables.executions.get(fact.execution)
        path = join(fact.path, BODY) if isinstance(fact, Called) else fact.path
        node = execution and execution.nodes.get(path)
        if node is None or node.phase is not Phase.RUNNING or fact.attempt != node.attempt:
            return None
        attempt = node.attempts[-1] if node.attempts else None
        return attempt if attempt is not None and self._is_in_time(attempt, fact) else None

    def _is_in_time(self, attempt: Attempt, fact: Fact) -> bool:
        """Whether a fact comes from the owner of the attempt, and is not too late."""
        if isinstance(fact, AttemptStarted):
            return attempt.phase is AttemptPhase.LAUNCHING and attempt.owner is not None
        if not attempt.open or attempt.owner != fact.owner:
            return False
        # That an owner is gone is said by others, of the attempts that it has left behind.
        by_others = isinstance(fact, AttemptEnded) and fact.phase is AttemptPhase.LOST
        return by_others or not self._tables.is_gone(fact.owner)

    def end(self, attempt: Attempt, fact: AttemptEnded) -> None:
        """End an attempt and keep what it gave. Its scope is not woken."""
        execution = attempt.node.scope.execution
        attempt.end(fact.phase, fact.failure, self._at if fact.ended is None else fact.ended)
        attempt.elements = fact.elements
        attempt.returned = fact.returned
        if attempt.started is None:
            attempt.started = fact.started
        if fact.outputs is not None:
            execution.outputs[fact.path] = fact.outputs
        if fact.graph is not None:
            attempt.graph = digest(fact.graph)
            self._tables.bundles.setdefault(attempt.graph, fact.graph)
        if attempt.stop is not None:
            del self._tables.flagged[attempt]
        if fact.cache:
            self._tables.keep(fact.cache, self._at)
        self._tables.write(execution.family, self._at, journal.reported(fact))

    def _call(self, scope: Scope, fact: Called) -> None:
        path, calls = join(fact.path, fact.call), scope.execution.calls
        if path not in calls:
            record = CallRecord(fact.call, fact.kind, fact.entity, fact.bundle, fact.inputs)
            calls[path] = record
            scope.calls.append((self._wake(scope), CallState(fact.call, fact.kind)))

    def _wake(self, scope: Scope) -> int:
        """Wake a scope, once in this call."""
        if scope not in self._woken:
            self._woken[scope] = scope.wake()
        return self._woken[scope]
