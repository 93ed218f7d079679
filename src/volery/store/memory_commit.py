"""How a plan gets into the store in memory."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from volery.engine.model import Abort, AttemptPhase, Phase, Reuse
from volery.ids import ROOT, join
from volery.ir.failure import Failure
from volery.store import journal
from volery.store.base import Commit, NewExecution
from volery.store.memory_rows import Attempt, Node, Scope
from volery.store.memory_tables import Tables
from volery.store.moves import check_launch, check_outputs, is_legal, no_room

NOTHING_OVER: Mapping[Attempt, AttemptPhase] = MappingProxyType({})


class Change:
    """One commit on its way in."""

    __slots__ = ("_at", "_commit", "_execution", "_scope", "_tables")

    def __init__(self, tables: Tables, scope: Scope, commit: Commit, at: float) -> None:
        self._tables = tables
        self._execution = scope.execution
        self._scope = scope
        self._commit = commit
        self._at = at

    @property
    def fits(self) -> bool:
        """Whether it was made for the scope as it is, and reserves nothing that others hold."""
        if self._scope.version != self._commit.version:
            return False
        for launch in self._commit.launch:
            if launch.reserve is not None:
                holder = self._tables.holder(launch.reserve)
                if holder is not None and holder is not self._scope.children.get(launch.id):
                    return False
        return True

    def is_ahead(self, owner: str) -> bool:
        """Whether nothing but its own facts would wake the scope, and it is its driver's."""
        scope = self._scope
        woken_once = scope.wake_seq + 1 == self._commit.planned_seq
        return self.fits and woken_once and scope.execution.family.owner == owner

    def check(self, over: Mapping[Attempt, AttemptPhase] = NOTHING_OVER) -> None:
        """Refuse what breaks a rule, before anything has changed. Raises IllegalMove.

        `over`: how attempts are going to end before it is carried in.
        """
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
                check_launch(*key, newest.number, over.get(newest, newest.phase))
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

    def carry_ahead(self) -> None:
        """Carry it in with the facts that it was made for."""
        self._scope.wake()
        self.carry()

    def carry(self) -> None:
        commit, scope = self._commit, self._scope
        scope.version += 1
        scope.planned(commit.planned_seq, commit.wake_at)
        if commit.state is not None:
            scope.state = commit.state
        self._write(*journal.planned(commit, self._at))
        self._change_children()
        for opened in commit.scopes:
            Scope(self._execution, self._path(opened.id), opened.inputs, opened.state)
        for new in commit.executions:
            self._start(new)
        if commit.abort:
            self._abort()
        if commit.release or commit.wait:
            self._pass_on()
        if commit.finish_phase is not None:
            self._finish(commit.finish_phase, commit.finish_failure)

    def _change_children(self) -> None:
        """Create and move node executions, give them outputs, launch their attempts."""
        commit, scope, at = self._commit, self._scope, self._at
        for create in commit.create:
            Node(scope, self._path(create.id), create, at)
        for move in commit.move:
            scope.children[move.id].move(move.phase, move.failure, at)
        for id, outputs, reuse in commit.give:
            self._give(scope.children[id], outputs, reuse)
        for launch in commit.launch:
            node = scope.children[launch.id]
            self._tables.launch(node, launch, at)
            if launch.reserve is not None:
                self._tables.reservations[launch.reserve] = node

    def _give(self, node: Node, outputs: bytes, reuse: Reuse | None) -> None:
        self._execution.outputs[node.path] = outputs
        node.reuse = reuse

    def _start(self, new: NewExecution) -> None:
        """Create the execution of a launch plan node, or leave it out when there are too many."""
        created = self._tables.create(new, self._at)
        if new.parent is None:
            return
        execution, path = new.parent
        node = self._tables.executions[execution].nodes[path]
        if created != "full":
            node.child = new.id
            return
        failure = no_room(new, path)
        node.move(Phase.FAILED, failure, self._at)
        node.changed(node.scope.wake())
        self._write(journal.ended(execution, path, Phase.FAILED, failure))

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
        if scope is not None:  # there is none while a task waits for its first attempt
            self._tables.stop(scope, abort.reason, max(1, self._scope.aborts), self._at)
        return None

    def _stop_attempt(self, attempt: Attempt, reason: str) -> bool:
        """True when nobody had taken the attempt, so that it is over."""
        if not attempt.open or attempt.stop is not None:
            return False
        about = (self._commit.execution, attempt.node.path, attempt.number, reason)
        if attempt.owner is not None:
            attempt.flag("abort")
            self._tables.flagged[attempt] = None
            self._write(journal.abort_asked(*about))
            return False
        attempt.end(AttemptPhase.ABORTED, None, self._at)
        self._write(journal.never_began(*about))
        return True

    def _pass_on(self) -> None:
        """End reservations of children, and wait for those of others."""
        tables, scope = self._tables, self._scope
        for id in self._commit.release:
            for key in tables.held_by(scope.children[id]):
                tables.release(key)
        for key in self._commit.wait:
            if tables.holder(key) is None:
                scope.wake()
            else:
                tables.waits.setdefault(key, {})[scope] = None

    def _finish(self, phase: Phase, failure: Failure | None) -> None:
        execution, scope = self._execution, self._scope
        if self._commit.finish_outputs is not None:
            execution.outputs[scope.path] = self._commit.finish_outputs
        self._tables.keep(self._commit.finish_cache, self._at)
        # There is nothing left to plan in a scope that has ended.
        scope.planned(scope.wake_seq, None)
        if scope.path == ROOT:
            self._end_execution(phase, failure)
        else:
            self._end_node(execution.nodes[scope.path], phase, failure)

    def _end_execution(self, phase: Phase, failure: Failure | None) -> None:
        """End the execution, and the launch plan node that started it."""
        execution, tables = self._execution, self._tables
        execution.end(phase, failure, self._at)
        self._write(journal.ended(execution.new.id, ROOT, phase, failure))
        if execution.new.max_parallelism is not None:
            execution.family.put_off.pop(execution, None)
        if execution.new.parent is not None:
            parent, path = execution.new.parent
            self._end_node(tables.executions[parent].nodes[path], phase, failure)
        for key, node in list(tables.reservations.items()):
            if node.scope.execution is execution:
                tables.release(key)
        if execution.new.queue is not None:
            tables.leave_queue(execution, execution.new.queue)

    def _end_node(self, node: Node, phase: Phase, failure: Failure | None) -> None:
        """End the node execution of a scope that ended, and wake the scope above."""
        node.move(phase, failure, self._at)
        node.changed(node.scope.wake())
        self._write(journal.ended(node.scope.execution.new.id, node.path, phase, failure))

    def _path(self, node: str) -> str:
        return join(self._commit.path, node)

    def _write(self, *entries: journal.Entry) -> None:
        self._tables.write(self._execution.family, self._at, *entries)
