"""Gates that wait, in all executions, newest first."""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this file

from __future__ import annotations

from typing import NamedTuple

from volery.store.database import Query
from volery.store.search_ways import among
from volery.store.sql_base import SqlBase

MOST_LOOKED_AT = 1_000
"""So many are looked at for one page."""


class WaitingGate(NamedTuple):
    """A gate, and its place in the list. `until`: when it ends by itself; None: never."""

    since: float
    execution: str
    path: str
    until: float | None


Place = tuple[float, str, str]
"""In the list: what comes after it is older."""


class WaitingGates(SqlBase):
    """Finds them."""

    def page(
        self, project: str, domain: str, within: tuple[str, ...] | None, after: Place | None
    ) -> tuple[list[WaitingGate], Place | None]:
        """Some of them, and the place from which the next come; None: there are none.

        Args:
            project: where; empty: in any.
            domain: the same.
            within: only in these projects; None: in all.
            after: they come after this place.
        """
        keys, given = _keys(after)
        asked = [("e.project", project), ("e.domain", domain)]
        conditions: list[Query] = [(f"{each} = ?", [value]) for each, value in asked if value]
        if within is not None:
            conditions.append(among("e.project", within))
        condition = " AND ".join(each for each, _ in conditions) or "1 = 1"
        page = f"""
            SELECT g.created, g.execution, g.path, g.until
            FROM ({keys}) AS g JOIN executions AS e ON e.id = g.execution
            WHERE {condition}
            ORDER BY g.created DESC, g.execution DESC, g.path DESC"""
        last = f"SELECT created, execution, path FROM ({keys}) AS keys LIMIT 1 OFFSET ?"
        rows, end = self._database.read(
            (page, [*given, *(value for _, values in conditions for value in values)]),
            (last, [*given, MOST_LOOKED_AT - 1]),
        )
        return [WaitingGate(*row) for row in rows], tuple(end[0]) if end else None


def _keys(after: Place | None) -> Query:
    beyond = " AND (created, execution, path) < (?, ?, ?)" if after else ""
    statement = f"""
        SELECT created, execution, path, until FROM nodes
        WHERE kind = 'gate' AND phase = 'RUNNING' AND signal IS NULL{beyond}
        ORDER BY created DESC, execution DESC, path DESC LIMIT ?"""
    return statement, [*(after or ()), MOST_LOOKED_AT]
