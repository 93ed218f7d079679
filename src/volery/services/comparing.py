"""Comparing: two executions side by side, and what tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Literal

import msgspec

from volery.data.current import using
from volery.data.identity import identity
from volery.errors import StorageError
from volery.ids import ROOT
from volery.ir.failure import Failure
from volery.ir.values import EMPTY, Raw, split_record
from volery.services import shown
from volery.services.differing import spec_lines
from volery.services.sight import Sight, child_of
from volery.store.base import ExecutionRecord, NodeRecord
from volery.types.written.showing import cut
from volery.wire.access import Identity
from volery.wire.comparisons import (
    Comparison,
    ComparisonQuery,
    Difference,
    NodeSide,
    PairedNode,
    PairedValue,
)
from volery.wire.executions import NodeFilter, Values
from volery.wire.page import MOST

MOST_DIFFERENCES = 100
"""So many are told, and so many lines about specs..."""
MOST_SPEC_LINES = 5
"""... of which so many are among the differences."""
SHOWN = 200
"""Characters of a value that is told in a line."""

Side = Literal["inputs", "outputs"]
Pair = tuple[ExecutionRecord, ExecutionRecord]


class Comparing:
    """See the module's text. Any thread may use it.

    Args:
        sight: what they may see.
    """

    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def compare(self, who: Identity, query: ComparisonQuery, limit: int, cursor: str) -> Comparison:
        """See `Views.compare`. The cursor is a path."""
        pair = self._sight.record(who, query.left), self._sight.record(who, query.right)
        left, right = map(self._sight.shown, pair)
        inputs, outputs = self._values(pair, "inputs"), self._values(pair, "outputs")
        spec = tuple(islice(self._spec_lines(pair), MOST_DIFFERENCES))
        nodes, last = self._nodes(pair, query.scope, min(limit, MOST), cursor)
        found = chain(
            _of_entities(pair),
            (Difference("spec", each, "", "") for each in spec[:MOST_SPEC_LINES]),
            _of_values("inputs", inputs),
            _of_ends(pair),
            _of_nodes(nodes),
            _of_values("outputs", outputs),
        )
        differences = tuple(islice(found, MOST_DIFFERENCES))
        return Comparison(left, right, differences, inputs, outputs, spec, nodes, last)

    # -- values ---------------------------------------------------------------------------

    def _values(self, pair: Pair, side: Side) -> tuple[PairedValue, ...]:
        """The inputs, or the outputs, of both."""
        left, right = (self._read(record, side) for record in pair)
        names = dict.fromkeys((*left.values, *right.values))
        with using(self._sight.storage_of(pair[0])):
            one, other = _identities(left), _identities(right)
        return tuple(
            PairedValue(
                name=name,
                same=one.get(name) == other.get(name),
                left=left.values.get(name),
                right=right.values.get(name),
                left_type=left.types.get(name, ""),
                right_type=right.types.get(name, ""),
            )
            for name in names
        )

    def _read(self, record: ExecutionRecord, side: Side) -> Values:
        store, interface = self._sight.store, self._sight.interface(record)
        if side == "inputs":
            types = shown.input_types(interface)
            return shown.values(types, store.scope_inputs(record.id, ROOT))
        types = shown.output_types(interface)
        return shown.values(types, store.outputs(record.id, [ROOT]).get(ROOT, EMPTY))

    # -- what was run ---------------------------------------------------------------------

    def _spec_lines(self, pair: Pair) -> Iterator[str]:
        left, right = pair
        if left.bundle == right.bundle or left.entity != right.entity:
            return iter(())
        before, now = (self._sight.definitions(each.bundle).bundle for each in pair)
        return spec_lines(before, now, left.entity)

    def _nodes(
        self, pair: Pair, scope: str, limit: int, after: str
    ) -> tuple[tuple[PairedNode, ...], str | None]:
        """Node executions of a scope, paired by path; and the path to go on from."""
        where = NodeFilter(scope=scope)
        left, right = (
            {node.path: node for node in self._sight.search.nodes(each.id, where, after, limit + 1)}
            for each in pair
        )
        paths = sorted({*left, *right}, key=str.encode)  # as databases order them
        contexts = self._sight.contexts()
        page: list[PairedNode] = []
        for path in paths[:limit]:
            node = left.get(path) or right[path]
            id = pair[0].id if path in left else pair[1].id
            name = shown.name_of(child_of(contexts, id, path))
            sides = _side(left.get(path)), _side(right.get(path))
            page.append(PairedNode(path, node.kind, name, *sides))
        return tuple(page), paths[limit - 1] if len(paths) > limit else None


def _identities(values: Values) -> dict[str, str | bytes]:
    """What each value means; where that cannot be had, the value itself."""
    return {name: _identity(value) for name, value in split_record(values.record).items()}


def _identity(value: Raw) -> str | bytes:
    try:
        return identity(value)
    except StorageError:
        return bytes(value)


def _side(node: NodeRecord | None) -> NodeSide | None:
    if node is None:
        return None
    reused = node.reuse is not None
    return NodeSide(str(node.phase), node.created, node.ended, node.attempt, reused)


# -- differences --------------------------------------------------------------------------------


def _of_entities(pair: Pair) -> Iterator[Difference]:
    left, right = pair
    if left.entity != right.entity:
        names = (f"{each.entity.kind.replace('_', ' ')} {each.entity.name}" for each in pair)
        yield Difference("entity", "", *names)
    elif (left.version, left.bundle) != (right.version, right.bundle):
        versions = (shown.key_of(each, each.entity).version or each.bundle for each in pair)
        yield Difference("version", "", *versions)


def _of_values(side: Side, values: Iterable[PairedValue]) -> Iterator[Difference]:
    for each in values:
        if not each.same:
            left = _told(each.left) if each.left_type else ""
            right = _told(each.right) if each.right_type else ""
            yield Difference(side, each.name, left, right)


def _told(value: Any) -> str:
    return cut(msgspec.json.encode(value).decode(), SHOWN)


def _of_ends(pair: Pair) -> Iterator[Difference]:
    left, right = pair
    if left.phase != right.phase:
        yield Difference("phase", "", str(left.phase), str(right.phase))
    failures = tuple(_failed(each.failure) for each in pair)
    if failures[0] != failures[1]:
        yield Difference("failure", "", *failures)


def _failed(failure: Failure | None) -> str:
    return "" if failure is None else cut(f"{failure.code}: {failure.message}", SHOWN)


def _of_nodes(nodes: Iterable[PairedNode]) -> Iterator[Difference]:
    for each in nodes:
        left, right = (side.phase if side else "" for side in (each.left, each.right))
        if left != right:
            yield Difference("node", each.path, left, right)
