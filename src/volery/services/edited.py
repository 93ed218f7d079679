"""Recovery on edited code: a node counts if it still means what it meant.

That is: if what it carries out, the code of that and the values of its inputs are the same, and if
everything that it only comes after is recovered as well.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from volery.data import offload
from volery.data.identity import identity
from volery.engine.definitions import (
    BranchDefinition,
    DynamicDefinition,
    EagerDefinition,
    MapDefinition,
)
from volery.engine.model import BODY, ScopeState
from volery.ids import ROOT, join, split
from volery.ir.nodes import BranchTarget, Graph, Node
from volery.ir.values import Raw
from volery.services.codes import Codes, places_of_inputs
from volery.services.context import Child, Context, Contexts
from volery.services.earlier import Earlier
from volery.services.pairing import pairs
from volery.services.refusal import refusal
from volery.services.values import NOTHING_PENDING, Pending, Values
from volery.store.base import Store

KEPT = 65_536
"""Places that are kept at hand; others are found again."""

_NO_GRAPH = Graph()

Same = Callable[[int], bool]
"""Whether the element of a map with this index still means the same."""


def everything(index: int) -> bool:  # noqa: ARG001 - a `Same`
    """All elements do."""
    return True


def _nothing(index: int) -> bool:  # noqa: ARG001 - a `Same`
    return False


class Place(NamedTuple):
    """Where a node execution stood in the earlier execution, and whether it means the same."""

    path: str
    counts: bool


class Scope(NamedTuple):
    """A scope: its context and path, and what it has decided."""

    context: Context
    path: str
    state: ScopeState


class Edited:
    """Finds the places of node executions in an execution of the code before it was edited."""

    def __init__(self, store: Store, contexts: Contexts, values: Values) -> None:
        self._store = store
        self._contexts = contexts
        self._values = values
        self._codes: dict[str, Codes] = {}
        self._places: OrderedDict[tuple[str, str], Place | None] = OrderedDict()
        self._pairs: dict[tuple[int, int], tuple[Graph, Graph, dict[str, str]]] = {}

    def place(
        self, earlier: Earlier, scope: Scope, id: str, pending: Pending = NOTHING_PENDING
    ) -> Place | None:
        """The place of a node of a scope; None: it is new. See `Recovery.found`."""
        place = self._find(earlier, scope, id, pending)
        self._places[scope.context.execution.id, join(scope.path, id)] = place
        if len(self._places) > KEPT:
            self._places.popitem(last=False)
        return place

    def known(self, earlier: Earlier, context: Context, path: str) -> str | None:
        """The place of a node execution that exists."""
        if path == ROOT:
            return path
        execution = context.execution.id
        if (execution, path) not in self._places:
            above, id = split(path)
            parent = self._contexts.get(execution, above)
            state = self._contexts.state(execution, above, id)
            self.place(earlier, Scope(parent, above, state), id)
        place = self._places[execution, path]
        return None if place is None else place.path

    def elements(self, earlier: Earlier, context: Context, path: str) -> tuple[str, Same]:
        """The place of a map, and which of its elements still mean the same."""
        place = self.known(earlier, context, path)
        before = None if place is None else self._before(earlier, place)
        if before is None:
            return path, _nothing
        old, new = before.context.definition, context.definition
        if not isinstance(old, MapDefinition) or not isinstance(new, MapDefinition):
            return before.path, _nothing
        code = self._codes_of(context.bundle).of(new.target.target)
        was = self._codes_of(before.context.bundle).of(old.target.target)
        alike = (old.target.over, old.policy.environment) == (
            new.target.over,
            new.policy.environment,
        )
        if code is None or code != was or not alike:
            return before.path, _nothing
        return before.path, _same_elements(new.target.over, before.context, context)

    def _find(self, earlier: Earlier, now: Scope, id: str, pending: Pending) -> Place | None:
        above = self.known(earlier, now.context, now.path)
        before = None if above is None else self._before(earlier, above)
        old = None if before is None else self._paired(before, now, id)
        if before is None or old is None:
            return None
        path = join(before.path, old)
        counts = earlier.succeeded(path) and self._is_same(before, old, now, id, pending)
        return Place(path, counts)

    def _before(self, earlier: Earlier, path: str) -> Scope | None:
        """A scope of the earlier execution, if it came to it."""
        if path != ROOT and path not in earlier.nodes:
            return None
        context = self._contexts.get(earlier.id, path)
        return Scope(context, path, self._contexts.state(earlier.id, path))

    def _paired(self, before: Scope, now: Scope, child: str) -> str | None:
        """The id that a child of a scope had in the scope before."""
        if type(before.context.definition) is not type(now.context.definition):
            return None
        if child == BODY or isinstance(now.context.definition, EagerDefinition | MapDefinition):
            return child
        old, new = self._graph(before), self._graph(now)
        key = (id(old), id(new))
        if key not in self._pairs:  # with the graphs, so that nothing else gets their identity
            self._pairs[key] = old, new, pairs(old, new)
        return self._pairs[key][2].get(child)

    def _graph(self, scope: Scope) -> Graph:
        """The graph of a scope; an empty one before it has decided which graph it runs."""
        definition, state = scope.context.definition, scope.state
        undecided = isinstance(definition, BranchDefinition) and state.arm is None
        if undecided or (isinstance(definition, DynamicDefinition) and not state.graph):
            return _NO_GRAPH
        return self._contexts.graph(scope.context, state)[1].graph

    def _is_same(self, before: Scope, old_id: str, now: Scope, id: str, pending: Pending) -> bool:
        old = self._contexts.child(before.context, before.path, before.state, old_id)
        new = self._contexts.child(now.context, now.path, now.state, id)
        code = self._code(new)
        if code is None or code != self._code(old):
            return False
        if old.policy.environment != new.policy.environment:
            return False
        execution = now.context.execution.id
        after = [] if new.node is None else [join(now.path, each) for each in new.node.after]
        if not all(self._is_recovered(execution, each) for each in after):
            return False
        try:
            was = self._values.inputs(before.context, before.path, before.state, old_id, old)
            given = self._values.inputs(now.context, now.path, now.state, id, new, pending=pending)
            return _same_values(by_lasting_name(old.node, was), by_lasting_name(new.node, given))
        except Exception as error:  # noqa: BLE001 - see `refusal`
            refusal(error, execution, join(now.path, id))
            return False  # the node runs, and then fails by it or not

    def _code(self, child: Child) -> str | None:
        codes = self._codes_of(child.bundle)
        return codes.of_node(child.node) if child.node else codes.of(child.started)

    def _codes_of(self, bundle: str) -> Codes:
        if bundle not in self._codes:
            self._codes[bundle] = Codes(self._contexts.definitions(bundle))
        return self._codes[bundle]

    def _is_recovered(self, execution: str, path: str) -> bool:
        """Whether a node execution that has ended was recovered."""
        key = (execution, path)
        if key in self._places:
            place = self._places[key]
            return place is not None and place.counts
        ended = self._store.ended(execution, [path]).get(path)
        return ended is not None and ended.reuse is not None and ended.reuse.how == "recovered"


def by_lasting_name(node: Node | None, inputs: Mapping[str, bytes | Raw]) -> dict[str, bytes | Raw]:
    """Inputs by names that stay what they are when other nodes get other ids."""
    if node is None or not isinstance(node.target, BranchTarget):
        return dict(inputs)
    places = places_of_inputs(node)
    return {places[name]: value for name, value in inputs.items()}


def _same_values(old: Mapping[str, bytes | Raw], new: Mapping[str, bytes | Raw]) -> bool:
    """Whether two sets of inputs mean the same. Raises StorageError."""
    return old.keys() == new.keys() and all(
        same_value(value, new[name]) for name, value in old.items()
    )


def same_value(old: bytes | Raw, new: bytes | Raw) -> bool:
    """Whether two packed values mean the same. Raises StorageError."""
    return bytes(memoryview(old)) == bytes(memoryview(new)) or identity(old) == identity(new)


def _same_elements(over: tuple[str, ...], old: Context, new: Context) -> Same:
    """Which elements of a map have the same inputs as before."""
    shared = [name for name in new.inputs if name not in over]
    if not _same_values(
        {name: each for name, each in old.inputs.items() if name not in over},
        {name: new.inputs[name] for name in shared},
    ):
        return _nothing
    differing = [name for name in over if not same_value(old.inputs[name], new.inputs[name])]
    if not differing:
        return everything
    lists = [
        (offload.ranges(old.inputs[name]), offload.ranges(new.inputs[name])) for name in differing
    ]
    length = min(offload.length(old.inputs[name]) for name in differing)

    def same(index: int) -> bool:
        return index < length and all(
            same_value(was(index, None), now(index, None)) for was, now in lists
        )

    return same
