"""What a value is when it has gone along an edge, from a codec through a cast to another codec."""
# ruff: noqa: UP007, UP042 - unions of types in variables, and an enum as users write it

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum, IntEnum
from typing import Any, Union

import pytest
from hypothesis import given, strategies as st
from tests.types.strategies import FLOATS, TEXTS, Point, Span, Typed, annotated_values

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.assign import refusal
from volery.ir.cast import cast_wire, needs_cast
from volery.ir.values import Ext, pack as pack_wire, unpack as unpack_wire
from volery.testing.conformance.same import fields_of, is_same
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Mode(str, Enum):
    FAST = "fast"
    SLOW = "slow"


def version(value: Any, mode: Any) -> Any:
    """A class Node with these types of its fields."""
    children = ("children", "list[Node]", dataclasses.field(default_factory=list))
    fields = [("value", value), ("mode", mode), children]
    return dataclasses.make_dataclass("Node", fields, namespace={"__module__": __name__})


Older = version(int, Mode)
Newer = version(float, Union[str, int, None])
NODES = st.recursive(
    st.builds(Older, st.integers(), st.sampled_from(Mode), st.just([])),
    lambda inner: st.builds(
        Older, st.integers(), st.sampled_from(Mode), st.lists(inner, max_size=2)
    ),
    max_leaves=4,
)
EDGES: list[tuple[Typed, Any]] = [
    ((int, st.integers()), int),
    ((int, st.integers()), float),
    ((float, FLOATS), float),
    ((str, TEXTS), str),
    ((Mode, st.sampled_from(Mode)), str),
    ((Level, st.sampled_from(Level)), int),
    ((Level, st.sampled_from(Level)), float),
    ((Span, st.builds(Span, st.integers(), st.none() | st.integers())), Span),
    ((Older, NODES), Newer),
    ((tuple[int, int], st.tuples(st.integers(), st.integers())), list[float]),
    ((None, st.none()), None),
]
"""Types with their values, each with a type that takes them."""


def _lists(edge: tuple[Typed, Any]) -> tuple[Typed, Any]:
    (source, values), target = edge
    return (list[source], st.lists(values, max_size=3)), list[target]


def _dicts(edge: tuple[Typed, Any]) -> tuple[Typed, Any]:
    (source, values), target = edge
    entries = st.dictionaries(st.sampled_from(Mode), values, max_size=2)
    return (dict[Mode, source], entries), dict[str, target]


def _tuples(edge: tuple[Typed, Any]) -> tuple[Typed, Any]:
    (source, values), target = edge
    return (tuple[source, int], st.tuples(values, st.integers())), tuple[target, float]


def _optional(edge: tuple[Typed, Any]) -> tuple[Typed, Any]:
    (source, values), target = edge
    return (Union[source, None], st.none() | values), Union[target, None]


def _wider(edge: tuple[Typed, Any]) -> tuple[Typed, Any]:
    return edge[0], Union[edge[1], bytes, None]


def _either(edge: tuple[Typed, Any]) -> tuple[Typed, Any]:
    (source, values), target = edge
    return (Union[source, bool], values | st.booleans()), Union[bool, target, bytes]


def _records(edge: tuple[Typed, Any]) -> tuple[Typed, Any]:
    (source, values), target = edge
    made = dataclasses.make_dataclass("Made", [("part", source)])
    other = dataclasses.make_dataclass("Made", [("part", target)])
    return (made, st.builds(made, part=values)), other


LAYERS: list[Callable[[tuple[Typed, Any]], tuple[Typed, Any]]] = [
    _lists,
    _dicts,
    _tuples,
    _optional,
    _wider,
    _either,
    _records,
]


@st.composite
def edges(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """A type, one that takes its values, and a value."""
    edge = draw(st.sampled_from(EDGES))
    for layer in draw(st.lists(st.sampled_from(LAYERS), max_size=4)):
        edge = layer(edge)
    (source, values), target = edge
    return source, target, draw(values)


def meaning(value: object) -> object:
    """A value without what an edge may change: versions of records, enums, classes of arrays."""
    match value:
        case Enum():
            return value.value
        case dict():
            return {meaning(key): meaning(each) for key, each in value.items()}
        case tuple() if hasattr(value, "_fields"):
            return {name: meaning(getattr(value, name)) for name in value._fields}
        case list() | tuple():
            return [meaning(each) for each in value]
        case set() | frozenset():
            return sorted(map(meaning, value), key=repr)
        case _:
            names = fields_of(type(value))
            if names is None:
                return value
            return {name: meaning(getattr(value, name)) for name in names}


def along(value: Any, source: Any, target: Any) -> Any:
    """What arrives of a value, as it is when a workflow runs."""
    given, taken = codec_for(source), codec_for(target)
    assert refusal(given.type, taken.type) is None
    data = pack(given, value)
    if needs_cast(given.type, taken.type):
        data = pack_wire(cast_wire(unpack_wire(data), given.type, taken.type))
    return unpack(taken, data)


@given(edges())
def test_what_arrives_is_what_was_sent(case: tuple[Any, Any, Any]):
    source, target, value = case
    assert is_same(meaning(along(value, source, target)), meaning(value))


@given(annotated_values(), annotated_values())
def test_what_is_assignable_lets_every_value_through(sent: tuple[Any, Any], other: tuple[Any, Any]):
    source, value = sent
    for target in (Union[source, None], other[0], Union[source, other[0]]):
        if _is_assignable(source, target):
            assert is_same(meaning(along(value, source, target)), meaning(value))


def _is_assignable(source: Any, target: Any) -> bool:
    try:
        return refusal(codec_for(source).type, codec_for(target).type) is None
    except UnsupportedType:  # variants that cannot be told apart
        return False


def test_a_record_loses_nothing_on_the_way_to_another_version_of_its_class():
    node = Older(2**70, Mode.SLOW, [Older(1, Mode.FAST)])
    assert along(node, Older, Newer) == Newer(2**70, "slow", [Newer(1, "fast")])
    assert along(Point(1.0), Point, Point | None) == Point(1.0)


def test_an_extension_of_a_newer_version_is_named():
    packed = pack_wire([1, Ext(99, b"new")])
    with pytest.raises(TypeMismatch, match="newer Volery wrote extension 99") as caught:
        unpack(codec_for(list[int]), packed)
    assert caught.value.path == "$[1]"
