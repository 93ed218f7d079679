"""Sight: which executions somebody may see, and what it takes to show them."""

from __future__ import annotations

from volery.data.storage import Storage
from volery.errors import NotFound, suggest
from volery.ir.interface import Interface
from volery.services import records, shown
from volery.services.context import Child, Contexts, definitions_of
from volery.services.filters import wanted
from volery.services.home import Home
from volery.store.base import ExecutionRecord, Store
from volery.store.search import Search
from volery.store.search_ways import Wanted
from volery.wire import executions as wire
from volery.wire.access import Identity

NEAR = 200
"""Among so many executions one is looked for that was meant."""


class Sight:
    """See the module's text. Any thread may use it.

    Args:
        search: finds executions.
        store: has them.
        home: knows who is at work here.
        storage: has large values, where an execution does not say that others do.
    """

    def __init__(self, search: Search, store: Store, home: Home, storage: Storage) -> None:
        self.search = search
        self.store = store
        self._home = home
        self._storage = storage
        self.definitions = definitions_of(store)

    def record(self, who: Identity, id: str) -> ExecutionRecord:
        """An execution. Raises NotFound: there is none, or they must not know of it."""
        record = self.store.execution(id)
        if record is None or not who.may("viewer", record.project):
            newest = self.search.executions(wanted(who, wire.ExecutionFilter(), None), NEAR)
            near = suggest(id, [each.id for each in newest.executions])
            raise NotFound(f"there is no execution {id}", hint=near)
        return record

    def wanted(self, who: Identity, where: wire.ExecutionFilter) -> Wanted:
        """What somebody may see of what a filter asks for. Raises CallError, NotFound."""
        interface = None
        if where.inputs and where.name:
            same = wire.ExecutionFilter(kind=where.kind, name=where.name, children=True)
            newest = self.search.executions(wanted(who, same, None), 1).executions
            interface = self.interface(newest[0]) if newest else None
        return wanted(who, where, interface)

    def shown(self, record: ExecutionRecord) -> wire.Execution:
        """An execution as it is shown."""
        interrupted = records.is_interrupted(self._home, self.store, record)
        return shown.execution(record, driven=not interrupted)

    def interface(self, record: ExecutionRecord) -> Interface:
        """Inputs and outputs of what an execution runs."""
        return shown.interface_of(self.definitions(record.bundle), record.entity)

    def contexts(self) -> Contexts:
        """Contexts for one request, which no other thread uses."""
        return Contexts(self.store, self.definitions)

    def storage_of(self, record: ExecutionRecord) -> Storage:
        """Where the large values of an execution are."""
        return records.storage_of(record, self._home, self._storage)


def child_of(contexts: Contexts, id: str, path: str) -> Child | None:
    """What the definition says of a node execution; None where it is not known any more."""
    try:
        return contexts.child_at(id, path)
    except (NotFound, KeyError):
        return None
