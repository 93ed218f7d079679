"""What is planned, and when, in a SQL database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from volery.engine.model import AttemptEnded, ScopeRow, ScopeState
from volery.ids import ROOT, join, range_of, split
from volery.store import journal, records, statements as sql
from volery.store.base import CallRecord, Claim, Commit, NodeRecord, Room, Signalled, Ticket
from volery.store.database import key_name
from volery.store.moves import check_report, no_scope
from volery.store.records import Standing
from volery.store.sql_ahead import Refused, carry_ahead
from volery.store.sql_changes import Changes
from volery.store.sql_commit import carry
from volery.store.sql_executions import SqlExecutions


class SqlPlanning(SqlExecutions):
    """See `Store`."""

    def dirty(self, owner: str, root: str | None, limit: int) -> list[Ticket]:
        if root is None:
            rows = self._all(sql.DIRTY, owner, limit)
        else:
            rows = self._all(sql.DIRTY_OF, root, root, limit)
        return [Ticket(*row) for row in rows]

    def load(self, execution: str, path: str, since: int) -> ScopeRow:
        scopes, children, calls = self._database.read(
            (sql.SCOPE, (execution, path)),
            (sql.CHILDREN, (execution, path, since)),
            (sql.CALLS, (execution, path, since)),
        )
        if not scopes:
            raise no_scope(execution, path)
        phase, version, wake_seq, planned_seq, state, abort, aborts = scopes[0]
        return ScopeRow(
            execution,
            path,
            records.phase(phase),
            version,
            wake_seq,
            planned_seq,
            records.state(state),
            abort,
            list(map(records.child, children)),
            aborts,
            list(map(records.call_state, calls)),
        )

    def commit(self, commits: Sequence[Commit], at: float) -> list[bool]:
        known = self._known(commit.execution for commit in commits)
        names = self._concerned(commits, known)
        ends = any(each.finish_phase and each.path == ROOT for each in commits)
        with self._database.write(*names, lasting=ends) as cursor:
            changes = Changes(cursor, at)
            carried = [
                commit.execution in known and carry(changes, commit, known[commit.execution])
                for commit in commits
            ]
            changes.flush()
            if any(carried):
                self._database.notify(cursor)
        return carried

    def proceed(
        self,
        facts: Sequence[AttemptEnded],
        commits: Sequence[Commit],
        owner: str,
        rooms: Sequence[Room],
        at: float,
    ) -> list[Claim] | None:
        for fact in facts:
            check_report(fact)
        known = self._known(commit.execution for commit in commits)
        names = self._concerned(commits, known)
        names.update(key_name(entry.key) for fact in facts for entry in fact.cache)
        with suppress(Refused), self._database.write(*names) as cursor:
            changes = Changes(cursor, at)
            claims = carry_ahead(changes, known, facts, commits, owner=owner, rooms=rooms)
            launched = sum(len(commit.launch) for commit in commits)
            if len(claims) < launched or any(commit.stirs for commit in commits):
                self._database.notify(cursor)
            return claims
        return None

    def _concerned(self, commits: Sequence[Commit], known: Mapping[str, Standing]) -> set[str]:
        """Names of all that commits write to, beyond doubt or perhaps."""
        names = {standing.root for standing in known.values()}
        for commit in commits:
            keys = {each.reserve for each in commit.launch if each.reserve is not None}
            keys.update(commit.wait)
            held = [(commit.execution, join(commit.path, id)) for id in commit.release]
            keys.update(key for holder in held for (key,) in self._all(sql.KEYS_OF_NODE, *holder))
            queues = [new.queue for new in commit.executions]
            if commit.finish_phase is not None and commit.path == ROOT:
                standing = known.get(commit.execution)
                queues.append(None if standing is None else standing.queue)
            for queue in queues:
                names |= self._others_in(queue)
            names.update(key_name(entry.key) for entry in commit.finish_cache)
            for key in keys:
                names.add(key_name(key))
                names.update(root for *_, root in self._all(sql.WAITING, key))
        return names

    def scope_inputs(self, execution: str, path: str) -> bytes:
        row = self._one(sql.INPUTS, execution, path)
        if row is None:
            raise no_scope(execution, path)
        return row[0]

    def scope_state(self, execution: str, path: str) -> ScopeState:
        row = self._one(sql.STATE, execution, path)
        if row is None:
            raise no_scope(execution, path)
        return records.state(row[0])

    def outputs(self, execution: str, paths: Iterable[str]) -> dict[str, bytes]:
        of_node = {ROOT: sql.EXECUTION_OUTPUTS}
        read = self._database.read(
            *((of_node.get(path, sql.NODE_OUTPUTS), (execution, path)) for path in paths)
        )
        return {path: record for rows in read for path, record in rows}

    def children_outputs(
        self, execution: str, path: str, after: str, limit: int
    ) -> list[tuple[str, bytes]]:
        last = (range_of(after)[0], join(path, after)) if after else (-1, "")
        rows = self._all(sql.CHILDREN_OUTPUTS, execution, path, *last, limit)
        return [(split(child)[1], record) for child, record in rows]

    # -- gates and calls ------------------------------------------------------------------

    def signal(self, execution: str, path: str, value: bytes, at: float) -> Signalled:
        standing = self._standing(execution)
        if standing is None:
            return "not waiting"
        with self._database.write(standing.root) as cursor:
            changes = Changes(cursor, at)
            row = changes.one(sql.NODE, execution, path)
            node = None if row is None else records.current(row)
            if node is not None and node.signalled:
                return "already"
            if node is None or node.kind != "gate" or node.phase.terminal:
                return "not waiting"
            seq = changes.wake(execution, split(path)[0])
            cursor.execute(sql.SIGNAL_NODE, (value, seq, execution, path))
            changes.write(standing.root, journal.signalled(execution, path))
            changes.flush()
            self._database.notify(cursor)
        return "taken"

    def call(self, execution: str, path: str) -> CallRecord | None:
        row = self._one(sql.CALL, execution, path)
        return None if row is None else records.call(row)

    def ended(self, execution: str, paths: Sequence[str]) -> dict[str, NodeRecord]:
        read = self._database.read(*((sql.ENDED_NODE, (execution, path)) for path in paths))
        return {row[0]: records.node(row) for rows in read for row in rows}
