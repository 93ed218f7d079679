"""Lines of the journal about executions themselves, from whichever family, in order."""

from __future__ import annotations

from volery.store.sql_base import SqlBase
from volery.wire.entities import EntityKey
from volery.wire.news import ExecutionEvent

LATEST = "SELECT MAX(seq) FROM journal WHERE path = '' AND attempt = 0"

AFTER = """
    SELECT j.seq, j.at, j.execution, j.event, e.entity_kind, e.entity_name, e.version, e.project,
           e.domain, e.root, e.child
    FROM journal AS j JOIN executions AS e ON e.id = j.execution
    WHERE j.path = '' AND j.attempt = 0 AND j.seq > ? ORDER BY j.seq LIMIT ?"""


class ExecutionLines(SqlBase):
    """Reads them."""

    @property
    def in_order(self) -> bool:
        """Whether lines appear in the order of their numbers: where there is one writer at a time.

        Elsewhere a line may appear a moment after others with higher numbers.
        """
        return not self._database.skip_locked

    def latest(self) -> int:
        """`seq` of the last line; 0: there is none."""
        ((seq,),) = self._all(LATEST)
        return seq or 0

    def after(self, seq: int, limit: int) -> list[ExecutionEvent]:
        """Lines with a higher `seq`."""
        return [
            ExecutionEvent(
                number, at, execution, event, EntityKey(*entity), root=root, child=bool(child)
            )
            for number, at, execution, event, *entity, root, child in self._all(AFTER, seq, limit)
        ]
