"""Inputs and outputs of scopes and their children, made from what the store keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from volery.data import offload
from volery.engine.definitions import Definitions, MapDefinition
from volery.engine.model import Finish, Phase
from volery.ids import join, range_of
from volery.ir.bindings import Binding, OutputRef, references
from volery.ir.nodes import LaunchPlanTarget, Node, Ref, Target
from volery.ir.values import EMPTY, NIL, Raw, comparable, is_scalar, join_record, split_record
from volery.services.bindings import Record, resolve
from volery.services.context import Context
from volery.store.base import Store

Cut = Callable[[int, int | None], bytes | Raw]
"""Takes a list apart: given start and end a range of it, without end one element."""

_NIL = Raw(NIL)

THERE = object()
"""What is not None and no scalar."""

KEPT_BYTES = 32 * 1024 * 1024
"""How much output is kept at hand, so that a value is not read again for every reader."""


class Outputs:
    """Output records of node executions, read in batches and kept for their next reader."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[tuple[str, str], Record] = {}
        self._bytes = 0

    def keep(self, execution: str, path: str, record: bytes) -> None:
        """Remember the outputs of a node execution that has committed."""
        self._bytes += len(record)
        if self._bytes > KEPT_BYTES:
            self._kept.clear()
            self._bytes = len(record)
        self._kept[execution, path] = split_record(record)

    def get(self, execution: str, path: str) -> Record:
        """The outputs of a node execution that SUCCEEDED."""
        found = self._kept.get((execution, path))
        if found is None:
            self.fetch(execution, [path])
            found = self._kept[execution, path]
        return found

    def fetch(self, execution: str, paths: Iterable[str]) -> None:
        """Read several at once."""
        missing = [path for path in paths if (execution, path) not in self._kept]
        if missing:
            for path, record in self._store.outputs(execution, missing).items():
                self.keep(execution, path, record)


class Values:
    """Resolves what a scope's children take and what the scope gives back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._outputs = Outputs(store)
        self._lists: tuple[Context | None, dict[str, Cut]] = (None, {})

    def keep(self, execution: str, path: str, outputs: bytes) -> None:
        """Remember outputs that have just been committed: their readers are about to come."""
        self._outputs.keep(execution, path, outputs)

    def fetch(self, execution: str, path: str, bindings: Iterable[Binding]) -> None:
        """Read the outputs that bindings of a scope refer to, at once."""
        nodes = {
            reference.node
            for binding in bindings
            for reference in references(binding)
            if isinstance(reference, OutputRef)
        }
        if nodes:
            self._outputs.fetch(execution, [join(path, node) for node in nodes])

    def of(self, context: Context, path: str, binding: Binding) -> bytes | Raw:
        """The value of a binding in a scope."""
        execution = context.execution.id
        return resolve(
            binding, context.inputs, lambda node: self._outputs.get(execution, join(path, node))
        )

    def inputs(self, context: Context, path: str, node: Node) -> dict[str, bytes | Raw]:
        """The inputs of a node of a scope's graph."""
        given = {bound.name: self.of(context, path, bound.binding) for bound in node.inputs}
        return complete(context.definitions, node.target, given)

    def elements(
        self, context: Context, definition: MapDefinition, id: str
    ) -> dict[str, bytes | Raw]:
        """The inputs of a child of a map: an element of each list, or a part of it for a range."""
        if self._lists[0] is not context:
            lists = {name: offload.ranges(context.inputs[name]) for name in definition.target.over}
            self._lists = (context, lists)
        start, end = range_of(id)
        given: dict[str, bytes | Raw] = dict(context.inputs)
        for name, cut in self._lists[1].items():
            given[name] = cut(start, end if ":" in id else None)
        return complete(context.definitions, definition.target.target, given)

    def finished(self, context: Context, path: str, finish: Finish) -> bytes | None:
        """The output record of a scope that ends, or None when it has none to give."""
        if finish.phase is not Phase.SUCCEEDED:
            return None
        if isinstance(context.definition, MapDefinition):
            return self._gather(context, path, context.definition)
        if not finish.outputs:
            return EMPTY
        self.fetch(context.execution.id, path, (each.binding for each in finish.outputs))
        return join_record(
            {each.name: self.of(context, path, each.binding) for each in finish.outputs}
        )

    def known(
        self, context: Context, path: str, wants: tuple[Binding, ...]
    ) -> dict[Binding, object]:
        """Answers to a plan's wants: for a map lengths, else scalars."""
        self.fetch(context.execution.id, path, wants)
        values = {binding: self.of(context, path, binding) for binding in wants}
        if isinstance(context.definition, MapDefinition):
            return {binding: offload.length(value) for binding, value in values.items()}
        return {binding: _compared(value) for binding, value in values.items()}

    def _gather(self, context: Context, path: str, definition: MapDefinition) -> bytes:
        """The lists that a map gives back; failed elements leave nil."""
        execution = context.execution.id
        length = self._store.scope_state(execution, path).length or 0
        records = {
            id: split_record(record) for id, record in self._store.children_outputs(execution, path)
        }
        interface = context.definitions.interface(definition.target.target)
        return join_record(
            {each.name: _column(records, each.name, length) for each in interface.outputs}
        )


def _compared(value: bytes | Raw) -> object:
    """A scalar as it compares. Of anything else a condition asks only whether it is there."""
    if offload.is_array(value):
        return THERE
    wire = offload.unpack(value)
    return comparable(wire) if is_scalar(wire) else THERE


def _column(records: Mapping[str, Record], name: str, length: int) -> bytes:
    """The list of one output of a map's elements, from the records of its children."""
    with offload.ArrayBuilder() as column:
        column.extend(_elements(records, name, length))
    return offload.pack(column.value)


def _elements(records: Mapping[str, Record], name: str, length: int) -> Iterator[Raw]:
    """The elements in order; nil where there is none.

    Elements with node executions of their own fill the gaps that ranges left.
    """
    single = {range_of(id)[0]: record[name] for id, record in records.items() if ":" not in id}
    ranges = {range_of(id): record[name] for id, record in records.items() if ":" in id}
    at = 0
    for (start, _), array in sorted(ranges.items()):
        yield from (single.get(index, _NIL) for index in range(at, start))
        at = start
        for element in offload.elements(array):
            yield single.get(at, element)
            at += 1
    yield from (single.get(index, _NIL) for index in range(at, length))


def complete(
    definitions: Definitions, target: Target | Ref, given: dict[str, bytes | Raw]
) -> dict[str, bytes | Raw]:
    """Inputs of an entity with its defaults for what is not given, and what it fixes."""
    interface = definitions.interface(target)
    if len(given) < len(interface.inputs):
        for each in interface.inputs:
            if each.default is not None:
                given.setdefault(each.name, each.default)
    match target:
        case LaunchPlanTarget(name) | Ref("launch_plan", name):
            given.update((each.name, each.value) for each in definitions.launch_plan(name).fixed)
        case _:
            pass
    return given
