"""How facts get into a SQL database."""

from __future__ import annotations

from collections.abc import Sequence

from volery.engine.model import AttemptEnded, AttemptStarted, Fact
from volery.ids import split
from volery.store import journal, records, statements as sql
from volery.store.database import Cursor
from volery.store.moves import check_report
from volery.store.sql_changes import wake


class Report:
    """The facts of one call of `record`, in one transaction."""

    def __init__(self, cursor: Cursor, at: float) -> None:
        self._cursor = cursor
        self._at = at
        self._roots: dict[str, str | None] = {}

    def carry(self, facts: Sequence[Fact]) -> int:
        """Carry facts in; returns how many changed something."""
        counted: list[Fact] = []
        lines: list[records.Row] = []
        for fact in facts:
            check_report(fact)
            root = self._root(fact.execution)
            if root is None:
                continue  # there is nothing to journal it under
            if self._accept(fact):
                counted.append(fact)
                lines.append((root, self._at, *journal.reported(fact)))
            else:
                lines.append((root, self._at, *journal.stale(fact)))
        self._keep([fact for fact in counted if isinstance(fact, AttemptEnded)])
        self._cursor.executemany(sql.WRITE_LINE, lines)
        return len(counted)

    def _root(self, execution: str) -> str | None:
        if execution not in self._roots:
            self._cursor.execute(sql.ROOT_OF, (execution,))
            row = self._cursor.fetchone()
            self._roots[execution] = None if row is None else row[0]
        return self._roots[execution]

    def _accept(self, fact: Fact) -> bool:
        """Carry a fact into its attempt, if it changes something and comes from its owner."""
        key = (fact.execution, fact.path, fact.attempt)
        match fact:
            case AttemptStarted():
                self._cursor.execute(sql.START_ATTEMPT, (fact.at, *key))
            case AttemptEnded():
                ended = self._at if fact.ended is None else fact.ended
                failure, elements = records.pack(fact.failure), records.pack(fact.elements)
                values = (str(fact.phase), failure, elements, fact.started, ended)
                self._cursor.execute(sql.END_ATTEMPT, (*values, *key, fact.owner))
        return self._cursor.rowcount == 1

    def _keep(self, facts: Sequence[AttemptEnded]) -> None:
        """Keep what ended attempts gave, mark their node executions, wake each scope once."""
        woken: dict[tuple[str, str], int] = {}
        changes: list[records.Row] = []
        outputs: list[records.Row] = []
        for fact in facts:
            scope = (fact.execution, split(fact.path)[0])
            if scope not in woken:
                woken[scope] = wake(self._cursor, *scope)
            changes.append((woken[scope], fact.execution, fact.path))
            if fact.outputs is not None:
                outputs.append((fact.execution, fact.path, fact.outputs))
        self._cursor.executemany(sql.CHANGE_NODE, changes)
        self._cursor.executemany(sql.CREATE_OUTPUTS, outputs)
