"""Changes that several verbs of the SQL store make, within one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import NoReturn

from volery.engine.model import Phase
from volery.ids import ROOT
from volery.ir.failure import Failure
from volery.store import journal, records, statements as sql
from volery.store.base import Created, Line, NewExecution, Queue
from volery.store.database import Cursor
from volery.store.journal import Entry
from volery.store.moves import IllegalMove, illegal_move, replaced_by

_ORDER = (
    sql.CREATE_NODE,
    sql.MOVE_NODE,
    sql.CHANGE_NODE,
    sql.WAKE_SCOPE,
    sql.NOTE_NODE,
    sql.CREATE_SCOPE,
    sql.CREATE_INPUTS,
    sql.CREATE_ATTEMPT,
    sql.CREATE_OUTPUTS,
    sql.RESERVE,
    sql.KEEP,
    sql.LOOK_AT,
    sql.LOOK_NOW,
    sql.WRITE_LINE,
)
"""Statements whose rows are gathered; each refers only to rows of those before it."""


class Changes:
    """The changes of one transaction.

    Rows that nothing else in the transaction reads are gathered, and written together by `flush`.

    Attributes:
        at: the time of the change.
        places: numbers the attempts that are launched.
    """

    def __init__(self, cursor: Cursor, at: float) -> None:
        self.cursor = cursor
        self.at = at
        self.places = count()
        self._rows: dict[str, list[records.Row]] = {statement: [] for statement in _ORDER}

    def later(self, statement: str, *rows: records.Row) -> None:
        """Write rows with the next flush."""
        self._rows[statement].extend(rows)

    def flush(self) -> None:
        """Write what has been gathered."""
        for statement, rows in self._rows.items():
            if not rows:
                continue
            self.cursor.executemany(statement, rows)
            if statement == sql.MOVE_NODE and self.cursor.rowcount != len(rows):
                self.refuse(rows)
            self._rows[statement] = []

    def write(self, root: str, *entries: Entry) -> None:
        """Add lines to the journal of a family."""
        self.later(sql.WRITE_LINE, *((root, self.at, *entry) for entry in entries))

    def one(self, statement: str, *values: object) -> records.Row | None:
        """The first row that a statement gives."""
        self.cursor.execute(statement, values)
        return self.cursor.fetchone()

    def all(self, statement: str, *values: object) -> list[records.Row]:
        """All rows that a statement gives."""
        self.cursor.execute(statement, values)
        return self.cursor.fetchall()

    def change(self, statement: str, *values: object) -> bool:
        """Whether a guarded statement has changed its row."""
        self.cursor.execute(statement, values)
        return self.cursor.rowcount == 1

    # -- scopes ---------------------------------------------------------------------------

    def wake(self, execution: str, path: str) -> int:
        """A fact for the next plan of a scope; returns the new `wake_seq`."""
        self.cursor.execute(sql.WAKE, (execution, path))
        return self.cursor.fetchone()[0]

    def ask(self, root: str, execution: str, reason: str) -> None:
        """Ask an execution for an abort."""
        self.cursor.execute(sql.ASK, (reason, execution, ROOT))
        self.write(root, journal.abort_asked(execution, ROOT, 0, reason))

    # -- node executions ------------------------------------------------------------------

    def move(
        self,
        execution: str,
        path: str,
        phase: Phase,
        failure: Failure | None = None,
        *,
        seq: int | None = None,
    ) -> None:
        """End a node execution; `seq` where a fact does. Whether it may is seen by `flush`."""
        how = (str(phase), records.pack(failure), self.at, seq, None)
        self.later(sql.MOVE_NODE, (*how, execution, path))

    def refuse(self, moves: Sequence[records.Row]) -> NoReturn:
        """Raise IllegalMove for the move that could not be made."""
        refused = moves[-1]
        for move in moves:
            new, _, ended, *_, execution, path = move
            if self.one(sql.NODE_PHASE, execution, path) != (new, ended):
                refused = move
                break
        new, *_, execution, path = refused
        row = self.one(sql.NODE_PHASE, execution, path)
        raise self.illegal(execution, path, row, new)

    def illegal(self, execution: str, path: str, old: records.Row | None, new: str) -> IllegalMove:
        """The error for a move that was refused, with what the journal tells of its past."""
        standing = self.one(sql.STANDING, execution)
        root = standing[0] if standing else execution
        story = [Line(*row) for row in self.all(sql.STORY, root, execution, path)]
        was = None if old is None else records.phase(old[0])
        return illegal_move(execution, path, was, records.phase(new), story)

    # -- executions -----------------------------------------------------------------------

    def create(self, new: NewExecution, driver: str) -> Created:
        """Insert an execution with its outermost scope; `driver` drives its family."""
        if new.queue is not None:
            if self.one(sql.PHASE, new.id) is not None:
                return "taken"
            if not self._make_room(new.id, new.queue):
                return "full"
        (created,) = self._insert([(new, driver)])
        return created

    def create_all(self, news: Sequence[tuple[NewExecution, str]]) -> list[Created]:
        """The same for several executions, each with its driver."""
        if any(new.queue for new, _ in news):  # whether there is room hangs on those before
            return [self.create(*each) for each in news]
        return self._insert(news)

    def _insert(self, news: Sequence[tuple[NewExecution, str]]) -> list[Created]:
        """Insert executions, row by row of one table before those of the next.

        So the database is waited for once, and not for each execution.
        """
        asked = ((sql.CREATE_EXECUTION, records.execution_row(new, self.at)) for new, _ in news)
        answers = self.cursor.answers(asked)
        made = [each for each, rows in zip(news, answers, strict=True) if rows]
        scopes = ((new.id, ROOT, new.root, driver, records.pack(new.state)) for new, driver in made)
        self.cursor.executemany(sql.CREATE_SCOPE, scopes)
        self.cursor.executemany(sql.CREATE_INPUTS, ((new.id, ROOT, new.inputs) for new, _ in made))
        marks = [(*mark, new.id) for new, _ in made for mark in records.marks(new)]
        if marks:
            self.cursor.executemany(sql.MARK, marks)
        for new, _ in made:
            self.write(new.root, journal.began(new.id))
        return ["created" if rows else "taken" for rows in answers]

    def _make_room(self, execution: str, queue: Queue) -> bool:
        """Whether an execution may come into its queue; others are asked to go where it says so."""
        if queue.when_full == "queue":
            return True
        row = self.one(sql.IN_QUEUE, queue.name)
        beyond = row[0] - queue.most + 1 if row else 0
        if beyond <= 0:
            return True
        if queue.when_full == "skip":
            return False
        for id, root, _, abort in self.all(sql.OLDEST_IN_QUEUE, queue.name, beyond):
            if abort is None:
                self.ask(root, id, replaced_by(execution))
        return True

    def next_in_queue(self, queue: Queue) -> None:
        """One of a queue has ended: wake those whose turn it now is, and who have not begun."""
        for id, _, state, _ in self.all(sql.OLDEST_IN_QUEUE, queue.name, queue.most):
            if not records.state(state).begun:
                self.wake(id, ROOT)

    # -- reservations ---------------------------------------------------------------------

    def release(self, key: str) -> None:
        """A reservation ends."""
        self.cursor.execute(sql.RELEASE, (key,))
        self.wake_waiting(key)

    def wake_waiting(self, key: str) -> None:
        """Wake the scopes that wait for the end of a reservation."""
        for execution, path, _ in self.all(sql.WAITING, key):
            self.wake(execution, path)
        self.cursor.execute(sql.STOP_WAITING, (key,))
