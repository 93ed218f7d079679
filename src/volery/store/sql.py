"""The store in a SQL database; what differs between databases stands behind `Database`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from volery.engine.model import Fact, Phase, ScopeRow, ScopeState
from volery.errors import NotFound
from volery.ids import ROOT, split
from volery.store import journal, records, statements as sql
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
from volery.store.database import Database
from volery.store.moves import no_scope
from volery.store.sql_changes import create_execution, stop, write
from volery.store.sql_commit import carry
from volery.store.sql_report import Report


class SqlStore:
    """See `Store`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- bundles --------------------------------------------------------------------------

    def put_bundle(self, digest: str, data: bytes) -> None:
        with self._database.write() as cursor:
            cursor.execute(sql.PUT_BUNDLE, (digest, data))

    def bundle(self, digest: str) -> bytes:
        row = self._one(sql.BUNDLE, digest)
        if row is None:
            raise NotFound(f"there is no bundle {digest}")
        return row[0]

    # -- executions -----------------------------------------------------------------------

    def create(self, new: NewExecution, at: float) -> bool:
        with self._database.write() as cursor:
            created = create_execution(cursor, new, at)
            if created:
                write(cursor, new.root, at, [journal.began(new.id)])
        return created

    def execution(self, execution: str) -> ExecutionRecord | None:
        row = self._one(sql.EXECUTION, execution)
        return None if row is None else records.execution(row)

    def executions(
        self, *, limit: int, before: str | None = None, phases: Sequence[Phase] = ()
    ) -> list[ExecutionRecord]:
        page = sql.executions(before=before is not None, phases=len(phases))
        after = () if before is None else (before,)
        return list(map(records.execution, self._all(page, *after, *map(str, phases), limit)))

    def take(self, execution: str, old: str | None, new: str | None) -> bool:
        with self._database.write() as cursor:
            cursor.execute(sql.TAKE, (new, execution, old, old))
            return cursor.rowcount == 1

    def abort(self, execution: str, reason: str, at: float) -> bool:
        with self._database.write() as cursor:
            cursor.execute(sql.ROOT_OF_RUNNING, (execution,))
            row = cursor.fetchone()
            if row is not None and stop(cursor, execution, ROOT, reason):
                write(cursor, row[0], at, [journal.abort_asked(execution, ROOT, 0, reason)])
            return row is not None

    # -- planning -------------------------------------------------------------------------

    def dirty(self, root: str | None, limit: int) -> list[Ticket]:
        of = () if root is None else (root,)
        rows = self._all(sql.DIRTY_OF if of else sql.DIRTY, *of, limit)
        return [Ticket(*row) for row in rows]

    def load(self, execution: str, path: str, since: int) -> ScopeRow:
        with self._database.read() as cursor:
            cursor.execute(sql.SCOPE, (execution, path))
            row = cursor.fetchone()
            if row is None:
                raise no_scope(execution, path)
            cursor.execute(sql.CHILDREN, (execution, path, since))
            children = list(map(records.child, cursor.fetchall()))
        phase, version, wake_seq, planned_seq, state, abort = row
        return ScopeRow(
            execution,
            path,
            records.phase(phase),
            version,
            wake_seq,
            planned_seq,
            records.state(state),
            abort,
            children,
        )

    def commit(self, commit: Commit, at: float) -> bool:
        with self._database.write() as cursor:
            return carry(cursor, commit, at)

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
        found: dict[str, bytes] = {}
        with self._database.read() as cursor:
            for path in paths:
                statement = sql.EXECUTION_OUTPUTS if path == ROOT else sql.NODE_OUTPUTS
                cursor.execute(statement, (execution, path))
                found.update(cursor.fetchall())
        return found

    def children_outputs(self, execution: str, path: str) -> list[tuple[str, bytes]]:
        rows = self._all(sql.CHILDREN_OUTPUTS, execution, path)
        return [(split(child)[1], record) for child, record in rows]

    # -- attempts -------------------------------------------------------------------------

    def claim(self, root: str | None, owner: str, limit: int, at: float) -> list[Claim]:  # noqa: ARG002
        of = () if root is None else (root,)
        outbox = sql.OUTBOX_OF if of else sql.OUTBOX
        if not self._all(outbox, *of, 1):
            return []  # the usual case; it keeps nobody waiting for the turn to write
        with self._database.write() as cursor:
            cursor.execute(outbox, (*of, limit))
            claims = [Claim(*row) for row in cursor.fetchall()]
            cursor.executemany(
                sql.CLAIM, [(owner, each.execution, each.path, each.attempt) for each in claims]
            )
        return claims

    def record(self, facts: Sequence[Fact], at: float) -> int:
        if not facts:
            return 0
        with self._database.write() as cursor:
            return Report(cursor, at).carry(facts)

    def flagged(self, owner: str) -> list[Claim]:
        return [Claim(*row) for row in self._all(sql.FLAGGED, owner)]

    def held(self, root: str | None) -> list[tuple[Claim, str]]:
        rows = self._all(sql.HELD) if root is None else self._all(sql.HELD_OF, root)
        return [(Claim(*claim), owner) for *claim, owner in rows]

    # -- reading --------------------------------------------------------------------------

    def nodes(self, execution: str) -> list[NodeRecord]:
        return list(map(records.node, self._all(sql.NODES, execution)))

    def attempts(self, execution: str) -> list[AttemptRecord]:
        return list(map(records.attempt, self._all(sql.ATTEMPTS, execution)))

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        return [Line(*row) for row in self._all(sql.JOURNAL, root, after, limit)]

    def close(self) -> None:
        self._database.close()

    # -- parts of verbs -------------------------------------------------------------------

    def _all(self, statement: str, *values: object) -> list[records.Row]:
        with self._database.read() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def _one(self, statement: str, *values: object) -> records.Row | None:
        rows = self._all(statement, *values)
        return rows[0] if rows else None
