"""A feed: the journal of a family, read on while somebody watches."""

from __future__ import annotations

from collections.abc import Callable

from volery.clock import SystemClock
from volery.store.base import Line, Store

PERIOD = 0.05
"""Seconds between looks: people see no more often."""
PAGE = 1000


class Feed:
    """Hands on what is new in a journal.

    Args:
        store: with the journal.
        root: the execution at the top of the family.
        watch: is handed new lines.
    """

    def __init__(self, store: Store, root: str, watch: Callable[[list[Line]], None]) -> None:
        self._store = store
        self._root = root
        self._watch = watch
        self._clock = SystemClock()
        self._seen = 0
        self._looked = 0.0

    def look(self) -> None:
        """Read on if it is time."""
        now = self._clock.now()
        if not 0 <= now - self._looked < PERIOD:  # a clock may be set back
            self._looked = now
            self.read()

    def read(self) -> None:
        """Read all there is."""
        while lines := self._store.journal(self._root, self._seen, PAGE):
            self._seen = lines[-1].seq
            self._watch(lines)
