# ruff: noqa: UP007, UP045 - the ways in which users write unions
from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Literal, Optional, Union

import pytest

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import INT, NONE, STR, UnionType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


class Color(Enum):
    RED = "red"


@dataclass
class Cat:
    name: str


@dataclass
class Dog:
    name: str


def test_optional():
    check_codec(int | None, [None, 0, 2**64], bad=[("x", "$"), (0.0, "$"), (False, "$")])
    check_codec(Optional[list[int]], [None, []], bad=[([None], "$[0]")])


def test_the_error_for_an_optional_names_both():
    with pytest.raises(TypeMismatch, match=r"expected int \| None, got 'x'"):
        pack(codec_for(int | None), "x")


def test_optional_is_the_bare_value_or_nil():
    codec = codec_for(int | None)
    assert pack(codec, None) == b"\xc0"
    assert pack(codec, 1) == pack(codec_for(int), 1)


def test_each_variant_comes_back_as_itself():
    annotation = Union[int, float, str, bool, list[int], Cat, None]
    values = [1, 1.0, "1", True, [1], Cat("a"), None]
    check_codec(annotation, values, bad=[(b"", "$"), (Dog("a"), "$"), (["x"], "$[0]")])


def test_an_int_for_int_or_float_is_the_int():
    codec = codec_for(float | int)
    assert codec.to_wire(1, "$") == ["int", 1]
    assert codec.to_wire(1.0, "$") == ["float", 1.0]


def test_a_text_for_enum_or_text_is_the_text():
    codec = codec_for(Color | str)
    assert unpack(codec, pack(codec, "red")) == "red"
    assert unpack(codec, pack(codec, Color.RED)) is Color.RED


def test_a_text_for_enum_or_int_is_the_member():
    codec = codec_for(Color | int)
    assert unpack(codec, pack(codec, "red")) is Color.RED


def test_a_literal_counts_as_the_type_of_its_values():
    check_codec(Literal["auto"] | int, ["auto", 3], bad=[("other", "$")])
    assert codec_for(Literal[1] | float).to_wire(1, "$") == ["Literal[1]", 1]


def test_a_value_that_fits_two_variants_is_refused_with_their_names():
    with pytest.raises(TypeMismatch, match=r"list\[int\] and list\[str\] take it alike"):
        pack(codec_for(list[int] | list[str]), [])


def test_the_error_inside_the_one_variant_that_was_meant_is_the_one_told():
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(Cat | int), Cat(1))
    assert caught.value.message == "expected str, got 1 (int) at $.name"


def test_the_order_of_the_variants_does_not_matter():
    assert codec_for(str | int | None).type == codec_for(None | int | str).type
    assert codec_for(str | int | None).type == UnionType((INT, STR, NONE))


def test_variants_that_cannot_be_told_apart_are_refused():
    with pytest.raises(UnsupportedType, match="cannot be told apart"):
        codec_for(Annotated[int, 1] | int)
    with pytest.raises(UnsupportedType, match="cannot be told apart"):
        codec_for(tuple[int, ...] | list[int])


@pytest.mark.parametrize("wire", [1, [], ["int"], ["int", 1, 2], [1, 1], ["int", "x"], {"int": 1}])
def test_a_stored_value_that_is_no_tagged_pair_is_refused(wire: object):
    with pytest.raises(TypeMismatch):
        codec_for(int | str).from_wire(wire, "$")


def test_an_unknown_tag_is_refused_with_the_nearest():
    with pytest.raises(TypeMismatch, match="did you mean int"):
        codec_for(int | str).from_wire(["integer", 1], "$")
