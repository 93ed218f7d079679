"""Node executions of one execution: lists, and how many there are of what."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict

from volery.ids import range_of, split
from volery.store import records, statements
from volery.store.base import AttemptRecord, NodeRecord
from volery.store.search_ways import among, literally
from volery.store.sql_base import SqlBase
from volery.wire.executions import NodeFilter

_OF_EXECUTION = "FROM nodes WHERE execution = ?"

COUNT = f"SELECT COUNT(*) {_OF_EXECUTION}"

# What succeeded is most, as a rule, and is what is left.
UNLIKE_MOST = f"""
    SELECT phase, COUNT(*) {_OF_EXECUTION} AND phase <> 'SUCCEEDED' GROUP BY phase"""

WAITING = f"""
    SELECT path {_OF_EXECUTION} AND kind = 'gate' AND phase = 'RUNNING' AND signal IS NULL
    ORDER BY path LIMIT ?"""

_ELEMENTS = f"{_OF_EXECUTION} AND element IS NOT NULL"

ALONE = f"SELECT phase, COUNT(*) {_ELEMENTS} AND path NOT LIKE '%:%]' GROUP BY phase"

RANGES = f"SELECT path, phase {_ELEMENTS} AND path LIKE '%:%]'"

MAPS = f"SELECT DISTINCT scope {_ELEMENTS}"

PLACES = f"SELECT scope, element {_ELEMENTS} AND path NOT LIKE '%:%]' ORDER BY scope, element"


class SearchNodes(SqlBase):
    """Finds node executions."""

    def nodes(self, execution: str, where: NodeFilter, after: str, limit: int) -> list[NodeRecord]:
        """Node executions by path; `after`: the path that the page before ended with."""
        conditions = ["path > ?"]
        values: list[object] = [after]
        if where.scope is not None:
            # So that it goes by path, and not by an index that knows nothing of their order.
            conditions.append("COALESCE(scope, '') = ?")
            values.append(where.scope)
        if where.scope:
            conditions.append("path >= ? AND path < ?")
            values += [f"{where.scope}/", f"{where.scope}\\"]  # what follows [ in ASCII
        if where.phases:
            condition, phases = among("phase", where.phases)
            conditions.append(condition)
            values += phases
        if where.search:
            conditions.append(r"LOWER(path) LIKE ? ESCAPE '\'")
            values.append(f"%{literally(where.search)}%")
        page = statements.nodes_where(" AND ".join(conditions))
        return list(map(records.node, self._all(page, execution, *values, limit)))

    def node(self, execution: str, path: str) -> NodeRecord | None:
        """The node execution at a path."""
        row = self._one(statements.nodes_where("path = ?"), execution, path, 1)
        return None if row is None else records.node(row)

    def attempts(self, execution: str, path: str) -> list[AttemptRecord]:
        """The attempts of a node execution, by number."""
        return list(map(records.attempt, self._all(statements.ATTEMPTS_OF_NODE, execution, path)))

    def phases(self, execution: str) -> dict[str, int]:
        """How many node executions are in each phase, at any depth."""
        (((total,),), rows) = self._database.read((COUNT, [execution]), (UNLIKE_MOST, [execution]))
        found = dict(rows)
        succeeded = total - sum(found.values())
        return ({"SUCCEEDED": succeeded} if succeeded else {}) | found

    def waiting(self, execution: str, limit: int) -> list[str]:
        """Paths of gates that have no signal yet."""
        return [path for (path,) in self._all(WAITING, execution, limit)]

    def maps(self, execution: str) -> list[str]:
        """Paths of maps that have elements or ranges with a row."""
        return [path for (path,) in self._all(MAPS, execution)]

    def elements(self, execution: str) -> dict[str, int]:
        """How many elements of its maps are in each phase; those of no range or row are in none.

        An element with a row of its own may lie in a range that has succeeded without it; a range
        that was SKIPPED has given all of its elements rows of their own.
        """
        alone, ranges = self._database.read((ALONE, [execution]), (RANGES, [execution]))
        found = Counter(dict(alone))
        if ranges:
            places: defaultdict[str, list[int]] = defaultdict(list)
            for scope, element in self._all(PLACES, execution):
                places[scope].append(element)
            for path, phase in ranges:
                scope, id = split(path)
                start, end = range_of(id)
                apart = bisect_left(places[scope], end) - bisect_left(places[scope], start)
                if phase != "SKIPPED":
                    found[phase] += end - start - apart
        return {phase: count for phase, count in found.items() if count}
