"""The store in memory: for plain calls, whose record ends with the process.

One thread at a time. What a verb would refuse, it refuses before it changes anything.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from operator import attrgetter

from volery.engine.model import (
    AttemptEnded,
    AttemptPhase,
    AttemptStarted,
    Fact,
    Phase,
    ScopeRow,
    ScopeState,
)
from volery.errors import NotFound
from volery.ids import ROOT
from volery.store import journal
from volery.store.base import (
    AttemptRecord,
    Claim,
    Commit,
    ExecutionRecord,
    Line,
    NewExecution,
    NodeRecord,
    Ticket,
)
from volery.store.memory_commit import carry
from volery.store.memory_rows import Attempt, Execution, Family, Node, Scope, Tables
from volery.store.moves import check_report, no_scope


class MemoryStore:
    """See `Store`."""

    def __init__(self) -> None:
        self._tables = Tables()

    # -- bundles --------------------------------------------------------------------------

    def put_bundle(self, digest: str, data: bytes) -> None:
        self._tables.bundles.setdefault(digest, data)

    def bundle(self, digest: str) -> bytes:
        if digest not in self._tables.bundles:
            raise NotFound(f"there is no bundle {digest}")
        return self._tables.bundles[digest]

    # -- executions -----------------------------------------------------------------------

    def create(self, new: NewExecution, at: float) -> bool:
        return self._tables.create(new, at)

    def execution(self, execution: str) -> ExecutionRecord | None:
        found = self._tables.executions.get(execution)
        return None if found is None else found.record()

    def executions(
        self, *, limit: int, before: str | None = None, phases: Sequence[Phase] = ()
    ) -> list[ExecutionRecord]:
        newest_first = reversed(self._tables.executions.values())
        if before is not None:
            for execution in newest_first:
                if execution.new.id == before:
                    break
        wanted = (each for each in newest_first if not phases or each.phase in phases)
        return [each.record() for each in islice(wanted, limit)]

    def take(self, execution: str, old: str | None, new: str | None) -> bool:
        found = self._tables.executions.get(execution)
        if found is None or found.family.owner != old:
            return False
        found.family.owner = new
        return True

    def abort(self, execution: str, reason: str, at: float) -> bool:
        found = self._tables.executions.get(execution)
        if found is None or found.phase.terminal:
            return False
        self._tables.stop(found.scopes[ROOT], reason, at)
        return True

    # -- planning -------------------------------------------------------------------------

    def dirty(self, root: str | None, limit: int) -> list[Ticket]:
        scopes = chain.from_iterable(family.dirty for family in self._of(root))
        return [Ticket(scope.execution.new.id, scope.path) for scope in islice(scopes, limit)]

    def load(self, execution: str, path: str, since: int) -> ScopeRow:
        scope = self._scope(execution, path)
        changed = scope.children.values() if since < 0 else scope.changed_after(since)
        return ScopeRow(
            execution,
            path,
            scope.phase,
            scope.version,
            scope.wake_seq,
            scope.planned_seq,
            scope.state,
            scope.abort,
            [node.state() for node in changed],
        )

    def commit(self, commit: Commit, at: float) -> bool:
        return carry(self._tables, commit, at)

    def scope_inputs(self, execution: str, path: str) -> bytes:
        return self._scope(execution, path).inputs

    def scope_state(self, execution: str, path: str) -> ScopeState:
        return self._scope(execution, path).state

    def outputs(self, execution: str, paths: Iterable[str]) -> dict[str, bytes]:
        found = self._tables.executions.get(execution)
        if found is None:
            return {}
        records = ((path, self._outputs(found, path)) for path in paths)
        return {path: record for path, record in records if record is not None}

    def children_outputs(self, execution: str, path: str) -> list[tuple[str, bytes]]:
        scope = self._find(execution, path)
        if scope is None:
            return []
        records = (
            (id, self._outputs(scope.execution, node.path)) for id, node in scope.children.items()
        )
        return [(id, record) for id, record in records if record is not None]

    # -- attempts -------------------------------------------------------------------------

    def claim(self, root: str | None, owner: str, limit: int, at: float) -> list[Claim]:  # noqa: ARG002
        claims: list[Claim] = []
        families = self._of(root)
        while len(claims) < limit:
            waiting = [family for family in families if family.outbox]
            if not waiting:
                break
            attempt = min(waiting, key=_age_of_oldest).outbox.popleft()
            if attempt.open:
                attempt.owner = owner
                claims.append(attempt.claim())
        return claims

    def record(self, facts: Sequence[Fact], at: float) -> int:
        for fact in facts:
            check_report(fact)
        woken: dict[Scope, int] = {}
        counted = 0
        for fact in facts:
            execution = self._tables.executions.get(fact.execution)
            if execution is None:
                continue  # nothing to journal it under
            attempt = _current(execution, fact)
            if attempt is None or not _accept(attempt, fact, at):
                self._tables.write(execution.family, at, journal.stale(fact))
                continue
            counted += 1
            self._tables.write(execution.family, at, journal.reported(fact))
            if isinstance(fact, AttemptEnded):
                self._tables.flagged.pop(attempt, None)
                scope = attempt.node.scope
                if scope not in woken:
                    woken[scope] = scope.wake()
                attempt.node.changed(woken[scope])
        return counted

    def flagged(self, owner: str) -> list[Claim]:
        return [attempt.claim() for attempt in self._tables.flagged if attempt.owner == owner]

    def held(self, root: str | None) -> list[tuple[Claim, str]]:
        return [
            (attempt.claim(), attempt.owner)
            for execution in self._tables.executions.values()
            if root is None or execution.new.root == root
            for node in execution.nodes.values()
            for attempt in node.attempts[-1:]
            if attempt.open and attempt.owner is not None
        ]

    # -- reading --------------------------------------------------------------------------

    def nodes(self, execution: str) -> list[NodeRecord]:
        return [node.record() for node in self._by_path(execution)]

    def attempts(self, execution: str) -> list[AttemptRecord]:
        return [attempt.record() for node in self._by_path(execution) for attempt in node.attempts]

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        family = self._tables.families.get(root)
        if family is None:
            return []
        first = bisect_right(family.lines, after, key=attrgetter("seq"))
        return family.lines[first : first + limit]

    def close(self) -> None:
        pass

    # -- parts of verbs -------------------------------------------------------------------

    def _of(self, root: str | None) -> list[Family]:
        if root is None:
            return list(self._tables.families.values())
        return [self._tables.families[root]] if root in self._tables.families else []

    def _find(self, execution: str, path: str) -> Scope | None:
        found = self._tables.executions.get(execution)
        return found and found.scopes.get(path)

    def _scope(self, execution: str, path: str) -> Scope:
        scope = self._find(execution, path)
        if scope is None:
            raise no_scope(execution, path)
        return scope

    def _by_path(self, execution: str) -> list[Node]:
        found = self._tables.executions.get(execution)
        return sorted(found.nodes.values(), key=attrgetter("path")) if found else []

    def _outputs(self, execution: Execution, path: str) -> bytes | None:
        if path == ROOT:
            return execution.outputs.get(ROOT)
        node = execution.nodes.get(path)
        if node is not None and node.child is not None:
            return self._tables.executions[node.child].outputs.get(ROOT)
        return execution.outputs.get(path)


def _age_of_oldest(family: Family) -> int:
    return family.outbox[0].serial


def _current(execution: Execution, fact: Fact) -> Attempt | None:
    """The attempt that a fact speaks of, if it is the newest of a RUNNING node execution."""
    node = execution.nodes.get(fact.path)
    if node is None or node.phase is not Phase.RUNNING or fact.attempt != node.attempt:
        return None
    return node.attempts[-1]


def _accept(attempt: Attempt, fact: Fact, at: float) -> bool:
    """Carry a fact into its attempt, if it changes something and comes from its owner."""
    match fact:
        case AttemptStarted():
            if attempt.phase is not AttemptPhase.LAUNCHING or attempt.owner is None:
                return False
            attempt.phase = AttemptPhase.RUNNING
            attempt.started = fact.at
        case AttemptEnded():
            if not attempt.open or attempt.owner != fact.owner:
                return False
            attempt.end(fact.phase, fact.failure, at if fact.ended is None else fact.ended)
            attempt.elements = fact.elements
            if attempt.started is None:
                attempt.started = fact.started
            if fact.outputs is not None:
                attempt.node.scope.execution.outputs[fact.path] = fact.outputs
    return True
