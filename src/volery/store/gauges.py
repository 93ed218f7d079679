"""What a database says about how much there is, and how much is to be done."""

from __future__ import annotations

from volery.store.sql_base import SqlBase

EXECUTIONS = "SELECT phase, COUNT(*) FROM executions GROUP BY phase"

# Each of these counts only what is open: a stretch of an index, or a table of such rows.

RUNNING = "SELECT COUNT(*) FROM executions WHERE child IN (0, 1) AND phase = 'RUNNING'"

UNDER_WAY = """
    SELECT COUNT(*) FROM attempts WHERE owner IS NOT NULL AND phase IN ('LAUNCHING', 'RUNNING')"""

OUTBOX = """
    SELECT COUNT(*) FROM attempts WHERE owner IS NULL AND phase = 'LAUNCHING' AND ready = 1"""

DIRTY = "SELECT COUNT(*) FROM scopes WHERE wake_seq > planned_seq"

INSTANTS = "SELECT COUNT(*) FROM due_instants"


class Gauges(SqlBase):
    """Counts, as they are now."""

    def executions(self) -> dict[str, int]:
        """How many executions there are in each phase; among a million that takes 200 ms."""
        return {phase: count for phase, count in self._all(EXECUTIONS)}  # noqa: C416 - rows, not pairs

    def running(self) -> int:
        """How many executions go on."""
        ((count,),) = self._all(RUNNING)
        return count

    def backlog(self) -> dict[str, int]:
        """What is open, by what it is: see `api.sources`, which tells."""
        read = self._database.read((UNDER_WAY, ()), (OUTBOX, ()), (DIRTY, ()), (INSTANTS, ()))
        return {
            name: rows[0][0]
            for name, rows in zip(
                ("attempts_under_way", "outbox", "dirty_scopes", "due_instants"), read, strict=True
            )
        }
