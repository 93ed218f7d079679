"""Graphs: how workflows are built, scope by scope, for executions and for what is registered."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from volery.engine.definitions import (
    BranchDefinition,
    Definition,
    Definitions,
    DynamicDefinition,
    EagerDefinition,
    MapDefinition,
)
from volery.engine.graph import GraphIndex
from volery.engine.model import BODY, ScopeState
from volery.errors import NotFound
from volery.ids import ROOT, join, range_of, split
from volery.ir.nodes import entity_of
from volery.ir.ref import Ref
from volery.ir.whole import owner_of
from volery.ir.work import EMITTED
from volery.services.access import require
from volery.services.conditions import Words
from volery.services.registration import Registration
from volery.services.sight import Sight
from volery.services.structure import (
    MOST_NODES,
    NO_WORDS,
    Origin,
    Structure,
    carried_out,
    inputs_of,
)
from volery.store.base import ExecutionRecord
from volery.store.progress import Progress
from volery.wire.access import Identity
from volery.wire.entities import EntityKey
from volery.wire.graphs import Graph

_ANY_STATE = ScopeState()
DEEPEST = 100
"""So many scopes may lie in one another."""
KEPT = 8
"""Drawings of graphs: whoever looks at an execution looks at the same ones again."""


class _Scope(NamedTuple):
    """A scope on the way to the one that was asked for.

    Attributes:
        entity: what it carries out; None: it is a branch or a map.
        words: of a branch: what its inputs are called.
    """

    path: str
    definitions: Definitions
    definition: Definition
    entity: Ref | None
    words: Words = NO_WORDS


class Graphs:
    """See the module's text. Any thread may use it.

    A scope is found from the definitions alone, so that it can be shown before it has begun; but
    for what a dynamic or eager task has decided while it ran.

    Args:
        sight: which executions somebody may see.
        registration: what is registered.
        progress: knows what functions of eager tasks have called.
    """

    def __init__(self, sight: Sight, registration: Registration, progress: Progress) -> None:
        self._sight = sight
        self._registration = registration
        self._progress = progress
        self._draw = lru_cache(KEPT)(_draw)

    def of_execution(self, who: Identity, id: str, scope: str) -> Graph:
        """See `Backend.graph`."""
        record = self._sight.record(who, id)
        origin = Origin(record.version, record.project, record.domain)
        root = self._root(record.bundle, record.entity)
        return self._walk(record, origin).graph(root, scope)

    def of_entity(self, who: Identity, key: EntityKey, scope: str) -> Graph:
        """See `Backend.entity_graph`."""
        require(who, "viewer", key.project, owner_of(Ref(key.kind, key.name)))
        found = self._registration.resolve(key)
        origin = Origin(found.key.version, found.key.project, found.key.domain)
        root = self._root(found.bundle, Ref(key.kind, key.name))
        return self._walk(None, origin).graph(root, scope)

    def _walk(self, record: ExecutionRecord | None, origin: Origin) -> _Walk:
        return _Walk(self._sight, self._progress, self._draw, record, origin)

    def _root(self, bundle: str, entity: Ref) -> _Scope:
        definitions = self._sight.definitions(bundle)
        return _Scope(ROOT, definitions, definitions.root(entity), entity)


Draw = Callable[[Definitions, GraphIndex, str, Ref | None, Origin], Graph]
"""Draws a graph of these definitions at a path, and what it is the graph of."""


def _draw(
    definitions: Definitions, index: GraphIndex, path: str, entity: Ref | None, origin: Origin
) -> Graph:
    return Structure(definitions, origin).graph(index, path, entity)


class _Walk:
    """From a root down to a scope; `record`: None where nothing has run."""

    def __init__(
        self,
        sight: Sight,
        progress: Progress,
        draw: Draw,
        record: ExecutionRecord | None,
        origin: Origin,
    ) -> None:
        self._sight = sight
        self._progress = progress
        self._draw = draw
        self._record = record
        self._origin = origin

    def graph(self, root: _Scope, path: str) -> Graph:
        """The scope at a path, drawn. Raises NotFound."""
        scope = root
        for id in _ids(path):
            try:
                scope = self._inside(scope, id)
            except (KeyError, NotFound):
                raise NotFound(f"there is no graph at {join(scope.path, id)!r}") from None
        return self._drawn(scope)

    # -- drawing --------------------------------------------------------------------------

    def _drawn(self, scope: _Scope) -> Graph:
        structure = Structure(scope.definitions, self._origin)
        match scope.definition:
            case GraphIndex() as index:
                return self._draw(scope.definitions, index, scope.path, scope.entity, self._origin)
            case BranchDefinition() as branch:
                return structure.branch(branch, scope.path, scope.words)
            case MapDefinition() as mapped:
                return structure.map(mapped)
            case DynamicDefinition() as dynamic:
                emitted = self._emitted(scope)
                inner = emitted and self._drawn(emitted)
                complete = inner is not None or self._has_ended(scope.path)
                return structure.function(dynamic, scope.path, inner, complete=complete)
            case EagerDefinition() as eager:
                # Before what was called is read, so that nothing comes in between.
                complete = self._has_ended(scope.path)
                inner = self._calls(structure, scope)
                return structure.function(eager, scope.path, inner, complete=complete)

    def _calls(self, structure: Structure, scope: _Scope) -> Graph | None:
        """What the function of an eager task has called until now."""
        if self._record is None:
            return None
        called = self._progress.calls(self._record.id, scope.path, MOST_NODES)
        nodes = tuple(structure.call(each.path, each.id, each.kind, each.entity) for each in called)
        return Graph("eager", "", None, complete=True, total=len(nodes), nodes=nodes, edges=())

    def _has_ended(self, path: str) -> bool:
        """Whether no more can come of a scope that decides while it runs."""
        if self._record is None:
            return False
        if self._record.phase.terminal:
            return True
        found = self._sight.search.node(self._record.id, path)
        return found is not None and found.phase.terminal

    # -- finding --------------------------------------------------------------------------

    def _inside(self, scope: _Scope, id: str) -> _Scope:
        """A scope in this one. Raises NotFound, KeyError."""
        path = join(scope.path, id)
        match scope.definition:
            case GraphIndex() as index:
                return self._of_node(scope, index, id)
            case BranchDefinition() as branch:
                index = next(arm for arm in branch.arms if arm is not None and id in arm.nodes)
                return self._of_node(scope, index, id)
            case MapDefinition() as mapped:
                return self._element(scope, mapped, id)
            case DynamicDefinition():
                emitted = self._emitted(scope)
                if emitted is None or id == BODY:
                    raise NotFound(path)
                return self._inside(emitted, id)
            case EagerDefinition():
                return self._called(path)

    def _of_node(self, scope: _Scope, index: GraphIndex, id: str) -> _Scope:
        definition = scope.definitions.child(index, _ANY_STATE, id)
        node, path = index.nodes[id], join(scope.path, id)
        if isinstance(definition, BranchDefinition):
            words = inputs_of(index, node, scope.words)
            return _Scope(path, scope.definitions, definition, None, words)
        return _Scope(path, scope.definitions, definition, carried_out(node.target))

    def _element(self, scope: _Scope, mapped: MapDefinition, id: str) -> _Scope:
        entity = entity_of(mapped.target)
        start, end = range_of(id)
        if end != start + 1 or entity.kind == "launch_plan":  # that is an execution of its own
            raise NotFound(id)
        definition = scope.definitions.scope(entity, mapped.policy)
        return _Scope(join(scope.path, id), scope.definitions, definition, entity)

    def _emitted(self, scope: _Scope) -> _Scope | None:
        """The graph that a dynamic task has emitted; None: it has not, or not yet."""
        if self._record is None:
            return None
        try:
            state = self._sight.store.scope_state(self._record.id, scope.path)
        except NotFound:  # it has not begun
            return None
        if not state.graph:
            return None
        definitions = self._sight.definitions(state.graph)
        return _Scope(scope.path, definitions, definitions.workflow(EMITTED), None)

    def _called(self, path: str) -> _Scope:
        call = self._record and self._sight.store.call(self._record.id, path)
        if call is None:
            raise NotFound(path)
        definitions = self._sight.definitions(call.bundle)
        return _Scope(path, definitions, definitions.scope(call.entity), call.entity)


def _ids(path: str) -> list[str]:
    """The node ids on the way to a path, the outermost first. Raises NotFound."""
    ids: list[str] = []
    while path != ROOT:
        if len(ids) == DEEPEST:
            raise NotFound("no scope lies as deep as this")
        try:
            path, id = split(path)
        except ValueError:  # a bracket that nothing opens
            raise NotFound(f"there is no graph at {path!r}") from None
        ids.append(id)
    return ids[::-1]
