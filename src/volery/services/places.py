"""Places: where the executions of a family hang."""

from __future__ import annotations

from volery.ids import ROOT, join
from volery.store.base import Store


class Places:
    """Knows the node that started an execution, by its path from the top of the family."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, str] = {}

    def of(self, execution: str) -> str:
        """The path; empty for the top."""
        if execution not in self._known:
            record = self._store.execution(execution)
            parent = record.parent if record else None
            self._known[execution] = join(self.of(parent[0]), parent[1]) if parent else ROOT
        return self._known[execution]
