"""What a database says about how much there is, and how much is to be done."""

from __future__ import annotations

from volery.store.sql_base import SqlBase

EXECUTIONS = "SELECT phase, COUNT(*) FROM executions GROUP BY phase"

# Each of these counts the rows of a partial index: only what is open.

UNDER_WAY = """
    SELECT COUNT(*) FROM attempts WHERE owner IS NOT NULL AND phase IN ('LAUNCHING', 'RUNNING')"""

OUTBOX = """
    SELECT COUNT(*) FROM attempts WHERE owner IS NULL AND phase = 'LAUNCHING' AND ready = 1"""

DIRTY = "SELECT COUNT(*) FROM scopes WHERE wake_seq > planned_seq"


class Gauges(SqlBase):
    """Counts, as they are now."""

    def executions(self) -> dict[str, int]:
        """How many executions there are in each phase."""
        return {phase: count for phase, count in self._all(EXECUTIONS)}  # noqa: C416 - rows, not pairs

    def backlog(self) -> dict[str, int]:
        """Attempts that somebody carries out, those in the outbox, and scopes to be planned."""
        read = self._database.read((UNDER_WAY, ()), (OUTBOX, ()), (DIRTY, ()))
        return {
            name: rows[0][0]
            for name, rows in zip(
                ("attempts_under_way", "outbox", "dirty_scopes"), read, strict=True
            )
        }
