"""Tracing: reads in the journals which values were taken and made, and keeps that.

It is behind by a moment and misses nothing: it goes on in the journal of each family from where it
has come to, for lines of different families may appear in another order than that of their numbers.
Where it has come to is kept in one transaction with what it has found; of two that read the same,
the second changes nothing.

A family of which something cannot be read now, for the storage is away or its bundle is of a newer
schema, is left for a while and holds up no other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from threading import Lock
from time import monotonic

from volery.data.current import using
from volery.data.storage import Storage
from volery.engine.definitions import Definitions
from volery.engine.model import Phase
from volery.errors import StorageError, StoreError, VoleryError
from volery.ids import ROOT
from volery.services.home import Home
from volery.services.lineage_marks import Marking
from volery.services.lineage_search import Ancestry
from volery.services.records import storage_of
from volery.store.base import Line, Store
from volery.store.lineage import Kept, Traces
from volery.wire.access import Identity
from volery.wire.lineage import Lineage, LineageQuery

FAMILIES = 20
LINES = 500
"""So many families, with so many lines of each, are read in one tick."""
TICKS = 1_000
"""So often whoever asks for a lineage reads on first."""
MOST = 10_000
"""So many uses are in one answer."""
KEPT = 4
"""Families of which what was read stays at hand for their next lines."""
LEFT = 60.0
"""Seconds for which a family is left of which something cannot be read."""
PATIENCE = 10.0
"""Seconds after which whoever asks waits for no more families, once one had to be left: a storage
that is away takes its time to say so."""

_ENDS = frozenset(str(phase) for phase in Phase if phase.terminal)


class Tracing:
    """Reads on, and answers. Any thread may use it.

    Args:
        traces: where it is kept.
        store: has the journals.
        home: finds the storage of an execution that says where its values are.
        storage: the one of all others.
        definitions: finds those of a bundle. Families share bundles, and large ones take a while.
    """

    def __init__(
        self,
        traces: Traces,
        store: Store,
        home: Home,
        storage: Storage,
        definitions: Callable[[str], Definitions],
    ) -> None:
        self._traces = traces
        self._store = store
        self._home = home
        self._storage = storage
        self._definitions = definitions
        self._reading = Lock()
        self._markings: OrderedDict[str, Marking] = OrderedDict()
        self._left: dict[str, float] = {}

    def lineage(self, who: Identity, query: LineageQuery, limit: int) -> Lineage:
        """See `Backend.lineage`. What is new is read first.

        Raises:
            CallError: it is of nothing, or of more than one thing.
            NotFound: nothing is known of it, or they must not know.
        """
        behind = self.catch_up(TICKS)
        found = Ancestry(self._traces, self._store, who).lineage(query, min(limit, MOST))
        return Lineage(found.uses, found.edges, complete=found.complete and not behind)

    def tick(self) -> bool:
        """Read on where there is something new. True: there is more to read."""
        with self._reading:
            pending = self._pending()
            more = len(pending) == FAMILIES
            for root, traced in pending:
                try:
                    more |= self._read(root, traced)
                except _Unread as unread:
                    self._leave(root, unread.cause)
                    return True  # it may have taken long, and the next tick goes on with the others
        return more

    def catch_up(self, ticks: int) -> bool:
        """Read on. True: it was too much for so many ticks, or something cannot be read now."""
        deadline = monotonic() + PATIENCE
        for _ in range(ticks):
            if not self.tick():
                return bool(self._left)
            if self._left and monotonic() > deadline:
                break
        return True

    def _pending(self) -> list[tuple[str, int]]:
        """The families to read on in, and where."""
        now = monotonic()
        self._left = {root: until for root, until in self._left.items() if until > now}
        found = self._traces.pending(FAMILIES + len(self._left))
        return [each for each in found if each[0] not in self._left][:FAMILIES]

    def _leave(self, root: str, error: VoleryError) -> None:
        """Read nothing of a family for a while."""
        import logging  # it takes long to load

        self._left[root] = monotonic() + LEFT
        logging.getLogger("volery.lineage").warning(
            "values of execution %s cannot be traced now: %s", root, error
        )

    def _read(self, root: str, traced: int) -> bool:
        """Read on in the journal of a family. True: there is more."""
        lines = self._store.journal(root, traced, LINES)
        if not lines:
            return False
        over = any(_is_end(line, root) for line in lines)
        after = -1 if over else lines[-1].seq
        marking = self._markings.pop(root, None)
        if marking is None:
            marking = Marking(self._store, self._traces, self._definitions)
        with using(self._storage_of(root)):
            written = self._traces.write(root, traced, after, _readable(marking.uses(lines)))
        if written and not over:  # else it may have taken in what was not written
            self._markings[root] = marking
            if len(self._markings) > KEPT:
                self._markings.popitem(last=False)
        return not over and len(lines) == LINES

    def _storage_of(self, root: str) -> Storage:
        record = self._store.execution(root)
        return storage_of(record, self._home, self._storage) if record else self._storage


class _Unread(Exception):
    """Something of a family cannot be read now, whatever can be written."""

    def __init__(self, cause: StoreError | StorageError) -> None:
        super().__init__(cause.message)
        self.cause = cause


def _readable(uses: Iterator[Kept]) -> Iterator[Kept]:
    """The same. Raises _Unread where they cannot be read."""
    try:
        yield from uses
    except (StoreError, StorageError) as error:
        raise _Unread(error) from error


def _is_end(line: Line, root: str) -> bool:
    """Whether nothing comes after it that would have to be read."""
    return (line.execution, line.path) == (root, ROOT) and line.event in _ENDS
