"""What the parts of the SQL store have in common."""

from __future__ import annotations

from collections.abc import Iterable

from volery.store import records, statements as sql
from volery.store.database import Database
from volery.store.records import Standing

KEPT = 65_536
"""So many executions' standings are kept at hand."""


class SqlBase:
    """A database, and what never changes of what is in it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._standings: dict[str, Standing] = {}

    def _all(self, statement: str, *values: object) -> list[records.Row]:
        (rows,) = self._database.read((statement, values))
        return rows

    def _one(self, statement: str, *values: object) -> records.Row | None:
        rows = self._all(statement, *values)
        return rows[0] if rows else None

    def _standing(self, execution: str) -> Standing | None:
        """What never changes about an execution; None: there is no such execution."""
        return self._known([execution]).get(execution)

    def _known(self, executions: Iterable[str]) -> dict[str, Standing]:
        """The standing of each of these executions that exist."""
        wanted = set(executions)
        kept = ((each, self._standings.get(each)) for each in wanted)
        found = {each: standing for each, standing in kept if standing is not None}
        missing = wanted - found.keys()  # less all that are kept, it would look at each of those
        if not missing:
            return found
        read = self._database.read(*((sql.STANDING, (each,)) for each in missing))
        for execution, rows in zip(missing, read, strict=True):
            found.update((execution, records.standing(row)) for row in rows)
        if len(self._standings) >= KEPT:
            self._standings.clear()
        self._standings.update(found)
        return found
