"""Node executions of one execution: lists, and how many there are of what."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict

from volery.engine.model import ReuseHow
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

# How an output was reused stands at the beginning of the column.
REUSED = f"""
    SELECT substr(reuse, 1, {records.REUSE_BEGINS}), COUNT(*) {_OF_EXECUTION}
    AND reuse IS NOT NULL GROUP BY 1"""

RETRIES = f"""
    SELECT CAST(COALESCE(SUM(attempt - 1), 0) AS BIGINT) {_OF_EXECUTION} AND attempt > 1"""

# Gates that wait are few, and have an index of their own, which knows no order of executions.
WAITING = """
    SELECT path FROM nodes WHERE COALESCE(execution, '') = ?
    AND kind = 'gate' AND phase = 'RUNNING' AND signal IS NULL
    ORDER BY path LIMIT ?"""

# All have a scope; a word about it makes SQLite take the index of those alone.
_ELEMENTS = f"{_OF_EXECUTION} AND scope >= '' AND element IS NOT NULL"

ALONE = f"SELECT phase, COUNT(*) {_ELEMENTS} AND path NOT LIKE '%:%]' GROUP BY phase"

RANGES = f"SELECT path, phase {_ELEMENTS} AND path LIKE '%:%]'"

MAPS = f"SELECT DISTINCT scope {_ELEMENTS}"

_LIKE = r"path > ? AND LOWER(path) LIKE ? ESCAPE '\'"

# Looks at paths alone, which an index has, and then at the rows that are found.
PART = f"path IN (SELECT path {_OF_EXECUTION} AND {_LIKE} ORDER BY path LIMIT ?)"

# Ranges that were SKIPPED were taken apart.
AROUND = f"""path = (
    SELECT path {_ELEMENTS} AND scope = ? AND element <= ? AND path LIKE '%:%]'
    AND phase <> 'SKIPPED' ORDER BY element DESC LIMIT 1)"""

PLACES = f"SELECT scope, element {_ELEMENTS} AND path NOT LIKE '%:%]' ORDER BY scope, element"

_ELEMENT = re.compile(r"(.*)\[(\d{1,15})\]", re.DOTALL)


class SearchNodes(SqlBase):
    """Finds node executions."""

    def nodes(self, execution: str, where: NodeFilter, after: str, limit: int) -> list[NodeRecord]:
        """Node executions by path; `after`: the path that the page before ended with."""
        part = f"%{literally(where.search)}%"
        if where == NodeFilter(search=where.search) and where.search:
            page = statements.nodes_where(PART)
            rows = self._all(page, execution, execution, after, part, limit, limit)
            return list(map(records.node, rows))
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
            conditions.append(_LIKE)
            values += [after, part]
        page = statements.nodes_where(" AND ".join(conditions))
        return list(map(records.node, self._all(page, execution, *values, limit)))

    def node(self, execution: str, path: str) -> NodeRecord | None:
        """The node execution at a path."""
        row = self._one(statements.nodes_where("path = ?"), execution, path, 1)
        return None if row is None else records.node(row)

    def range_around(self, execution: str, path: str) -> NodeRecord | None:
        """The range that the element at a path is carried out with, if it has no row of its own."""
        match = _ELEMENT.fullmatch(path)
        if match is None:
            return None
        element = int(match[2])
        page = statements.nodes_where(AROUND)
        row = self._one(page, execution, execution, match[1], element, 1)
        if row is None:
            return None
        found = records.node(row)
        return found if element < range_of(split(found.path)[1])[1] else None

    def attempts(self, execution: str, path: str) -> list[AttemptRecord]:
        """The attempts of a node execution, by number."""
        return list(map(records.attempt, self._all(statements.ATTEMPTS_OF_NODE, execution, path)))

    def phases(self, execution: str) -> dict[str, int]:
        """How many node executions are in each phase, at any depth."""
        (((total,),), rows) = self._database.read((COUNT, [execution]), (UNLIKE_MOST, [execution]))
        found = dict(rows)
        succeeded = total - sum(found.values())
        return ({"SUCCEEDED": succeeded} if succeeded else {}) | found

    def reused(self, execution: str) -> dict[ReuseHow, int]:
        """How many node executions have their outputs from elsewhere."""
        return {records.reuse_how(begins): n for begins, n in self._all(REUSED, execution)}

    def retries(self, execution: str) -> int:
        """Attempts of node executions beyond the first of each."""
        (((retries,),),) = self._database.read((RETRIES, [execution]))
        return retries

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
