"""What never changes about a scope: its definition and its inputs, kept at hand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, partial

import msgspec

from volery.engine.definitions import (
    Definition,
    Definitions,
    DynamicDefinition,
    EagerDefinition,
    MapDefinition,
    graph_of,
)
from volery.engine.graph import GraphIndex
from volery.engine.model import BODY, HANDLER, ScopeState
from volery.errors import NotFound
from volery.ids import ROOT, join, split
from volery.ir.codec import read_bundle
from volery.ir.nodes import BranchTarget, GateTarget, MapTarget, Node, Target, entity_of
from volery.ir.policy import Policy
from volery.ir.ref import Ref
from volery.ir.values import Raw, split_record
from volery.ir.work import EMITTED
from volery.store.base import CallRecord, ExecutionRecord, Store

KEPT = 65_536
KEPT_BYTES = 32 * 1024 * 1024
"""So many scopes with so much input are kept at hand; the rest is read again when it is needed."""
KEPT_BUNDLES = 128
"""So many bundles are kept at hand by `definitions_of`, graphs of dynamic tasks among them."""


class Context(msgspec.Struct, frozen=True, eq=False):
    """A scope's surroundings.

    Attributes:
        execution: the record as it was when the scope was first met.
        bundle: digest of what the scope's definition is pinned to.
        definitions: the same, at hand.
        definition: what the scope is planned by.
        inputs: the scope's input record, split.
        depth: how many dynamic and eager tasks it lies in, those of executions above among them.
        size: bytes of the inputs.
    """

    execution: ExecutionRecord
    bundle: str
    definitions: Definitions
    definition: Definition
    inputs: dict[str, Raw]
    depth: int
    size: int


class Child(msgspec.Struct, frozen=True, eq=False):
    """A child of a scope, as its definition says.

    Attributes:
        bundle, definitions: where what it carries out is found.
        entity: the task, workflow or launch plan that it carries out; None for others.
        policy: how; that of the node over that of the task.
        node: None for elements of maps and for calls, which have no node.
        call: for a call of an eager task's function.
    """

    bundle: str
    definitions: Definitions
    entity: Ref | None
    policy: Policy
    node: Node | None = None
    call: CallRecord | None = None

    @property
    def started(self) -> Ref:
        """The entity, of a child that carries one out."""
        if self.entity is None:
            raise NotFound("this node execution carries out no single entity")
        return self.entity


def read_definitions(store: Store, bundle: str) -> Definitions:
    """The definitions of a bundle, by digest; large ones take a while to read."""
    return Definitions(read_bundle(store.bundle(bundle)))


def definitions_of(store: Store) -> Callable[[str], Definitions]:
    """The same, kept at hand for all who share what this gives; any thread may call it."""
    return lru_cache(KEPT_BUNDLES)(partial(read_definitions, store))


class Contexts:
    """Finds contexts and children, from the bundle and the path.

    Args:
        store: has the bundles and the paths.
        definitions: finds those of a bundle, for others as well; None: this reads them itself.
    """

    def __init__(
        self, store: Store, definitions: Callable[[str], Definitions] | None = None
    ) -> None:
        self._store = store
        self._read = definitions or partial(read_definitions, store)
        self._definitions: dict[str, Definitions] = {}
        self._found: OrderedDict[tuple[str, str], Context] = OrderedDict()
        self._states: dict[tuple[str, str], ScopeState] = {}
        self._bytes = 0

    def definitions(self, bundle: str) -> Definitions:
        """The definitions of a bundle, by digest."""
        found = self._definitions.get(bundle)
        if found is None:
            found = self._definitions[bundle] = self._read(bundle)
        return found

    def add(self, bundle: str, definitions: Definitions) -> None:
        """Take in definitions that are at hand already."""
        self._definitions.setdefault(bundle, definitions)

    def get(self, execution: str, path: str) -> Context:
        """The context of a scope."""
        key = (execution, path)
        found = self._found.get(key)
        if found is None:
            found = self._find(execution, path)
        else:
            self._found.move_to_end(key)
        return found

    def state(self, execution: str, path: str, id: str = "") -> ScopeState:
        """What a scope has decided; with `id`: as far as that child of it depends on it."""
        key = (execution, path)
        found = self._states.get(key)
        if found is None or (id == HANDLER and found.handled is None):
            found = self._store.scope_state(execution, path)
            # What a dynamic task emits is decided when its scope has a child already.
            if found.graph or not isinstance(self.get(*key).definition, DynamicDefinition):
                self._states[key] = found
        return found

    def drop(self, execution: str, path: str) -> None:
        """A scope has ended: its children are not asked for any more, nor is what it emitted."""
        found = self._found.pop((execution, path), None)
        if found is not None:
            self._bytes -= found.size
        state = self._states.pop((execution, path), None)
        if state is not None and state.graph:
            self._definitions.pop(state.graph, None)

    def graph(self, context: Context, state: ScopeState) -> tuple[str, GraphIndex]:
        """The graph that a scope runs, and the bundle where what it refers to is found."""
        definition = context.definition
        if isinstance(definition, GraphIndex):
            return context.bundle, definition
        if isinstance(definition, DynamicDefinition):
            return state.graph, self.definitions(state.graph).workflow(EMITTED)
        return context.bundle, graph_of(definition, state)

    def child(self, context: Context, path: str, state: ScopeState, id: str) -> Child:
        """A child of the scope at `path`, which has decided `state`."""
        bundle, definitions = context.bundle, context.definitions
        match context.definition:
            case GraphIndex() as graph:
                pass
            case MapDefinition() as mapped:
                return Child(bundle, definitions, mapped.target.target, mapped.policy)
            case DynamicDefinition() | EagerDefinition() as outer if id == BODY:
                ref = Ref("task", outer.task.name)
                return Child(bundle, definitions, ref, outer.body.policy, outer.body)
            case EagerDefinition():
                return self._call(context.execution.id, join(path, id))
            case _:
                bundle, graph = self.graph(context, state)
                definitions = self.definitions(bundle)
        node = graph.nodes.get(id)
        if node is None:
            raise NotFound(f"{context.execution.id} has no node {join(path, id)}")
        return Child(bundle, definitions, _entity(node.target), graph.policies[id], node)

    def child_at(self, execution: str, path: str) -> Child:
        """The child of a scope whose node execution has this path."""
        above, id = split(path)
        return self.child(self.get(execution, above), above, self.state(execution, above, id), id)

    def _call(self, execution: str, path: str) -> Child:
        call = self._store.call(execution, path)
        if call is None:
            raise NotFound(f"execution {execution} has no call {path}")
        definitions = self.definitions(call.bundle)
        policy = definitions.policy(call.entity)
        return Child(call.bundle, definitions, call.entity, policy, call=call)

    def _find(self, execution: str, path: str) -> Context:
        """A context, and those above it: in a loop, for Python has few frames."""
        missing: list[str] = []
        while path != ROOT and (execution, path) not in self._found:
            missing.append(path)
            path, _ = split(path)
        found = self._found.get((execution, path))
        if found is None:
            found = self._root(execution)
            self._keep((execution, path), found)
        for path in reversed(missing):
            found = self._below(found, execution, path)
            self._keep((execution, path), found)
        return found

    def _root(self, execution: str) -> Context:
        record = self._store.scope_inputs(execution, ROOT)
        of = self._store.execution(execution)
        if of is None:
            raise NotFound(f"there is no execution {execution}")
        definitions = self.definitions(of.bundle)
        definition = definitions.root(of.entity)
        inputs = split_record(record)
        depth = 0
        if of.parent is not None:
            state = self._states[execution, ROOT] = self._store.scope_state(execution, ROOT)
            depth = state.depth
        return Context(of, of.bundle, definitions, definition, inputs, depth, len(record))

    def _below(self, parent: Context, execution: str, path: str) -> Context:
        """The context of a scope in another one."""
        record = self._store.scope_inputs(execution, path)
        inputs = split_record(record)
        above, id = split(path)
        bundle, definition = self._definition(parent, execution, above, id)
        deeper = isinstance(definition, (DynamicDefinition, EagerDefinition))
        return Context(
            parent.execution,
            bundle,
            self.definitions(bundle),
            definition,
            inputs,
            parent.depth + deeper,
            len(record),
        )

    def _definition(
        self, parent: Context, execution: str, path: str, id: str
    ) -> tuple[str, Definition]:
        """What a child scope is planned by, and its bundle."""
        if isinstance(parent.definition, EagerDefinition):
            call = self._call(execution, join(path, id))
            return call.bundle, call.definitions.scope(call.started)
        state = self.state(execution, path, id)
        if isinstance(parent.definition, DynamicDefinition):
            bundle, graph = self.graph(parent, state)
            return bundle, self.definitions(bundle).child(graph, state, id)
        definition = parent.definitions.child(parent.definition, state, id)
        return parent.bundle, definition

    def _keep(self, key: tuple[str, str], context: Context) -> None:
        self._bytes += context.size
        while self._found and (len(self._found) >= KEPT or self._bytes > KEPT_BYTES):
            old, dropped = self._found.popitem(last=False)
            self._states.pop(old, None)
            self._bytes -= dropped.size
        self._found[key] = context


def _entity(target: Target) -> Ref | None:
    """The task, workflow or launch plan that a target names."""
    match target:
        case MapTarget() | BranchTarget() | GateTarget():
            return None
        case _:
            return entity_of(target)
