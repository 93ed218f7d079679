"""How a plan gets into the store in memory."""

from __future__ import annotations

from volery.engine.model import Abort, AttemptPhase, Launch, Phase
from volery.ids import ROOT, join
from volery.ir.failure import Failure
from volery.store import journal
from volery.store.base import Commit, NewExecution
from volery.store.memory_rows import Attempt, Node, Scope, Tables
from volery.store.moves import check_launch, check_outputs, is_legal


def carry(tables: Tables, commit: Commit, at: float) -> bool:
    """See `Store.commit`."""
    execution = tables.executions.get(commit.execution)
    scope = execution and execution.scopes.get(commit.path)
    if scope is None or scope.version != commit.version:
        return False
    change = _Change(tables, scope, commit, at)
    change.check()
    change.carry()
    return True


class _Change:
    """One commit on its way in."""

    __slots__ = ("_at", "_commit", "_execution", "_scope", "_tables")

    def __init__(self, tables: Tables, scope: Scope, commit: Commit, at: float) -> None:
        self._tables = tables
        self._execution = scope.execution
        self._scope = scope
        self._commit = commit
        self._at = at

    def check(self) -> None:
        """Refuse what breaks a rule, before anything has changed. Raises IllegalMove."""
        commit, children = self._commit, self._scope.children
        for create in commit.create:
            if create.id in children:
                raise self._execution.illegal(self._path(create.id), create.phase)
        for move in commit.move:
            node = children.get(move.id)
            if not is_legal(node and node.phase, move.phase):
                raise self._execution.illegal(self._path(move.id), move.phase)
        for launch in commit.launch:
            node = children.get(launch.id)
            if node is not None and node.attempts:
                newest = node.attempts[-1]
                key = (commit.execution, node.path, launch.attempt)
                check_launch(*key, newest.number, newest.phase)
        if commit.finish_phase is not None:
            self._check_finish(commit.finish_phase)

    def _check_finish(self, phase: Phase) -> None:
        new, path = self._execution.new, self._scope.path
        if not is_legal(self._scope.phase, phase):
            raise self._execution.illegal(path, phase)
        if path == ROOT and new.parent is not None:
            above, node = self._tables.executions[new.parent[0]], new.parent[1]
            if not is_legal(above.nodes[node].phase, phase):
                raise above.illegal(node, phase)
        check_outputs(new.id, path, phase, self._commit.finish_outputs)

    def carry(self) -> None:
        commit, scope, at = self._commit, self._scope, self._at
        scope.version += 1
        scope.planned(commit.planned_seq)
        if commit.state is not None:
            scope.state = commit.state
        for create in commit.create:
            Node(scope, self._path(create.id), create, at)
        for move in commit.move:
            scope.children[move.id].move(move.phase, move.failure, at)
        for launch in commit.launch:
            self._launch(scope.children[launch.id], launch)
        self._write(*journal.planned(commit))
        for opened in commit.scopes:
            Scope(self._execution, self._path(opened.id), opened.inputs, opened.state)
        for new in commit.executions:
            self._start(new)
        if commit.abort:
            self._abort()
        if commit.finish_phase is not None:
            self._finish(commit.finish_phase, commit.finish_failure)

    def _launch(self, node: Node, launch: Launch) -> None:
        node.user_failures = launch.user_failures
        node.system_failures = launch.system_failures
        attempt = Attempt(node, launch.attempt, next(self._tables.launches), self._at)
        node.attempts.append(attempt)
        self._execution.family.outbox.append(attempt)

    def _start(self, new: NewExecution) -> None:
        """Create the execution of a launch plan node."""
        if new.parent is not None:
            execution, path = new.parent
            self._tables.executions[execution].nodes[path].child = new.id
        self._tables.create(new, self._at)

    def _abort(self) -> None:
        """Ask children to stop; attempts that nobody has taken are over at once."""
        over = [node for abort in self._commit.abort if (node := self._stop(abort))]
        if over:
            seq = self._scope.wake()
            for node in over:
                node.changed(seq)

    def _stop(self, abort: Abort) -> Node | None:
        """Ask one child to stop. The child when it was an attempt that is over now."""
        node = self._scope.children.get(abort.id)
        if node is None or node.phase.terminal:
            return None
        if node.attempts:
            return node if self._stop_attempt(node.attempts[-1], abort.reason) else None
        if node.child is None:
            scope = self._execution.scopes.get(node.path)
        else:
            scope = self._tables.executions[node.child].scopes[ROOT]
        if scope is not None:  # there is none yet while a task waits for its first attempt
            self._tables.stop(scope, abort.reason, self._at)
        return None

    def _stop_attempt(self, attempt: Attempt, reason: str) -> bool:
        """True when nobody had taken the attempt, so that it is over."""
        if not attempt.open or attempt in self._tables.flagged:
            return False
        about = (self._commit.execution, attempt.node.path, attempt.number, reason)
        if attempt.owner is not None:
            self._tables.flagged[attempt] = None
            self._write(journal.abort_asked(*about))
            return False
        attempt.end(AttemptPhase.ABORTED, None, self._at)
        self._write(journal.never_began(*about))
        return True

    def _finish(self, phase: Phase, failure: Failure | None) -> None:
        execution, scope = self._execution, self._scope
        if self._commit.finish_outputs is not None:
            execution.outputs[scope.path] = self._commit.finish_outputs
        # There is nothing left to plan in a scope that has ended.
        scope.planned(scope.wake_seq)
        if scope.path != ROOT:
            self._end_node(execution.nodes[scope.path], phase, failure)
            return
        execution.end(phase, failure, self._at)
        self._write(journal.ended(execution.new.id, ROOT, phase, failure))
        if execution.new.parent is not None:
            parent, path = execution.new.parent
            self._end_node(self._tables.executions[parent].nodes[path], phase, failure)

    def _end_node(self, node: Node, phase: Phase, failure: Failure | None) -> None:
        """End the node execution of a scope that ended, and wake the scope above."""
        node.move(phase, failure, self._at)
        node.changed(node.scope.wake())
        self._write(journal.ended(node.scope.execution.new.id, node.path, phase, failure))

    def _path(self, node: str) -> str:
        return join(self._commit.path, node)

    def _write(self, *entries: journal.Entry) -> None:
        self._tables.write(self._execution.family, self._at, *entries)
