"""Marking: what lines of a journal tell of values: which were taken and made, and from what.

Elements of a map are many. Those that have no scope are not listed one by one; the lists that they
are in are, and what in them has an identity of its own.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from volery.engine.definitions import Definitions, DynamicDefinition, MapDefinition
from volery.engine.model import BODY, NodeKind, Phase
from volery.errors import AlteredContent, MissingContent, StorageError, StoreError, VoleryError
from volery.ids import ROOT, join, range_of, split
from volery.ir.bindings import Bound, InputRef, references
from volery.ir.nodes import MapTarget
from volery.ir.ref import Ref
from volery.ir.types import JsonType
from volery.ir.values import Raw, split_record
from volery.services import lineage_values, shown
from volery.services.context import Child, Context, Contexts
from volery.services.lineage_values import Known
from volery.services.shown import Types
from volery.services.values import Values
from volery.store.base import ExecutionRecord, Line, NodeRecord, Store
from volery.store.lineage import Kept, Source, Traces, Value

Sources = Callable[[str], tuple[Source, ...]]
"""What an input or output comes from, by name."""

ALIKE = 8
"""So many places are told where a function had the same value from, the latest."""

_TOLD = frozenset(map(str, (Phase.RUNNING, Phase.SUCCEEDED)))
_WITHOUT_SCOPE: frozenset[NodeKind] = frozenset(("task", "gate", "launch_plan"))


class Place(NamedTuple):
    """A node execution, or an execution, at the time when values were taken or made there."""

    execution: str
    path: str
    at: float
    entity: Ref | None
    reused: bool = False


class EagerValues:
    """What the function of an eager task was given, and what its calls have given it, by digest.

    Args:
        scope: path of the eager task.
    """

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self._places: defaultdict[str, deque[tuple[float, Source]]] = defaultdict(
            lambda: deque(maxlen=ALIKE)
        )

    def add(self, value: Kept | Value) -> None:
        """Take in a value at a node execution, if it is one that the function has had."""
        above, id = split(value.path)
        returned = value.made and above == self._scope and id != BODY
        if returned or (not value.made and value.path == self._scope):
            source = Source(value.path, value.name, made=value.made)
            self._places[value.digest].append((value.at, source))

    def sources(self, digest: str, until: float) -> tuple[Source, ...]:
        """Where the function had a value from that it has called something with at a time.

        One that it has never had it has made: of anything that it had by then.
        """
        known = tuple(each for at, each in self._places.get(digest, ()) if at <= until)
        return known or (_inputs_of(self._scope), Source(self._scope, "*", below=True, until=until))


class Marking:
    """Marks the values of one family; what it has read, it keeps for the next lines.

    Args:
        store: has the family.
        traces: has what lines before these have told.
        definitions: finds those of a bundle.
    """

    def __init__(
        self, store: Store, traces: Traces, definitions: Callable[[str], Definitions]
    ) -> None:
        self._store = store
        self._traces = traces
        self._contexts = Contexts(store, definitions)
        self._values = Values(store)
        self._eager: dict[tuple[str, str], EagerValues] = {}

    def uses(self, lines: Iterable[Line]) -> Iterator[Kept]:
        """What lines tell; of what is gone, nothing.

        Raises:
            StoreError, StorageError: something cannot be read now.
        """
        told = [line for line in lines if line.attempt == 0 and line.event in _TOLD]
        ended = self._ended(told)
        for line in told:
            try:
                yield from list(self._line(line, ended.get((line.execution, line.path))))
            except (MissingContent, AlteredContent):
                continue
            except (StoreError, StorageError):
                raise
            except (VoleryError, KeyError):
                continue

    def _ended(self, lines: Iterable[Line]) -> dict[tuple[str, str], NodeRecord]:
        paths: defaultdict[str, list[str]] = defaultdict(list)
        for line in lines:
            if line.event == Phase.SUCCEEDED and line.path != ROOT:
                paths[line.execution].append(line.path)
        return {
            (execution, path): node
            for execution, some in paths.items()
            for path, node in self._store.ended(execution, some).items()
        }

    def _line(self, line: Line, node: NodeRecord | None) -> Iterator[Kept]:
        if line.path == ROOT:
            return self._execution(line)
        context, child = self._child(line)
        if line.event == Phase.RUNNING or node is None:
            return self._began(line, context, child)
        reused = node.reuse is not None
        place = Place(line.execution, line.path, line.at, _entity(child), reused)
        if isinstance(context.definition, MapDefinition) and node.kind == "task":
            return self._elements(place, context, child)
        return self._succeeded(place, context, child, node)

    # -- executions -----------------------------------------------------------------------

    def _execution(self, line: Line) -> Iterator[Kept]:
        """What an execution was given, when it begins, and what it has given, at its end."""
        context = self._contexts.get(line.execution, ROOT)
        place = Place(line.execution, ROOT, line.at, context.execution.entity)
        interface = shown.interface_of(context.definitions, context.execution.entity)
        if line.event == Phase.RUNNING:
            types = shown.input_types(interface)
            sources = _given_by(context.execution)
            return _uses(place, context.inputs, sources, types, made=False)
        types = shown.output_types(interface)
        return _uses(place, self._outputs(place), self._bound(context, ROOT), types, made=True)

    # -- node executions ------------------------------------------------------------------

    def _began(self, line: Line, context: Context, child: Child) -> Iterator[Kept]:
        """What a scope was given: nodes in it may succeed although it does not."""
        if _kind(child) not in _WITHOUT_SCOPE:
            place = Place(line.execution, line.path, line.at, _entity(child))
            for use in self._given(place, context, child, line.at):
                if _kind(child) == "eager":
                    self._eager_values(line.execution, line.path).add(use)
                yield use

    def _succeeded(
        self, place: Place, context: Context, child: Child, node: NodeRecord
    ) -> Iterator[Kept]:
        if place.reused or node.kind in _WITHOUT_SCOPE:  # a scope has told when it began
            yield from self._given(place._replace(reused=False), context, child, node.created)
        _, types = shown.types_at(child, place.path, _over(context))
        outputs = self._outputs(place)
        for use in _uses(place, outputs, self._sources(place, node), types, made=True):
            if child.call is not None:
                self._eager_values(place.execution, split(place.path)[0]).add(use)
            yield use

    def _given(self, place: Place, context: Context, child: Child, began: float) -> Iterator[Kept]:
        """What a node execution was given, which began at a time."""
        above, id = split(place.path)
        state = self._contexts.state(place.execution, above, id)
        inputs = self._values.inputs(context, above, state, id, child)
        types, _ = shown.types_at(child, place.path, _over(context))
        uses = _uses(place, inputs, _bound_to(context, above, child), types, made=False)
        if child.call is None:
            return uses
        values = self._eager_values(place.execution, above)
        return (replace(use, sources=values.sources(use.digest, began)) for use in uses)

    def _eager_values(self, execution: str, scope: str) -> EagerValues:
        """What the function of an eager task has had."""
        found = self._eager.get((execution, scope))
        if found is None:
            found = self._eager[execution, scope] = EagerValues(scope)
            for value in self._traces.values(execution, scope):
                found.add(value)
        return found

    def _sources(self, place: Place, node: NodeRecord) -> Sources:
        """What outputs come from; nothing: from what the node execution has taken."""
        path = place.path
        above, id = split(path)
        if (reuse := node.reuse) is not None:
            return lambda name: (Source(reuse.path, name, execution=reuse.execution),)
        match node.kind:
            case "launch_plan":
                child = node.child or ""
                return lambda name: (Source(ROOT, name, execution=child),)
            case "map":
                return lambda name: (Source(path, name, below=True), _inputs_of(path))
            case "eager":
                return lambda name: (Source(join(path, BODY), name),)
            case "task" if id == BODY:  # its function has called what is beside it
                return lambda _: (Source(above, "*", below=True), _inputs_of(above))
            case "workflow" | "branch" | "dynamic":
                return self._bound(self._contexts.get(place.execution, path), path)
            case _:
                return _nothing

    def _elements(self, place: Place, context: Context, child: Child) -> Iterator[Kept]:
        """What in elements of a map has an identity of its own."""
        above, id = split(place.path)
        start, _ = range_of(id)
        inputs = self._values.elements(context, above, id, child)
        over = _over(context)
        for made, entries in (
            (False, {name: value for name, value in inputs.items() if name in over}),
            (True, self._outputs(place)),
        ):
            for name, value in entries.items():
                source = Source(above, "*" if made else name, made=False)
                for known in lineage_values.elements(value, start, alone=":" not in id):
                    yield _kept(place, name, known, (source,), made=made)

    # -- parts ----------------------------------------------------------------------------

    def _child(self, line: Line) -> tuple[Context, Child]:
        above, id = split(line.path)
        context = self._contexts.get(line.execution, above)
        state = self._contexts.state(line.execution, above, id)
        return context, self._contexts.child(context, above, state, id)

    def _bound(self, context: Context, path: str) -> Sources:
        """What the outputs of a scope with a graph come from."""
        state = self._contexts.state(context.execution.id, path)
        _, graph = self._contexts.graph(context, state)
        return _referred(graph.graph.outputs, path)

    def _outputs(self, place: Place) -> dict[str, Raw]:
        found = self._store.outputs(place.execution, [place.path]).get(place.path)
        return {} if found is None else split_record(found)


def _kind(child: Child) -> NodeKind:
    target = child.entity or (child.node and child.node.target)
    return child.definitions.kind(target) if target else "task"


def _entity(child: Child) -> Ref | None:
    """What runs at a node execution."""
    target = child.node and child.node.target
    return target.target if isinstance(target, MapTarget) else child.entity


def _over(context: Context) -> tuple[str, ...]:
    definition = context.definition
    return definition.target.over if isinstance(definition, MapDefinition) else ()


# -- where values come from ---------------------------------------------------------------------


def _nothing(_: str) -> tuple[Source, ...]:
    return ()


def _inputs_of(path: str) -> Source:
    return Source(path, "*", made=False)


def _given_by(record: ExecutionRecord) -> Sources:
    """The inputs of an execution: those of the node that has started it, if one has."""
    if record.parent is None:
        return _nothing
    execution, path = record.parent
    return lambda name: (Source(path, name, made=False, execution=execution),)


def _bound_to(context: Context, scope: str, child: Child) -> Sources:
    """The inputs of a child of a scope."""
    if child.call is not None:  # see EagerValues
        return _nothing
    if child.node is None:
        return lambda name: (Source(scope, name, made=False),)
    referred = _referred(child.node.inputs, scope)
    if isinstance(context.definition, DynamicDefinition):  # so are constants in what it emits
        return lambda name: referred(name) or (_inputs_of(scope),)
    return referred


def _referred(bounds: Iterable[Bound], scope: str) -> Sources:
    """What the bindings in a scope refer to."""
    found = {
        bound.name: tuple(
            dict.fromkeys(
                Source(scope, each.name, made=False)
                if isinstance(each, InputRef)
                else Source(join(scope, each.node), each.output)
                for each in references(bound.binding)
            )
        )
        for bound in bounds
    }
    return lambda name: found.get(name, ())


# -- uses ---------------------------------------------------------------------------------------


def _uses(
    place: Place, entries: Mapping[str, bytes | Raw], sources: Sources, types: Types, *, made: bool
) -> Iterator[Kept]:
    for name, value in entries.items():
        for known in lineage_values.known(value, types.get(name, _ANY)):
            yield _kept(place, name, known, sources(name), made=made)


_ANY = JsonType()


def _kept(
    place: Place, name: str, known: Known, sources: tuple[Source, ...], *, made: bool
) -> Kept:
    return Kept(
        execution=place.execution,
        path=place.path,
        made=made,
        name=name + known.at,
        digest=known.digest,
        at=place.at,
        entity=place.entity,
        telling=known.telling,
        reused=place.reused,
        uri=known.uri,
        preview=known.preview,
        content=known.content,
        sources=sources,
        type=known.type,
        size=known.size,
    )
