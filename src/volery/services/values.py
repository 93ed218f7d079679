"""Inputs and outputs of scopes and their children, made from what the store keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from heapq import merge

from volery.data import offload
from volery.engine.definitions import (
    Definitions,
    MapDefinition,
)
from volery.engine.model import HANDLER, Finish, Phase, ScopeState
from volery.ids import join, range_of
from volery.ir.bindings import Binding, Bound, OutputRef, references
from volery.ir.failure import Failure
from volery.ir.nodes import LaunchPlanTarget, Target
from volery.ir.ref import Ref
from volery.ir.values import (
    EMPTY,
    NIL,
    Raw,
    Wire,
    comparable,
    is_scalar,
    join_record,
    split_record,
)
from volery.services.bindings import Record, resolve
from volery.services.context import Child, Context
from volery.store.base import Store

Cut = Callable[[int, int | None], bytes | Raw]
"""Takes a list apart: given start and end a range of it, without end one element."""

_NIL = Raw(NIL)

THERE = object()
"""What is not None and no scalar."""

KEPT_BYTES = 32 * 1024 * 1024
"""How much output is kept at hand, so that a value is not read again for every reader."""
PAGE = 64
"""Output records of a map's children that are read at a time."""

Pending = Mapping[str, bytes]
"""Output records of children that succeed with the plan under way, by id."""

NOTHING_PENDING: Pending = {}


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

    def fetch(
        self,
        execution: str,
        path: str,
        bindings: Iterable[Binding],
        pending: Pending = NOTHING_PENDING,
    ) -> None:
        """Read the outputs that bindings of a scope refer to, at once."""
        nodes = {
            reference.node
            for binding in bindings
            for reference in references(binding)
            if isinstance(reference, OutputRef)
        }
        nodes.difference_update(pending)
        if nodes:
            self._outputs.fetch(execution, [join(path, node) for node in nodes])

    def of(
        self,
        context: Context,
        path: str,
        binding: Binding,
        pending: Pending = NOTHING_PENDING,
        failure: Wire = None,
    ) -> bytes | Raw:
        """The value of a binding in a scope."""
        execution = context.execution.id

        def outputs(node: str) -> Record:
            if node in pending:
                return split_record(pending[node])
            return self._outputs.get(execution, join(path, node))

        return resolve(binding, context.inputs, outputs, failure)

    def inputs(
        self,
        context: Context,
        path: str,
        state: ScopeState,
        id: str,
        child: Child,
        *,
        pending: Pending = NOTHING_PENDING,
    ) -> dict[str, bytes | Raw]:
        """The inputs of a child of the scope at `path`, which has decided `state`."""
        if child.call is not None:
            return dict(split_record(child.call.inputs))
        if child.node is None:
            return self.elements(context, path, id, child)
        failure = _told(state.handled, context.execution.id) if id == HANDLER else None
        given = {
            bound.name: self.of(context, path, bound.binding, pending, failure)
            for bound in child.node.inputs
        }
        return complete(child.definitions, child.node.target, given)

    def elements(
        self, context: Context, path: str, id: str, child: Child
    ) -> dict[str, bytes | Raw]:
        """The inputs of a child of a map: an element of each list, or a part of it for a range."""
        definition = context.definition
        if not isinstance(definition, MapDefinition):
            raise TypeError(f"{path} is no map")
        if self._lists[0] is not context:
            lists = {name: offload.ranges(context.inputs[name]) for name in definition.target.over}
            self._lists = (context, lists)
        start, end = range_of(id)
        given: dict[str, bytes | Raw] = dict(context.inputs)
        for name, cut in self._lists[1].items():
            given[name] = cut(start, end if ":" in id else None)
        return complete(child.definitions, definition.target.target, given)

    def finished(
        self,
        context: Context,
        path: str,
        state: ScopeState,
        finish: Finish,
        pending: Pending = NOTHING_PENDING,
    ) -> bytes | None:
        """The output record of a scope that ends, or None when it has none to give."""
        if finish.phase is not Phase.SUCCEEDED:
            return None
        if isinstance(context.definition, MapDefinition):
            return self._gather(context, path, context.definition, state.length or 0, pending)
        return self.given(context, path, finish.outputs, pending)

    def given(
        self,
        context: Context,
        path: str,
        outputs: tuple[Bound, ...],
        pending: Pending = NOTHING_PENDING,
    ) -> bytes:
        """A record of values that are bound in a scope."""
        if not outputs:
            return EMPTY
        self.fetch(context.execution.id, path, (each.binding for each in outputs), pending)
        return join_record(
            {each.name: self.of(context, path, each.binding, pending) for each in outputs}
        )

    def known(
        self,
        context: Context,
        path: str,
        wants: tuple[Binding, ...],
        pending: Pending = NOTHING_PENDING,
    ) -> dict[Binding, object]:
        """Answers to a plan's wants: for a map lengths, else scalars."""
        self.fetch(context.execution.id, path, wants, pending)
        values = {binding: self.of(context, path, binding, pending) for binding in wants}
        if isinstance(context.definition, MapDefinition):
            return {binding: offload.length(value) for binding, value in values.items()}
        return {binding: _compared(value) for binding, value in values.items()}

    def _gather(
        self,
        context: Context,
        path: str,
        definition: MapDefinition,
        length: int,
        pending: Pending,
    ) -> bytes:
        """The lists that a map gives back; failed elements leave nil."""
        execution = context.execution.id
        interface = context.definitions.interface(definition.target.target)
        names = [each.name for each in interface.outputs]
        with ExitStack() as stack:
            columns = [stack.enter_context(offload.ArrayBuilder()) for _ in names]
            for elements in _elements(self._children(execution, path, pending), names, length):
                for column, part in zip(columns, elements, strict=True):
                    column.extend(part)
        values = (offload.pack(column.value) for column in columns)
        return join_record(dict(zip(names, values, strict=True)))

    def _children(
        self, execution: str, path: str, pending: Pending
    ) -> Iterator[tuple[int, int | None, Record]]:
        """Output records of a map's children by their first elements; end None: of one element."""
        stored = self._pages(execution, path)
        fresh = iter(sorted(pending.items(), key=lambda entry: range_of(entry[0])[0]))
        for id, record in merge(stored, fresh, key=lambda entry: range_of(entry[0])[0]):
            start, end = range_of(id)
            yield start, end if ":" in id else None, split_record(record)

    def _pages(self, execution: str, path: str) -> Iterator[tuple[str, bytes]]:
        after = ""
        while page := self._store.children_outputs(execution, path, after, PAGE):
            yield from page
            after = page[-1][0]


