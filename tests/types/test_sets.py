from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import MutableSet, Sequence, Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import pytest
from tests.types.strategies import Color, Point, Share

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import INT, SetType
from volery.ir.values import DECIMAL, Ext
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


@dataclass(frozen=True)
class Holder:
    parts: list[int]


def test_sets_come_back_as_sets():
    bad = [([1], "$"), (frozenset({1}), "$"), ({1, "x"}, "$['x']"), (None, "$")]
    check_codec(set[int], [set(), {1, -5, 2**80}], bad=bad, golden=[({3, 1, 300}, "930103cd012c")])
    assert codec_for(set[int]).type == SetType(INT)


def test_frozensets_come_back_as_frozensets():
    check_codec(frozenset[str], [frozenset(), frozenset({"a", "ä"})], bad=[({"a"}, "$")])


def test_abstract_names_mean_set():
    for annotation in (AbstractSet[int], MutableSet[int]):
        check_codec(annotation, [{1}], bad=[(frozenset({1}), "$")])


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (set[tuple[int, str | None]], {(1, "a"), (2, None)}),
        (set[frozenset[int]], {frozenset({1}), frozenset()}),
        (set[Point], {Point(1.0), Point(2.0)}),
        (set[Color], set(Color)),
        (set[Decimal], {Decimal("1.10"), Decimal("NaN")}),
        (set[Literal["a", 1]], {"a", 1}),
        (set[int | str | None], {1, "1", None}),
        (set[tuple[int, ...]], {(), (1, 2)}),
    ],
)
def test_whatever_has_a_hash_can_be_an_element(annotation: object, value: object):
    check_codec(annotation, [value])


@pytest.mark.parametrize(
    "element",
    [list[int], dict[str, int], set[int], Share, tuple[list[int], int], Sequence[int], dict],
)
def test_an_element_without_a_hash_is_refused(element: object):
    with pytest.raises(UnsupportedType, match="cannot be the element of a set"):
        codec_for(set[element])


def test_equal_sets_have_equal_bytes_in_every_process():
    program = (
        "from volery.types.packing import pack; from volery.types.registry import codec_for; "
        "print(pack(codec_for(set[str]), {'b', 'a', 'c', 'dd'}).hex())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            text=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert seen == {"94a161a162a163a26464\n"}


def test_elements_that_mean_the_same_are_refused():
    with pytest.raises(TypeMismatch, match="several of its elements mean the same"):
        pack(codec_for(set[Color]), {Color.RED, "red"})
    with pytest.raises(TypeMismatch, match="several of its elements mean the same"):
        codec_for(set[int]).from_wire([1, 1], "$")


def test_stored_elements_that_have_no_hash_are_refused():
    with pytest.raises(TypeMismatch, match="unhashable"):
        codec_for(set[Holder]).from_wire([{"parts": [1]}], "$")
    with pytest.raises(TypeMismatch, match="hash"):
        codec_for(set[Decimal]).from_wire([Ext(DECIMAL, b"sNaN")], "$")


def test_a_list_gets_the_way_out():
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(set[int]), [1])
    assert caught.value.hint == "pass set(...) of it"


def test_a_union_tells_sets_from_lists():
    codec = codec_for(set[int] | list[int])
    assert unpack(codec, pack(codec, {1})) == {1}
    assert unpack(codec, pack(codec, [1])) == [1]
    with pytest.raises(UnsupportedType, match=r"cannot be told apart: .* stored as set\[int\]"):
        codec_for(set[int] | frozenset[int])
