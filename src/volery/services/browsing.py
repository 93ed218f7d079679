"""Browsing: executions and all that is in them, for whoever may see them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from msgspec.structs import replace

from volery.data.current import using
from volery.data.storage import Storage
from volery.engine.definitions import MapDefinition
from volery.engine.model import Phase
from volery.errors import NotFound, suggest
from volery.ids import ROOT, range_of, split
from volery.ir.policy import Policy
from volery.ir.values import join_record
from volery.services import parts, shown
from volery.services.context import Contexts
from volery.services.elements import Elements
from volery.services.explain import Explain
from volery.services.filters import check_phases
from volery.services.gates import Gate, Gates
from volery.services.home import Home
from volery.services.listing import listed
from volery.services.logs import Logs
from volery.services.shown import Types
from volery.services.sight import Sight, child_of
from volery.services.values import Values
from volery.store.base import ExecutionRecord, NodeRecord, Store
from volery.store.search import Search
from volery.store.search_ways import Wanted
from volery.wire import executions as wire
from volery.wire.access import Identity
from volery.wire.cache import Explanation
from volery.wire.definitions import Definition
from volery.wire.order import NEWEST, Order
from volery.wire.page import MOST, Page
from volery.wire.parts import Parts, PartsQuery

GATES = 100
"""So many gates that wait are told of."""
NEAR = 200
"""Among so many node executions one is looked for that was meant."""


class Browsing:
    """Lists, counts and shows. Any thread may use it.

    Args:
        search: finds executions and node executions.
        store: has them.
        home: knows who is at work here.
        storage: has large values, where an execution does not say that others do.

    Attributes:
        sight: what it shares with those who show more of executions.
    """

    def __init__(self, search: Search, store: Store, home: Home, storage: Storage) -> None:
        self.sight = Sight(search, store, home, storage)
        self._logs = Logs(home, storage, store)
        self._search = search
        self._store = store

    # -- executions -----------------------------------------------------------------------

    def executions(
        self,
        who: Identity,
        where: wire.ExecutionFilter,
        limit: int,
        cursor: str,
        order: Order = NEWEST,
    ) -> Page[wire.Execution]:
        """See `Backend.executions`. A page may be short and yet have another after it."""
        wanted = self.sight.wanted(who, where)
        found, after = listed(self._search, wanted, min(limit, MOST), cursor, order)
        return Page(tuple(map(self.sight.shown, found)), after)

    def count(self, who: Identity, where: wire.ExecutionFilter) -> wire.Counts:
        return self._search.count(self.sight.wanted(who, where))

    def execution(self, who: Identity, id: str) -> wire.Execution:
        return self.sight.shown(self.sight.record(who, id))

    def summary(self, who: Identity, id: str) -> wire.Summary:
        record = self.sight.record(who, id)
        # First, so that nothing is missed by whoever reads the journal on from there.
        journal = self._search.latest([record.root]).get(record.root, 0)
        return wire.Summary(
            execution=self.sight.shown(record),
            nodes=self._search.phases(id),
            elements=self._elements(record),
            gates=() if record.phase.terminal else self._gates(record),
            journal=journal,
            logs=self._logs.any_of(record),
            retries=self._search.retries(id),
            **self._search.reused(id),
        )

    def events(self, who: Identity, id: str, after: int, limit: int) -> tuple[wire.Event, ...]:
        root = self.sight.record(who, id).root
        return tuple(map(shown.event, self._store.journal(root, after, min(limit, MOST))))

    def gates(self, who: Identity, id: str) -> tuple[wire.Gate, ...]:
        """See `Backend.gates`; `GATES` of them at most."""
        record = self.sight.record(who, id)
        gates = Gates(self._store, self.sight.contexts(), Values(self._store))
        with using(self.sight.storage_of(record)):
            return tuple(map(shown.gate, islice(self._waiting(gates, record), GATES)))

    def explain(self, who: Identity, id: str, path: str) -> Explanation:
        record = self.sight.record(who, id)
        with using(self.sight.storage_of(record)):
            return Explain(self._store).explain(record, path)

    # -- node executions ------------------------------------------------------------------

    def nodes(
        self, who: Identity, id: str, where: wire.NodeFilter, limit: int, cursor: str
    ) -> Page[wire.Node]:
        self.sight.record(who, id)
        check_phases(where.phases)
        limit = min(limit, MOST)
        found = self._search.nodes(id, where, cursor, limit + 1)
        contexts = self.sight.contexts()
        page = tuple(_node(contexts, id, each) for each in found[:limit])
        return Page(page, page[-1].path if len(found) > limit else None)

    def node(self, who: Identity, id: str, path: str) -> wire.Node:
        self.sight.record(who, id)
        record = self._node(id, path)
        found = _node(self.sight.contexts(), id, replace(record, path=path))
        return found if record.path == path else replace(found, range=record.path)

    def attempts(self, who: Identity, id: str, path: str) -> tuple[wire.Attempt, ...]:
        self.sight.record(who, id)
        record = self._node(id, path)
        return tuple(map(shown.attempt, self._search.attempts(id, record.path)))

    def check_attempt(self, who: Identity, id: str, path: str, number: int) -> None:
        """Raise NotFound unless there is such an attempt, and they may know of it."""
        attempts = self.attempts(who, id, path)
        numbers = [each.number for each in attempts if each.path == path]
        if number not in numbers:
            told = f"attempts of it: {', '.join(map(str, numbers))}" if numbers else "it has none"
            if attempts and not numbers:
                told = f"it is carried out with others: ask for {attempts[0].path}"
            raise NotFound(f"node {path} of execution {id} has no attempt {number}", hint=told)

    def definition(self, who: Identity, id: str, path: str) -> Definition:
        """See `Backend.definition`."""
        record = self.sight.record(who, id)
        if path == ROOT:
            found = self.sight.definitions(record.bundle)
            return shown.definition(record, record.bundle, found, record.entity, Policy())
        self._node(id, path)
        child = self.sight.contexts().child_at(id, path)
        return shown.definition(record, child.bundle, child.definitions, child.entity, child.policy)

    # -- values ---------------------------------------------------------------------------

    def inputs(self, who: Identity, id: str, path: str) -> wire.Values:
        return shown.values(*self._taken(self.sight.record(who, id), path))

    def outputs(self, who: Identity, id: str, path: str) -> wire.Values:
        return shown.values(*self._made(self.sight.record(who, id), path))

    def parts(self, who: Identity, id: str, query: PartsQuery) -> Parts:
        """See `Backend.parts`."""
        record = self.sight.record(who, id)
        of = self._taken if query.side == "inputs" else self._made
        types, values = of(record, query.path)
        with using(self.sight.storage_of(record)):
            return parts.parts_of(types, values, query)

    def _taken(self, record: ExecutionRecord, path: str) -> tuple[Types, bytes]:
        """The types of inputs, and their record."""
        if path == ROOT:
            types = shown.input_types(self.sight.interface(record))
            return types, self._store.scope_inputs(record.id, ROOT)
        self._node(record.id, path)
        contexts = self.sight.contexts()
        types, _ = _types(contexts, record.id, path)
        with using(self.sight.storage_of(record)):
            return types, self._given(contexts, record.id, path)

    def _made(self, record: ExecutionRecord, path: str) -> tuple[Types, bytes]:
        """The same of outputs."""
        if path == ROOT:
            types: Types = shown.output_types(self.sight.interface(record))
            found = self._store.outputs(record.id, [path]).get(path)
        else:
            with using(self.sight.storage_of(record)):
                found = self._outputs(record.id, path)
            _, types = _types(self.sight.contexts(), record.id, path)
        if found is None:
            what = f"node {path} of execution {record.id}" if path else f"execution {record.id}"
            raise NotFound(f"{what} has no outputs, or none yet")
        return types, found

    def _outputs(self, id: str, path: str) -> bytes | None:
        """The output record of a node execution; of an element in a range its part of that."""
        node = self._node(id, path)
        if node.path == path or node.phase is not Phase.SUCCEEDED:
            return self._store.outputs(id, [path]).get(path)
        scope, element = split(path)
        _, around = split(node.path)
        return Elements(self._store, id, scope, {around: True}).outputs(*range_of(element))

    def _given(self, contexts: Contexts, id: str, path: str) -> bytes:
        """The input record of a node execution."""
        above, name = split(path)
        context, state = contexts.get(id, above), contexts.state(id, above, name)
        child = contexts.child(context, above, state, name)
        return join_record(Values(self._store).inputs(context, above, state, name, child))

    # -- parts ----------------------------------------------------------------------------

    def _node(self, id: str, path: str) -> NodeRecord:
        """A node execution; of an element that is carried out with others, their range's."""
        found = self._search.node(id, path) or self._search.range_around(id, path)
        if found is None:
            scope, _ = split(path)
            near = [
                each.path
                for within in dict.fromkeys((scope, ROOT))
                for each in self._search.nodes(id, wire.NodeFilter(scope=within), "", NEAR)
            ]
            raise NotFound(
                f"execution {id} has no node {path!r}, or it has not begun",
                hint=suggest(path, near),
            )
        return found

    def _elements(self, record: ExecutionRecord) -> dict[str, int]:
        """Elements of maps by phase; those that nothing was decided about yet are PENDING."""
        found = self._search.elements(record.id)
        if record.phase.terminal:
            return found
        states = (self._store.scope_state(record.id, path) for path in self._search.maps(record.id))
        pending = sum(state.length or 0 for state in states) - sum(found.values())
        return found | ({"PENDING": pending} if pending > 0 else {})

    def _gates(self, record: ExecutionRecord) -> tuple[str, ...]:
        contexts = self.sight.contexts()
        paths = self._search.waiting(record.id, GATES)
        children = {path: child_of(contexts, record.id, path) for path in paths}
        return tuple(path for path, child in children.items() if shown.is_answered(child))

    def _waiting(self, gates: Gates, record: ExecutionRecord) -> Iterator[Gate]:
        """The gates that wait in an execution, then those in executions that it has started."""
        for path in self._search.waiting(record.id, GATES):
            node = self._search.node(record.id, path)
            gate = gates.at(record.id, path, node and node.until)
            if gate is not None:
                yield gate
        begun = wire.ExecutionFilter(parent=record.id, phases=("RUNNING",), children=True)
        for child in self._search.executions(Wanted(begun), GATES).executions:
            yield from self._waiting(gates, child)


def _node(contexts: Contexts, id: str, record: NodeRecord) -> wire.Node:
    return shown.node(record, child_of(contexts, id, record.path))


def _types(contexts: Contexts, id: str, path: str) -> tuple[Types, Types]:
    """The types of a node execution's inputs and outputs."""
    definition = contexts.get(id, split(path)[0]).definition
    over = definition.target.over if isinstance(definition, MapDefinition) else ()
    return shown.types_at(contexts.child_at(id, path), path, over)
