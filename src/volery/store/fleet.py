"""Node executions of many executions at once, as far as a grid of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from volery.store.database import Query
from volery.store.sql_base import SqlBase

_NODES = """
    SELECT path, kind, phase, attempt, created, ended, reuse IS NOT NULL
    FROM nodes WHERE execution = ?"""

IN_SCOPE = f"{_NODES} AND scope = ? LIMIT ?"

MOST = 200
"""Node executions of a scope that are read."""

# The same number of marks in each statement.
AT_PATHS = f"{_NODES} AND path IN ({', '.join(['?'] * MOST)})"


class GridNode(NamedTuple):
    """A node execution in the grid. `reused`: its outputs were made elsewhere."""

    path: str
    kind: str
    phase: str
    attempt: int
    created: float
    ended: float | None
    reused: bool


class FleetNodes(SqlBase):
    """Reads them."""

    def in_scope(self, executions: Sequence[str], scope: str) -> list[list[GridNode]]:
        """Those directly in a scope of each execution; `MOST` and one at most."""
        return self._read((IN_SCOPE, (each, scope, MOST + 1)) for each in executions)

    def at(self, executions: Sequence[str], paths: Sequence[str]) -> list[list[GridNode]]:
        """Those at some paths, `MOST` at most."""
        padded = [*paths, *([""] * (MOST - len(paths)))]
        return self._read((AT_PATHS, (each, *padded)) for each in executions)

    def _read(self, queries: Iterable[Query]) -> list[list[GridNode]]:
        found = self._database.read(*queries)
        return [[GridNode._make((*row[:-1], bool(row[-1]))) for row in rows] for rows in found]
