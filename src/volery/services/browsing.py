"""Browsing: executions and all that is in them, for whoever may see them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from volery.data.current import using
from volery.data.storage import Storage
from volery.engine.definitions import Definitions, MapDefinition
from volery.errors import NotFound
from volery.ids import ROOT, split
from volery.ir.codec import read_bundle
from volery.ir.interface import Interface
from volery.ir.values import join_record
from volery.services import records, shown
from volery.services.access import require
from volery.services.context import Child, Contexts
from volery.services.home import Home
from volery.services.shown import Types
from volery.services.values import Values
from volery.services.wanted import check_phases, cursor_of, place_of, wanted
from volery.store.base import ExecutionRecord, NodeRecord, Store
from volery.store.search import Search
from volery.store.search_ways import Wanted
from volery.wire import executions as wire
from volery.wire.access import Identity
from volery.wire.page import MOST, Page

KEPT = 128
"""Bundles that stay at hand, graphs of dynamic tasks among them."""
GATES = 100
"""So many gates that wait are told of."""


class Browsing:
    """Lists, counts and shows. Any thread may use it.

    Args:
        search: finds executions and node executions.
        store: has them.
        home: knows who is at work here.
        storage: has large values, where an execution does not say that others do.
    """

    def __init__(self, search: Search, store: Store, home: Home, storage: Storage) -> None:
        self._search = search
        self._store = store
        self._home = home
        self._storage = storage
        self._definitions = lru_cache(KEPT)(self._read)

    # -- executions -----------------------------------------------------------------------

    def executions(
        self, who: Identity, where: wire.ExecutionFilter, limit: int, cursor: str
    ) -> Page[wire.Execution]:
        """See `Backend.executions`. A page may be short and yet have another after it."""
        found = self._search.executions(
            self._wanted(who, where), min(limit, MOST), place_of(cursor)
        )
        return Page(tuple(map(self._shown, found.executions)), cursor_of(found.last))

    def count(self, who: Identity, where: wire.ExecutionFilter) -> wire.Counts:
        return self._search.count(self._wanted(who, where))

    def execution(self, who: Identity, id: str) -> wire.Execution:
        return self._shown(self._record(who, id))

    def summary(self, who: Identity, id: str) -> wire.Summary:
        record = self._record(who, id)
        # First, so that nothing is missed by whoever reads the journal on from there.
        journal = self._search.latest([record.root]).get(record.root, 0)
        return wire.Summary(
            execution=self._shown(record),
            nodes=self._search.phases(id),
            elements=self._elements(record),
            gates=() if record.phase.terminal else self._gates(record),
            journal=journal,
        )

    def events(self, who: Identity, id: str, after: int, limit: int) -> tuple[wire.Event, ...]:
        root = self._record(who, id).root
        return tuple(map(shown.event, self._store.journal(root, after, min(limit, MOST))))

    # -- node executions ------------------------------------------------------------------

    def nodes(
        self, who: Identity, id: str, where: wire.NodeFilter, limit: int, cursor: str
    ) -> Page[wire.Node]:
        self._record(who, id)
        check_phases(where.phases)
        limit = min(limit, MOST)
        found = self._search.nodes(id, where, cursor, limit + 1)
        contexts = self._contexts()
        page = tuple(_node(contexts, id, each) for each in found[:limit])
        return Page(page, page[-1].path if len(found) > limit else None)

    def node(self, who: Identity, id: str, path: str) -> wire.Node:
        self._record(who, id)
        return _node(self._contexts(), id, self._node(id, path))

    def attempts(self, who: Identity, id: str, path: str) -> tuple[wire.Attempt, ...]:
        self._record(who, id)
        self._node(id, path)
        return tuple(map(shown.attempt, self._search.attempts(id, path)))

    # -- values ---------------------------------------------------------------------------

    def inputs(self, who: Identity, id: str, path: str) -> wire.Values:
        record = self._record(who, id)
        if path == ROOT:
            types = shown.input_types(self._interface(record))
            return shown.values(types, self._store.scope_inputs(id, ROOT))
        self._node(id, path)
        contexts = self._contexts()
        types, _ = _types(contexts, id, path)
        with using(self._storage_of(record)):
            return shown.values(types, self._given(contexts, id, path))

    def outputs(self, who: Identity, id: str, path: str) -> wire.Values:
        record = self._record(who, id)
        if path == ROOT:
            types: Types = shown.output_types(self._interface(record))
        else:
            self._node(id, path)
            _, types = _types(self._contexts(), id, path)
        found = self._store.outputs(id, [path]).get(path)
        if found is None:
            what = f"node {path} of execution {id}" if path else f"execution {id}"
            raise NotFound(f"{what} has no outputs, or none yet")
        return shown.values(types, found)

    def _given(self, contexts: Contexts, id: str, path: str) -> bytes:
        """The input record of a node execution."""
        above, name = split(path)
        context, state = contexts.get(id, above), contexts.state(id, above, name)
        child = contexts.child(context, above, state, name)
        return join_record(Values(self._store).inputs(context, above, state, name, child))

    # -- parts ----------------------------------------------------------------------------

    def _record(self, who: Identity, id: str) -> ExecutionRecord:
        record = self._store.execution(id)
        if record is None:
            raise NotFound(f"there is no execution {id}")
        require(who, "viewer", record.project, f"execution {id}")
        return record

    def _node(self, id: str, path: str) -> NodeRecord:
        found = self._search.node(id, path)
        if found is None:
            raise NotFound(f"execution {id} has no node {path}, or it has not begun")
        return found

    def _shown(self, record: ExecutionRecord) -> wire.Execution:
        interrupted = records.is_interrupted(self._home, self._store, record)
        return shown.execution(record, driven=not interrupted)

    def _wanted(self, who: Identity, where: wire.ExecutionFilter) -> Wanted:
        interface = None
        if where.inputs and where.name:
            same = wire.ExecutionFilter(kind=where.kind, name=where.name, children=True)
            newest = self._search.executions(wanted(who, same, None), 1).executions
            interface = self._interface(newest[0]) if newest else None
        return wanted(who, where, interface)

    def _elements(self, record: ExecutionRecord) -> dict[str, int]:
        """Elements of maps by phase; those that nothing was decided about yet are PENDING."""
        found = self._search.elements(record.id)
        if record.phase.terminal:
            return found
        states = (self._store.scope_state(record.id, path) for path in self._search.maps(record.id))
        pending = sum(state.length or 0 for state in states) - sum(found.values())
        return found | ({"PENDING": pending} if pending > 0 else {})

    def _gates(self, record: ExecutionRecord) -> tuple[str, ...]:
        contexts = self._contexts()
        paths = self._search.waiting(record.id, GATES)
        return tuple(path for path in paths if shown.is_answered(_child(contexts, record.id, path)))

    def _storage_of(self, record: ExecutionRecord) -> Storage:
        url = record.options.storage
        return self._home.storage(url) if url else self._storage

    def _interface(self, record: ExecutionRecord) -> Interface:
        return shown.interface_of(self._definitions(record.bundle), record.entity)

    def _contexts(self) -> Contexts:
        return _Contexts(self._store, self._definitions)

    def _read(self, bundle: str) -> Definitions:
        return Definitions(read_bundle(self._store.bundle(bundle)))


class _Contexts(Contexts):
    """Contexts of one request, which no other thread uses; the definitions are those of all."""

    def __init__(self, store: Store, definitions: Callable[[str], Definitions]) -> None:
        super().__init__(store)
        self._shared = definitions

    def definitions(self, bundle: str) -> Definitions:
        return self._shared(bundle)


def _node(contexts: Contexts, id: str, record: NodeRecord) -> wire.Node:
    return shown.node(record, _child(contexts, id, record.path))


def _child(contexts: Contexts, id: str, path: str) -> Child | None:
    """What the definition says of a node execution; None where it is not known any more."""
    try:
        return contexts.child_at(id, path)
    except (NotFound, KeyError):
        return None


def _types(contexts: Contexts, id: str, path: str) -> tuple[Types, Types]:
    """The types of a node execution's inputs and outputs."""
    definition = contexts.get(id, split(path)[0]).definition
    over = definition.target.over if isinstance(definition, MapDefinition) else ()
    return shown.types_at(contexts.child_at(id, path), path, over)
