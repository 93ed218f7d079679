"""Executions in a SQL database."""

from __future__ import annotations

from collections.abc import Sequence

from volery.engine.model import Phase
from volery.store import records, statements as sql
from volery.store.base import Created, ExecutionRecord, NewExecution, Queue
from volery.store.database import queue_name
from volery.store.sql_base import SqlBase
from volery.store.sql_changes import Changes


class SqlExecutions(SqlBase):
    """See `Store`."""

    def create(self, new: NewExecution, at: float) -> Created:
        with self._database.write(new.root, *self._others_in(new.queue)) as cursor:
            changes = Changes(cursor, at)
            driver = new.owner or ""
            if new.root != new.id:
                row = changes.one(sql.DRIVER, new.root)
                driver = row[0] if row else ""
            created = changes.create(new, driver)
            changes.flush()
            if created == "created":
                self._database.notify(cursor)
        return created

    def execution(self, execution: str) -> ExecutionRecord | None:
        row = self._one(sql.EXECUTION, execution)
        return None if row is None else records.execution(row)

    def executions(
        self,
        *,
        limit: int,
        before: str | None = None,
        phases: Sequence[Phase] = (),
        owner: str | None = None,
    ) -> list[ExecutionRecord]:
        page = sql.executions(
            before=before is not None, phases=len(phases), owner=owner is not None
        )
        given = [each for each in (owner, before) if each is not None]
        rows = self._all(page, *given, *map(str, phases), limit)
        return list(map(records.execution, rows))

    def abort(self, execution: str, reason: str, at: float) -> bool:
        standing = self._standing(execution)
        if standing is None:
            return False
        with self._database.write(standing.root) as cursor:
            changes = Changes(cursor, at)
            row = changes.one(sql.PHASE, execution)
            if row is None or records.phase(row[0]).terminal:
                return False
            changes.ask(standing.root, execution, reason)
            changes.flush()
            self._database.notify(cursor)
        return True

    def its_turn(self, execution: str) -> bool:
        standing = self._standing(execution)
        if standing is None or standing.queue is None:
            return True
        queue = standing.queue
        row = self._one(sql.OLDER_IN_QUEUE, queue.name, execution, queue.most)
        return row is not None and row[0] < queue.most

    def _others_in(self, queue: Queue | None) -> set[str]:
        """Names of what has to stand still while something comes into a queue, or leaves it."""
        if queue is None:
            return set()
        rows = self._all(sql.OLDEST_IN_QUEUE, queue.name, queue.most + 1)
        return {queue_name(queue.name), *(root for _, root, _, _ in rows)}
