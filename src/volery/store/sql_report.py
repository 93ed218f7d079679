"""How facts get into a SQL database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from volery.engine.model import (
    BODY,
    AttemptEnded,
    AttemptPhase,
    AttemptStarted,
    Called,
    Fact,
)
from volery.ids import digest, join, split
from volery.store import journal, records, statements as sql
from volery.store.records import Standing
from volery.store.sql_changes import Changes


class Report:
    """The facts of one call of `record`, in one transaction."""

    def __init__(self, changes: Changes, known: Mapping[str, Standing]) -> None:
        self._changes = changes
        self._known = known
        self._gone: dict[str, bool] = {}
        self._woken: dict[tuple[str, str], int] = {}

    def carry(self, facts: Sequence[Fact]) -> int:
        """Carry facts in; returns how many counted."""
        counted = 0
        for fact in facts:
            standing = self._known.get(fact.execution)
            if standing is None:
                continue  # there is nothing to journal it under
            if not self._accept(fact):
                self._changes.write(standing.root, journal.stale(fact))
                continue
            counted += 1
            if not isinstance(fact, Called):
                self._changes.write(standing.root, journal.reported(fact))
            if isinstance(fact, AttemptEnded) and standing.max_parallelism is not None:
                self._changes.later(sql.LOOK_NOW, (fact.execution,))
        return counted

    def _accept(self, fact: Fact) -> bool:
        """Carry a fact in, if it comes from its owner and is not too late."""
        match fact:
            case AttemptStarted(execution, path, attempt, at):
                return self._changes.change(sql.START_ATTEMPT, at, execution, path, attempt)
            case AttemptEnded():
                return self._end(fact)
            case Called():
                return self._call(fact)

    def _end(self, fact: AttemptEnded) -> bool:
        changes = self._changes
        # That an owner is gone is said by others, of the attempts that it has left behind.
        if fact.phase is not AttemptPhase.LOST and self._is_gone(fact.owner):
            return False
        ended = changes.at if fact.ended is None else fact.ended
        graph = None if fact.graph is None else digest(fact.graph)
        failure, elements = records.pack(fact.failure), records.pack(fact.elements)
        values = (str(fact.phase), failure, elements, graph, fact.started, ended)
        key = (fact.execution, fact.path, fact.attempt)
        if not changes.change(sql.END_ATTEMPT, *values, *key, fact.owner):
            return False
        seq = self._wake(fact.execution, split(fact.path)[0])
        changes.later(sql.CHANGE_NODE, (seq, fact.execution, fact.path))
        if fact.outputs is not None:
            changes.later(sql.CREATE_OUTPUTS, (fact.execution, fact.path, fact.outputs))
        if graph is not None:
            changes.cursor.execute(sql.PUT_BUNDLE, (graph, fact.graph))
        changes.later(sql.KEEP, *(records.cache_row(each, changes.at) for each in fact.cache))
        return True

    def _call(self, fact: Called) -> bool:
        changes, path = self._changes, join(fact.path, fact.call)
        body = (fact.execution, join(fact.path, BODY), fact.attempt, fact.owner)
        if self._is_gone(fact.owner) or changes.one(sql.IS_OPEN, *body) is None:
            return False
        if changes.one(sql.CALL, fact.execution, path) is None:
            seq = self._wake(fact.execution, fact.path)
            entity = (fact.entity.kind, fact.entity.name)
            row = (fact.execution, path, fact.path, seq, fact.kind, *entity)
            changes.cursor.execute(sql.CREATE_CALL, (*row, fact.bundle, fact.inputs))
        return True

    def _wake(self, execution: str, path: str) -> int:
        """Wake a scope, once in this call."""
        scope = (execution, path)
        if scope not in self._woken:
            self._woken[scope] = self._changes.wake(execution, path)
        return self._woken[scope]

    def _is_gone(self, owner: str) -> bool:
        if owner not in self._gone:
            row = self._changes.one(sql.OWNER, owner)
            self._gone[owner] = row is None or records.owner(row).gone
        return self._gone[owner]
