"""How a plan gets into a SQL database."""

from __future__ import annotations

from volery.engine.model import Abort, Create, Launch, Phase
from volery.ids import ROOT, join, split
from volery.ir.failure import Failure
from volery.store import journal, records, statements as sql
from volery.store.base import Commit, Line, NewExecution
from volery.store.database import Cursor
from volery.store.moves import check_launch, check_outputs, illegal_move, is_legal
from volery.store.sql_changes import create_execution, create_scope, stop, wake, write


def carry(cursor: Cursor, commit: Commit, at: float) -> bool:
    """See `Store.commit`."""
    planned = (commit.planned_seq, records.pack(commit.state))
    cursor.execute(sql.PLANNED, (*planned, commit.execution, commit.path, commit.version))
    row = cursor.fetchone()
    if row is None:
        return False
    _Change(cursor, commit, at, row[0]).carry()
    return True


class _Change:
    """One commit on its way in; lines for the journal are gathered, and written at the end."""

    def __init__(self, cursor: Cursor, commit: Commit, at: float, root: str) -> None:
        self._cursor = cursor
        self._commit = commit
        self._execution = commit.execution
        self._at = at
        self._root = root
        self._entries = list(journal.planned(commit))

    def carry(self) -> None:
        commit = self._commit
        self._create({launch.id: launch for launch in commit.launch})
        self._move()
        self._launch({create.id for create in commit.create})
        for scope in commit.scopes:
            create_scope(
                self._cursor,
                self._execution,
                self._path(scope.id),
                root=self._root,
                inputs=scope.inputs,
                state=scope.state,
            )
        for new in commit.executions:
            self._start(new)
        self._abort()
        if commit.finish_phase is not None:
            self._finish(commit.finish_phase, commit.finish_failure)
        write(self._cursor, self._root, self._at, self._entries)

    def _create(self, launches: dict[str, Launch]) -> None:
        rows = [self._node_row(create, launches.get(create.id)) for create in self._commit.create]
        self._cursor.executemany(sql.CREATE_NODE, rows)

    def _node_row(self, create: Create, launch: Launch | None) -> records.Row:
        """A node execution together with its first launch, which saves an update."""
        counted = launch or create
        return (
            self._execution,
            self._path(create.id),
            self._commit.path,
            create.kind,
            str(create.phase),
            launch.attempt if launch else 0,
            counted.user_failures,
            counted.system_failures,
            records.pack(create.failure),
            self._at,
            self._at if create.phase.terminal else None,
        )

    def _move(self) -> None:
        rows: list[records.Row] = []
        for move in self._commit.move:
            path = self._path(move.id)
            node = self._current(self._execution, path)
            self._check_move(self._execution, path, node and node.phase, move.phase)
            ended = self._at if move.phase.terminal else None
            moved = (str(move.phase), records.pack(move.failure), ended)
            rows.append((*moved, self._execution, path))
        self._cursor.executemany(sql.MOVE_NODE, rows)

    def _launch(self, created: set[str]) -> None:
        rows: list[records.Row] = []
        for place, launch in enumerate(self._commit.launch):
            path = self._path(launch.id)
            if launch.id not in created:
                self._relaunch(path, launch)
            key = (self._execution, path, launch.attempt)
            rows.append((*key, self._root, place, self._at))
        self._cursor.executemany(sql.CREATE_ATTEMPT, rows)

    def _relaunch(self, path: str, launch: Launch) -> None:
        node = self._current(self._execution, path)
        if node is not None and node.attempt:
            check_launch(self._execution, path, launch.attempt, node.attempt, node.attempt_phase)
        counted = (launch.attempt, launch.user_failures, launch.system_failures)
        self._cursor.execute(sql.RELAUNCH_NODE, (*counted, self._execution, path))

    def _start(self, new: NewExecution) -> None:
        """Create the execution of a launch plan node."""
        if create_execution(self._cursor, new, self._at):
            self._entries.append(journal.began(new.id))
        if new.parent is not None:
            self._cursor.execute(sql.SET_CHILD, (new.id, *new.parent))

    def _abort(self) -> None:
        """Ask children to stop; attempts that nobody has taken are over at once."""
        over = [path for abort in self._commit.abort if (path := self._stop(abort))]
        if over:
            seq = wake(self._cursor, self._execution, self._commit.path)
            rows = [(seq, self._execution, path) for path in over]
            self._cursor.executemany(sql.CHANGE_NODE, rows)

    def _stop(self, abort: Abort) -> str | None:
        """Ask one child to stop. Its path when it was an attempt that is over now."""
        path, reason = self._path(abort.id), abort.reason
        node = self._current(self._execution, path)
        if node is None or node.phase.terminal:
            return None
        if node.attempt:
            return path if self._stop_attempt(path, node, reason) else None
        scope = (self._execution, path) if node.child is None else (node.child, ROOT)
        if stop(self._cursor, *scope, reason):
            self._entries.append(journal.abort_asked(*scope, 0, reason))
        return None

    def _stop_attempt(self, path: str, node: records.Current, reason: str) -> bool:
        """True when nobody had taken the attempt, so that it is over."""
        if node.attempt_phase is None or node.attempt_phase.terminal or node.flagged:
            return False
        key = (self._execution, path, node.attempt)
        if node.owner is not None:
            self._cursor.execute(sql.FLAG_ATTEMPT, key)
            self._entries.append(journal.abort_asked(*key, reason))
            return False
        self._cursor.execute(sql.ABORT_ATTEMPT, (self._at, *key))
        self._entries.append(journal.never_began(*key, reason))
        return True

    def _finish(self, phase: Phase, failure: Failure | None) -> None:
        key = (self._execution, self._commit.path)
        outputs = self._commit.finish_outputs
        check_outputs(*key, phase, outputs)
        if outputs is not None:
            self._cursor.execute(sql.CREATE_OUTPUTS, (*key, outputs))
        # There is nothing left to plan in a scope that has ended.
        self._cursor.execute(sql.SETTLED, key)
        if self._commit.path == ROOT:
            self._end_execution(phase, failure)
        else:
            self._end_node(*key, phase, failure)

    def _end_execution(self, phase: Phase, failure: Failure | None) -> None:
        """End the execution, and the launch plan node that started it."""
        execution = self._execution
        self._cursor.execute(sql.END_OF_EXECUTION, (execution,))
        old, parent, parent_path = self._cursor.fetchone()
        self._check_move(execution, ROOT, Phase(old), phase)
        ended = (str(phase), records.pack(failure), self._at)
        self._cursor.execute(sql.END_EXECUTION, (*ended, execution))
        self._entries.append(journal.ended(execution, ROOT, phase, failure))
        if parent is not None:
            self._end_node(parent, parent_path, phase, failure)

    def _end_node(self, execution: str, path: str, phase: Phase, failure: Failure | None) -> None:
        """End the node execution of a scope that ended, and wake the scope above."""
        node = self._current(execution, path)
        self._check_move(execution, path, node and node.phase, phase)
        ended = (str(phase), records.pack(failure), self._at)
        self._cursor.execute(sql.MOVE_NODE, (*ended, execution, path))
        seq = wake(self._cursor, execution, split(path)[0])
        self._cursor.execute(sql.CHANGE_NODE, (seq, execution, path))
        self._entries.append(journal.ended(execution, path, phase, failure))

    def _path(self, node: str) -> str:
        return join(self._commit.path, node)

    def _current(self, execution: str, path: str) -> records.Current | None:
        self._cursor.execute(sql.NODE, (execution, path))
        row = self._cursor.fetchone()
        return None if row is None else records.current(row)

    def _check_move(self, execution: str, path: str, old: Phase | None, new: Phase) -> None:
        """Raises IllegalMove, with the journal of the node execution."""
        if not is_legal(old, new):
            self._cursor.execute(sql.STORY, (self._root, execution, path))
            story = [Line(*row) for row in self._cursor.fetchall()]
            raise illegal_move(execution, path, old, new, story)
