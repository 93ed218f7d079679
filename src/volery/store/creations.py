"""Creations: executions that somebody asks for, each with its line in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from volery.store import statements as sql
from volery.store.access import add_lines
from volery.store.base import Created, ExecutionRecord, NewExecution
from volery.store.database import queue_name
from volery.store.records import execution
from volery.store.sql_base import SqlBase
from volery.store.sql_changes import Changes
from volery.wire.access import AuditLine


class Creation(NamedTuple):
    """An execution, the top of its family, and the line that says who wants it."""

    new: NewExecution
    line: AuditLine


class Creations(SqlBase):
    """Creates any number of executions in one transaction: most of what one costs is its commit."""

    def create(self, creations: Sequence[Creation], at: float) -> list[Created]:
        """Create executions; for each whether it was.

        The lines of those that were created are kept with them, or nothing is.
        """
        with self._database.write(*self._names(creations)) as cursor:
            changes = Changes(cursor, at)
            made = changes.create_all([(new, new.owner or "") for new, _ in creations])
            told = zip(creations, made, strict=True)
            add_lines(cursor, [each.line for each, how in told if how == "created"])
            changes.flush()
            if "created" in made:
                self._database.notify(cursor)
        return made

    def records(self, ids: Sequence[str]) -> dict[str, ExecutionRecord]:
        """Those of these executions that there are."""
        read = self._database.read(*((sql.EXECUTION, (id,)) for id in ids)) if ids else []
        return {id: execution(rows[0]) for id, rows in zip(ids, read, strict=True) if rows}

    def _names(self, creations: Sequence[Creation]) -> set[str]:
        """See `Database.write`."""
        names = {new.root for new, _ in creations}
        queues = {queue.name: queue for new, _ in creations if (queue := new.queue) is not None}
        for queue in queues.values():
            oldest = self._all(sql.OLDEST_IN_QUEUE, queue.name, queue.most + len(creations))
            names |= {queue_name(queue.name), *(root for _, root, _, _ in oldest)}
        return names
