"""How a plan gets into a SQL database."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from volery.engine.model import Abort, Create, Launch, Phase
from volery.ids import ROOT, join, split
from volery.ir.failure import Failure
from volery.store import journal, records, statements as sql
from volery.store.base import Claim, Commit, NewExecution, NewScope
from volery.store.database import Query
from volery.store.moves import check_launch, check_outputs, first_element, no_room, stop_at
from volery.store.records import Standing
from volery.store.sql_changes import Changes

NOTHING: Mapping[str, str] = MappingProxyType({})


def carry(changes: Changes, commit: Commit, standing: Standing) -> bool:
    """See `Store.commit`. What is left for the next flush of `changes` belongs to it."""
    if is_taken(changes, commit):
        return False
    row = changes.one(sql.PLANNED, *_planned(commit))
    if row is None:
        return False
    changes.later(sql.MOVE_NODE, *moves(commit, changes.at))
    Change(changes, commit, standing, *row).carry()
    return True


def moves(commit: Commit, at: float) -> list[records.Row]:
    """The values of `statements.MOVE_NODE`, for each node execution that is moved."""
    origins = _origins(commit)
    return [
        (
            str(move.phase),
            records.pack(move.failure),
            at,
            None,
            origins.get(move.id),
            commit.execution,
            join(commit.path, move.id),
        )
        for move in commit.move
    ]


def _origins(commit: Commit) -> dict[str, bytes | None]:
    """Where outputs come from that were not made, by child."""
    return {id: records.pack(reuse) for id, _, reuse in commit.give}


def ahead(commit: Commit) -> Query:
    """The statement that notes a plan together with what wakes its scope.

    It gives a row, for `Change`, if nothing else has happened to the scope.
    """
    return sql.PLANNED_AHEAD, (*_planned(commit), commit.planned_seq)


def _planned(commit: Commit) -> records.Row:
    """The values of `statements.PLANNED`."""
    planned = (commit.planned_seq, records.pack(commit.state), commit.wake_at)
    return (*planned, commit.execution, commit.path, commit.version)


def is_taken(changes: Changes, commit: Commit) -> bool:
    """Whether somebody else is filling an entry of the cache that the commit would reserve."""
    for launch in commit.launch:
        if launch.reserve is not None:
            holder = changes.one(sql.HOLDER, launch.reserve)
            if holder not in (None, (commit.execution, join(commit.path, launch.id))):
                return True
    return False


class Change:
    """One commit on its way in; it is noted in the row of its scope, and `moves` are made, already.

    `driver` and `aborts` are those of the scope. Attempts that are ready at once belong to `taker`
    if what they name as their executor is in `takes`, which says what carries them out.
    """

    def __init__(
        self,
        changes: Changes,
        commit: Commit,
        standing: Standing,
        driver: str,
        aborts: int,
        *,
        taker: str | None = None,
        takes: Mapping[str, str] = NOTHING,
    ) -> None:
        self._changes = changes
        self._commit = commit
        self._execution = commit.execution
        self._standing = standing
        self._driver = driver
        self._aborts = aborts
        self._taker = taker
        self._takes = takes
        self._taken: list[tuple[int, Claim]] = []

    def carry(self) -> list[tuple[int, Claim]]:
        """Carry it in; returns what is the taker's, with its priority."""
        commit, changes = self._commit, self._changes
        self._write(*journal.planned(commit, changes.at))
        self._create({launch.id: launch for launch in commit.launch})
        self._launch({create.id for create in commit.create})
        for scope in commit.scopes:
            self._open(scope)
        if commit.executions or commit.abort or any(each.reserve for each in commit.launch):
            changes.flush()  # what follows looks at it, and so do other commits
        for new in commit.executions:
            self._start(new)
        self._abort()
        for id in commit.release:
            for (key,) in changes.all(sql.KEYS_OF_NODE, self._execution, self._path(id)):
                changes.release(key)
        for key in commit.wait:
            self._wait(key)
        if commit.finish_phase is not None:
            self._finish(commit.finish_phase, commit.finish_failure)
        return self._taken

    # -- children -------------------------------------------------------------------------

    def _create(self, launches: dict[str, Launch]) -> None:
        """Create node executions, with the outputs that they and those that moved are given."""
        origins = _origins(self._commit)
        for create in self._commit.create:
            row = self._node_row(create, launches.get(create.id), origins.get(create.id))
            self._changes.later(sql.CREATE_NODE, row)
        outputs = ((self._execution, self._path(id), made) for id, made, _ in self._commit.give)
        self._changes.later(sql.CREATE_OUTPUTS, *outputs)

    def _node_row(self, create: Create, launch: Launch | None, reuse: bytes | None) -> records.Row:
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
            self._changes.at,
            self._changes.at if create.phase.terminal else None,
            first_element(create.id),
            create.until,
            reuse,
        )

    def _launch(self, created: set[str]) -> None:
        for launch in self._commit.launch:
            path = self._path(launch.id)
            if launch.id not in created:
                self._relaunch(path, launch)
            if launch.reserve is not None:
                self._changes.later(sql.RESERVE, (launch.reserve, self._execution, path))
            self._put_out(path, launch)

    def _relaunch(self, path: str, launch: Launch) -> None:
        node = self._current(path)
        if node is not None and node.attempt:
            check_launch(self._execution, path, launch.attempt, node.attempt, node.attempt_phase)
        counted = (launch.attempt, launch.user_failures, launch.system_failures)
        self._changes.cursor.execute(sql.RELAUNCH_NODE, (*counted, self._execution, path))

    def _put_out(self, path: str, launch: Launch) -> None:
        """Insert an attempt: into the outbox, or for `wake` to put there."""
        standing, at = self._standing, self._changes.at
        ready = standing.max_parallelism is None and launch.due <= at
        priority = standing.priority if launch.priority is None else launch.priority
        wanted = standing.executor if launch.executor is None else launch.executor
        executor = self._takes.get(wanted) if ready else None
        if executor is not None:
            claim = Claim(self._execution, path, launch.attempt, executor)
            self._taken.append((priority, claim))
        row = (
            self._execution,
            path,
            launch.attempt,
            standing.root,
            self._driver,
            next(self._changes.places),
            priority,
            wanted if executor is None else executor,
            None if executor is None else self._taker,
            int(ready),
            launch.due,
            launch.deadline,
            launch.until,
            stop_at(launch.deadline, launch.until),
            at,
            None if executor is None else at,
        )
        self._changes.later(sql.CREATE_ATTEMPT, row)
        if not ready:
            waiting = (self._execution, standing.root, self._driver, launch.due)
            self._changes.later(sql.LOOK_AT, waiting)

    def _open(self, scope: NewScope) -> None:
        path = self._path(scope.id)
        state = records.pack(scope.state)
        row = (self._execution, path, self._standing.root, self._driver, state)
        self._changes.later(sql.CREATE_SCOPE, row)
        self._changes.later(sql.CREATE_INPUTS, (self._execution, path, scope.inputs))

    def _start(self, new: NewExecution) -> None:
        """Create the execution of a launch plan node, or leave it out when there are too many."""
        changes = self._changes
        created = changes.create(new, self._driver)
        if new.parent is None:
            return
        if created != "full":
            changes.cursor.execute(sql.SET_CHILD, (new.id, *new.parent))
            return
        execution, path = new.parent
        seq = changes.wake(execution, split(path)[0])
        failure = no_room(new, path)
        changes.move(execution, path, Phase.FAILED, failure, seq=seq)
        self._write(journal.ended(execution, path, Phase.FAILED, failure))

    # -- stopping -------------------------------------------------------------------------

    def _abort(self) -> None:
        """Ask children to stop; attempts that nobody has taken are over at once."""
        over = [path for abort in self._commit.abort if (path := self._stop(abort))]
        if over:
            seq = self._changes.wake(self._execution, self._commit.path)
            rows = ((seq, self._execution, path) for path in over)
            self._changes.later(sql.CHANGE_NODE, *rows)
            self._changes.later(sql.LOOK_NOW, (self._execution,))

    def _stop(self, abort: Abort) -> str | None:
        """Ask one child to stop. Its path when it was an attempt that is over now."""
        path, reason = self._path(abort.id), abort.reason
        node = self._current(path)
        if node is None or node.phase.terminal:
            return None
        if node.attempt:
            return path if self._stop_attempt(path, node, reason) else None
        scope = (self._execution, path) if node.child is None else (node.child, ROOT)
        heard = max(1, self._aborts)
        if self._changes.change(sql.STOP, reason, heard, *scope, heard):
            self._write(journal.abort_asked(*scope, 0, reason))
        return None

    def _stop_attempt(self, path: str, node: records.Current, reason: str) -> bool:
        """True when nobody had taken the attempt, so that it is over."""
        if node.attempt_phase is None or node.attempt_phase.terminal or node.stop is not None:
            return False
        changes, key = self._changes, (self._execution, path, node.attempt)
        # Both are guarded: somebody may take the attempt at this very moment.
        if node.owner is None and changes.change(sql.ABORT_ATTEMPT, changes.at, *key):
            self._write(journal.never_began(*key, reason))
            return True
        if changes.change(sql.STOP_ATTEMPT, "abort", *key):
            self._write(journal.abort_asked(*key, reason))
        return False

    # -- waiting for others ---------------------------------------------------------------

    def _wait(self, key: str) -> None:
        scope = (self._execution, self._commit.path)
        if self._changes.one(sql.HOLDER, key) is None:
            self._changes.wake(*scope)
        else:
            self._changes.cursor.execute(sql.WAIT, (key, *scope))

    # -- the end --------------------------------------------------------------------------

    def _finish(self, phase: Phase, failure: Failure | None) -> None:
        changes, key = self._changes, (self._execution, self._commit.path)
        outputs = self._commit.finish_outputs
        check_outputs(*key, phase, outputs)
        if outputs is not None:
            changes.later(sql.CREATE_OUTPUTS, (*key, outputs))
        kept = (records.cache_row(entry, changes.at) for entry in self._commit.finish_cache)
        changes.later(sql.KEEP, *kept)
        changes.cursor.execute(sql.SETTLED, key)
        if self._commit.path == ROOT:
            self._end_execution(phase, failure)
        else:
            self._end_node(*key, phase, failure)

    def _end_execution(self, phase: Phase, failure: Failure | None) -> None:
        """End the execution, and the launch plan node that started it."""
        execution, changes, standing = self._execution, self._changes, self._standing
        ended = (str(phase), records.pack(failure), changes.at)
        if not changes.change(sql.END_EXECUTION, *ended, execution):
            raise changes.illegal(execution, ROOT, changes.one(sql.PHASE, execution), phase)
        self._write(journal.ended(execution, ROOT, phase, failure))
        if standing.parent is not None:
            self._end_node(*standing.parent, phase, failure)
        for (key,) in changes.all(sql.KEYS_OF_EXECUTION, execution):
            changes.release(key)
        if standing.max_parallelism is not None:
            changes.cursor.execute(sql.LOOK_NO_MORE, (execution,))
        if standing.queue is not None:
            changes.next_in_queue(standing.queue)

    def _end_node(self, execution: str, path: str, phase: Phase, failure: Failure | None) -> None:
        """End the node execution of a scope that ended, and wake the scope above."""
        seq = self._changes.wake(execution, split(path)[0])
        self._changes.move(execution, path, phase, failure, seq=seq)
        self._write(journal.ended(execution, path, phase, failure))

    # -- parts ----------------------------------------------------------------------------

    def _path(self, node: str) -> str:
        return join(self._commit.path, node)

    def _current(self, path: str) -> records.Current | None:
        row = self._changes.one(sql.NODE, self._execution, path)
        return None if row is None else records.current(row)

    def _write(self, *entries: journal.Entry) -> None:
        self._changes.write(self._standing.root, *entries)
