# ruff: noqa: UP006, UP035 - the names that users still write
from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Collection, Mapping, MutableMapping, MutableSequence, Sequence
from datetime import date
from typing import Any, Dict, List, Literal, Tuple

import pytest
from tests.types.strategies import Color, Point

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import FLOAT
from volery.testing.conformance.codec import check_codec
from volery.types.builtin.mapping import MappingCodec
from volery.types.builtin.sequence import SequenceCodec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


def test_lists_of_numbers():
    bad = [(1, "$"), ((1.0,), "$"), ([1.0, "x"], "$[1]"), ([1.0, True], "$[1]"), ([None], "$[0]")]
    check_codec(list[float], [[], [1.5, -0.0, math.nan], [1, 2], [1, 2.5], [2**70]], bad=bad)
    check_codec(list[int], [[], [1], [-(2**63), 2**64]], bad=[([1, 2.0], "$[1]")])


class Array:
    """An array as numpy gives it."""

    def tolist(self) -> list[int]:
        return [1]


@pytest.mark.parametrize(
    ("annotation", "value", "hint"),
    [
        (list[int], (1,), "pass list(...) of it"),
        (list[int], range(3), "pass list(...) of it"),
        (tuple[int, ...], [1], "pass tuple(...) of it"),
        (list[int], Array(), "pass its .tolist()"),
        (list[int], "ab", None),
        (list[int], None, "declare list[int] | None if it may be missing"),
        (dict[str, int], OrderedDict(a=1), "pass dict(...) of it"),
        (dict[str, int], [("a", 1)], None),
    ],
)
def test_another_collection_gets_the_way_out(annotation: object, value: object, hint: str | None):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(annotation), value)
    assert caught.value.hint == hint


def test_lists_of_text():
    check_codec(list[str], [["a", "ä"]], bad=[(["a", "\udfff"], "$[1]"), ("ab", "$")])


def test_lists_of_optionals():
    check_codec(list[float | None], [[1.0, None, 2]], bad=[([1.0, "x"], "$[1]")])


def test_nested_lists_name_the_whole_path():
    check_codec(list[list[int]], [[[1], []]], bad=[([[1], [2, "x"]], "$[1][1]")])


def test_dicts():
    bad = [
        ({"a": "x"}, "$.a"),
        ({"two words": "x"}, "$['two words']"),
        ({1: 1}, "$[1]"),
        ([], "$"),
        (OrderedDict(a=1), "$"),
        ({"\ud800": 1}, "$['\\ud800']"),
    ]
    check_codec(dict[str, int], [{}, {"b": 1, "a": 2**64}], bad=bad)


def test_dicts_keep_their_order():
    check_codec(dict[str, int], [{"b": 1, "a": 2}, {"a": 2, "b": 1}])


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (dict[int, str], {1: "a", 2**70: "b"}),
        (dict[bool, str], {True: "a"}),
        (dict[float, str], {1.5: "a", 2: "b", math.inf: "c"}),
        (dict[bytes, str], {b"\xff": "a"}),
        (dict[date, str], {date(2024, 1, 1): "a", date(2024, 1, 2): "b"}),
        (dict[Color, list[int]], {Color.RED: [1]}),
        (dict[Literal["a", 1], int], {"a": 1, 1: 2}),
        (dict[None, int], {None: 1}),
    ],
)
def test_every_scalar_can_be_a_key(annotation: object, value: object):
    check_codec(annotation, [value, {}])


def test_keys_that_mean_the_same_are_refused():
    with pytest.raises(TypeMismatch, match="several of its keys mean the same"):
        pack(codec_for(dict[Color, int]), {Color.RED: 1, "red": 2})


@pytest.mark.parametrize("key", [list[int], Point, tuple[int, int], int | str])
def test_other_keys_are_refused(key: object):
    with pytest.raises(UnsupportedType, match="cannot be the key of a dict"):
        codec_for(dict[key, int])


def test_stored_pairs_with_equal_keys_are_refused():
    codec = codec_for(dict[int, int])
    assert codec.from_wire([[1, 2]], "$") == {1: 2}
    with pytest.raises(TypeMismatch, match="mean the same"):
        codec.from_wire([[1, 2], [1, 3]], "$")
    with pytest.raises(TypeMismatch):
        codec.from_wire([[1, 2, 3]], "$")


def test_tuples_of_a_fixed_length():
    bad = [((1,), "$"), ((1, "a", 2), "$"), ((1, 2), "$[1]"), ([1, "a"], "$")]
    check_codec(tuple[int, str], [(1, "a")], bad=bad)
    check_codec(tuple[()], [()], bad=[((1,), "$")])


def test_the_error_for_a_wrong_length_says_both_lengths():
    with pytest.raises(TypeMismatch, match="it takes 2 elements, this one has 3"):
        pack(codec_for(tuple[int, str]), (1, "a", 2))


def test_tuples_of_any_length():
    bad = [([1], "$"), ((1, "x"), "$[1]")]
    check_codec(tuple[int, ...], [(), (1, 2, 3)], bad=bad)
    with pytest.raises(TypeMismatch, match=r"expected tuple\[int, ...\], got \[1\]"):
        pack(codec_for(tuple[int, ...]), [1])


def test_abstract_and_old_names_mean_list_dict_and_tuple():
    for annotation in (Sequence[int], MutableSequence[int], List[int]):
        check_codec(annotation, [[1]], bad=[((1,), "$")])
    for annotation in (Mapping[str, int], MutableMapping[str, int], Dict[str, int]):
        check_codec(annotation, [{"a": 1}])
    check_codec(Tuple[int, str], [(1, "a")])
    check_codec(Tuple[()], [()])


class Untouched:
    """An element codec that says that everything is plain, and translates nothing."""

    type = FLOAT

    def plain(self, values: Collection[Any]) -> bool:
        return True

    def to_wire(self, value: Any, path: str) -> Any:
        raise AssertionError(path)

    from_wire = to_wire


def test_plain_elements_are_handed_on_without_a_walk():
    for codec, value in (
        (SequenceCodec(list, Untouched()), [1.5]),
        (MappingCodec(codec_for(str), Untouched()), {"a": 1.5}),
    ):
        assert unpack(codec, pack(codec, value)) == value