def _compared(value: bytes | Raw) -> object:
    """A scalar as it compares. Of anything else a condition asks only whether it is there."""
    if offload.is_array(value):
        return THERE
    wire = offload.unpack(value)
    return comparable(wire) if is_scalar(wire) else THERE


def _told(failure: Failure | None, execution: str) -> Wire:
    """A failure as the `WorkflowFailure` that a failure handler is given."""
    if failure is None:
        return None
    return {
        "message": failure.message,
        "failed_node_id": failure.path,
        "code": failure.code,
        "kind": failure.kind,
        "execution_id": failure.execution or execution,
    }


def _elements(
    children: Iterator[tuple[int, int | None, Record]], names: list[str], length: int
) -> Iterator[list[list[Raw]]]:
    """The elements in order, piece by piece, a list for each name; nil where there is none.

    Elements with node executions of their own come after the range that they lie in, if that has
    outputs, and take the place of what it has for them; others fill the gaps between ranges.
    """
    at = 0
    part: list[list[Raw]] = [[] for _ in names]
    for start, end, record in children:
        if start >= at + _long(part):
            yield part
            at += _long(part)
            yield [[_NIL] * (start - at) for _ in names]
            at = start
            part = [
                [record[name]] if end is None else list(offload.elements(record[name]))
                for name in names
            ]
        else:
            for column, name in zip(part, names, strict=True):
                column[start - at] = record[name]
    yield part
    yield [[_NIL] * (length - at - _long(part)) for _ in names]


def _long(part: list[list[Raw]]) -> int:
    return len(part[0]) if part else 0  # a task without outputs has no column


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
