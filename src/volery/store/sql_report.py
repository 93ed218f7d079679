"""How facts get into a SQL database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from volery.engine.model import BODY, AttemptEnded, AttemptStarted, Called, Fact
from volery.ids import digest, join, split
from volery.store import journal, records, statements as sql
from volery.store.database import Query
from volery.store.records import Standing
from volery.store.sql_changes import Changes


class Report:
    """The facts of one call of `record`, in one transaction."""

    def __init__(self, changes: Changes, known: Mapping[str, Standing]) -> None:
        self._changes = changes
        self._known = known
        self._woken: set[tuple[str, str]] = set()

    def carry(self, facts: Sequence[Fact]) -> int:
        """Carry facts in; returns how many counted."""
        counted = 0
        news: list[AttemptStarted | AttemptEnded] = []
        for fact in facts:
            if fact.execution not in self._known:
                continue  # there is nothing to journal it under
            if isinstance(fact, Called):
                counted += self._carry(news) + self._call(fact)
                news = []
            else:
                news.append(fact)
        return counted + self._carry(news)

    def _carry(self, facts: Sequence[AttemptStarted | AttemptEnded]) -> int:
        """Carry facts in that come from an owner of the attempt, and are not too late."""
        accepted = self._changes.cursor.answers(map(self.guarded, facts))
        for fact, counts in zip(facts, accepted, strict=True):
            if not counts:
                self._changes.write(self._known[fact.execution].root, journal.stale(fact))
                continue
            self.keep(fact)
            if isinstance(fact, AttemptEnded):
                self._tell(fact)
        return sum(map(bool, accepted))

    def guarded(self, fact: AttemptStarted | AttemptEnded) -> Query:
        """The statement that changes the attempt; it gives a row if the fact counts."""
        key = (fact.execution, fact.path, fact.attempt)
        if isinstance(fact, AttemptStarted):
            return sql.START_ATTEMPT, (fact.at, *key)
        ended = self._changes.at if fact.ended is None else fact.ended
        graph = None if fact.graph is None else digest(fact.graph)
        failure, elements = records.pack(fact.failure), records.pack(fact.elements)
        phase = str(fact.phase)
        values = (phase, failure, elements, graph, fact.started, fact.returned, ended)
        return sql.END_ATTEMPT, (*values, *key, fact.owner, phase)

    def keep(self, fact: AttemptStarted | AttemptEnded) -> None:
        """Keep what a fact that counts says, in the journal and elsewhere."""
        changes = self._changes
        changes.write(self._known[fact.execution].root, journal.reported(fact))
        if isinstance(fact, AttemptStarted):
            return
        if fact.outputs is not None:
            changes.later(sql.CREATE_OUTPUTS, (fact.execution, fact.path, fact.outputs))
        if fact.graph is not None:
            changes.cursor.execute(sql.PUT_BUNDLE, (digest(fact.graph), fact.graph))
        changes.later(sql.KEEP, *(records.cache_row(each, changes.at) for each in fact.cache))
        if self._known[fact.execution].max_parallelism is not None:
            changes.later(sql.LOOK_NOW, (fact.execution,))

    def _tell(self, fact: AttemptEnded) -> None:
        """Wake the scope of an attempt."""
        scope = (fact.execution, split(fact.path)[0])
        if scope not in self._woken:
            self._woken.add(scope)
            self._changes.later(sql.WAKE_SCOPE, scope)
        self._changes.later(sql.NOTE_NODE, (fact.execution, fact.path))

    def _call(self, fact: Called) -> bool:
        changes, path = self._changes, join(fact.path, fact.call)
        body = (fact.execution, join(fact.path, BODY), fact.attempt, fact.owner)
        if changes.one(sql.IS_OPEN, *body) is None:
            changes.write(self._known[fact.execution].root, journal.stale(fact))
            return False
        if changes.one(sql.CALL, fact.execution, path) is None:
            seq = self._wake(fact.execution, fact.path)
            entity = (fact.entity.kind, fact.entity.name)
            row = (fact.execution, path, fact.path, seq, fact.kind, *entity)
            changes.cursor.execute(sql.CREATE_CALL, (*row, fact.bundle, fact.inputs))
        return True

    def _wake(self, execution: str, path: str) -> int:
        """Wake a scope, unless this call has; returns its `wake_seq`."""
        scope = (execution, path)
        if scope not in self._woken:
            self._woken.add(scope)
            return self._changes.wake(execution, path)
        self._changes.flush()
        ((seq,),) = self._changes.all(sql.WAKE_SEQ, execution, path)
        return seq
