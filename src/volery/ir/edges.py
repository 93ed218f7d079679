"""Edges: whether what a binding gives fits where it is bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from volery.errors import NotFound, suggest
from volery.ir.assign import laid_out, refusal, way_out
from volery.ir.bindings import (
    Binding,
    Cast,
    Constant,
    Entry,
    FailureRef,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
)
from volery.ir.cast import needs_cast
from volery.ir.typed_graph import TypedGraph, binding_type
from volery.ir.types import (
    NONE,
    STR,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    RecordType,
    TupleType,
    UnionType,
    is_tagged,
    show,
    unfold,
)
from volery.ir.values import unpack

_LIST: Final = ListType(JsonType())
_DICT: Final = MapType(STR, JsonType())
"""Lists and dicts that are made of bindings, as far as their type shows by itself."""


class Obstacle(msgspec.Struct, frozen=True):
    """Why a binding does not fit, the part of it whose fault that is, and what to do about it."""

    reason: str
    binding: Binding
    hint: str | None = None


class Edges:
    """Finds the obstacles of bindings, and remembers what it learnt about pairs of types."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[LiteralType, LiteralType], str | None] = {}

    def obstacles(
        self, binding: Binding, expected: LiteralType | None, graph: TypedGraph
    ) -> Iterator[Obstacle]:
        """What keeps a binding from going where a type is expected (None: where anything goes)."""
        match binding:
            case Constant():
                return
            case ListBinding(items):
                yield from self._list(binding, items, expected, graph)
            case MapBinding(items):
                yield from self._map(binding, items, expected, graph)
            case Cast(inner, source, target):
                yield from self.obstacles(inner, source, graph)
                reason = refusal(source, target)
                if reason is not None:
                    yield Obstacle(reason, binding, way_out(source, target))
                else:
                    yield from self._misfit(binding, target, expected)
            case InputRef() | OutputRef() | FailureRef():
                try:
                    source = binding_type(binding, graph)
                except NotFound as error:
                    yield Obstacle(error.message, binding, error.hint)
                else:
                    yield from self._misfit(binding, source, expected)

    def _misfit(
        self, binding: Binding, source: LiteralType | None, target: LiteralType | None
    ) -> Iterator[Obstacle]:
        if source is None or target is None or source is target:
            return
        pair = source, target
        if pair not in self._reasons:
            self._reasons[pair] = refusal(source, target) or _missing_cast(source, target)
        reason = self._reasons[pair]
        if reason is not None:
            yield Obstacle(reason, binding, way_out(source, target))

    def _list(
        self,
        binding: Binding,
        items: Sequence[Binding],
        expected: LiteralType | None,
        graph: TypedGraph,
    ) -> Iterator[Obstacle]:
        match _bare(expected, _LIST):
            case None:
                kinds: Sequence[LiteralType | None] = [None] * len(items)
            case ListType(element):
                kinds = [element] * len(items)
            case TupleType(elements) if len(elements) == len(items):
                kinds = elements
            case other:
                reason = f"expected {show(other)}, got a list of {len(items)}"
                yield Obstacle(reason, binding, way_out(_LIST, other))
                return
        for index, (item, kind) in enumerate(zip(items, kinds, strict=True)):
            yield from self._within(f"element {index}", item, kind, graph)

    def _map(
        self,
        binding: Binding,
        entries: Sequence[Entry],
        expected: LiteralType | None,
        graph: TypedGraph,
    ) -> Iterator[Obstacle]:
        match _bare(expected, _DICT):
            case None:
                for each in entries:
                    yield from self.obstacles(each.value, None, graph)
            case MapType(_, value):
                for each in entries:
                    part = f"the value of {unpack(each.key)!r}"
                    yield from self._within(part, each.value, value, graph)
            case RecordType() as record:
                yield from self._record(binding, entries, record, graph)
            case other:
                yield Obstacle(f"expected {show(other)}, got a dict", binding)

    def _record(
        self, binding: Binding, entries: Sequence[Entry], record: RecordType, graph: TypedGraph
    ) -> Iterator[Obstacle]:
        fields = {each.name: each for each in unfold(record)}
        given = {str(unpack(each.key)): each.value for each in entries}
        for name, value in given.items():
            if name in fields:
                yield from self._within(f"field {name}", value, fields[name].type, graph)
            else:
                reason = f"{show(record)} has no field {name}"
                yield Obstacle(reason, binding, suggest(name, fields))
        for name, field in fields.items():
            if field.required and name not in given:
                yield Obstacle(f"expected {show(record)}: field {name} is missing", binding)

    def _within(
        self, part: str, binding: Binding, expected: LiteralType | None, graph: TypedGraph
    ) -> Iterator[Obstacle]:
        for each in self.obstacles(binding, expected, graph):
            yield Obstacle(f"in {part}: {each.reason}", each.binding, each.hint)


def _bare(expected: LiteralType | None, given: LiteralType) -> LiteralType | None:
    """The one type that a list or dict can be of where None is possible too, or JSON is."""
    match expected:
        case UnionType() if not is_tagged(expected):
            only = next((each for each in expected.variants if each != NONE), NONE)
            return _bare(only, given)
        case JsonType():
            return laid_out(expected, given)
        case _:
            return expected


def _missing_cast(source: LiteralType, target: LiteralType) -> str | None:
    if not needs_cast(source, target):
        return None
    return f"{show(source)} has to be cast on its way to {show(target)}"
