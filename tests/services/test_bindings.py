from __future__ import annotations

import pytest

from volery.errors import TypeMismatch
from volery.ir.bindings import (
    Cast,
    Constant,
    Entry,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
)
from volery.ir.types import INT, NONE, STR, UnionType
from volery.ir.values import DATE, Ext, Raw, comparable, join_map, pack, unpack
from volery.services.bindings import resolve

INPUTS = {"x": Raw(pack({"a": [10, 20], "b": None})), "n": Raw(pack(7))}


def outputs(node: str) -> dict[str, Raw]:
    return {"o0": Raw(pack([f"of {node}"]))}


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        (Constant(pack(1)), 1),
        (InputRef("n"), 7),
        (InputRef("x", ("a", 1)), 20),
        (InputRef("x", ("b",)), None),
        (OutputRef("n1", "o0"), ["of n1"]),
        (OutputRef("n1", "o0", (0,)), "of n1"),
        (ListBinding((InputRef("n"), Constant(pack(2)))), [7, 2]),
        (MapBinding((Entry(pack("k"), InputRef("n")),)), {"k": 7}),
        (MapBinding(tuple(Entry(pack(n), Constant(pack(n))) for n in range(20))),
         {n: n for n in range(20)}),
        (Cast(InputRef("n"), INT, UnionType((INT, STR, NONE))), ["int", 7]),
    ],
)  # fmt: skip
def test_bindings_resolve(binding, expected):
    assert unpack(resolve(binding, INPUTS, outputs)) == expected


@pytest.mark.parametrize(
    ("binding", "text"),
    [
        (InputRef("x", ("c",)), "x['c'] does not exist: the keys are 'a', 'b'"),
        (InputRef("x", ("a", 2)), "x['a'][2] does not exist: the list has 2 elements"),
        (InputRef("n", ("a",)), "n['a'] does not exist: there is nothing inside"),
    ],
)
def test_a_part_that_is_not_there_is_named(binding, text):
    with pytest.raises(TypeMismatch) as caught:
        resolve(binding, INPUTS, outputs)
    assert str(caught.value) == text
    assert caught.value.code == "MissingPart"


def test_large_maps_are_joined():
    pairs = [(pack(n), pack(n)) for n in range(70_000)]
    assert unpack(join_map(pairs)) == {n: n for n in range(70_000)}


def test_a_map_with_extensions_for_keys_is_joined_as_pairs():
    key = pack(Ext(DATE, b"2026-01-01"))
    assert unpack(join_map([(key, pack(1))])) == [[Ext(DATE, b"2026-01-01"), 1]]


@pytest.mark.parametrize("wire", [[1], {"a": 1}, Ext(99, b"")])
def test_only_scalars_compare(wire):
    with pytest.raises(ValueError, match="compare"):
        comparable(wire)
