# ruff: noqa: UP007, UP045 - the ways in which users write unions
from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal, NewType, Optional, TypedDict, Union
from uuid import UUID

import pytest
from typing_extensions import TypeAliasType

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


class Titled(TypedDict):
    title: str


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


def test_deep_unions_of_every_kind():
    annotation = (
        set[int]
        | list[int | str]
        | dict[str, Decimal | float]
        | tuple[Cat | Dog, ...]
        | Cat
        | Dog
        | Titled
        | Decimal
        | UUID
        | Path
        | complex
        | None
    )
    values = [
        {1},
        [1, "a"],
        {"a": Decimal(1), "b": 1.0},
        (Cat("a"), Dog("a")),
        Cat("a"),
        Dog("a"),
        Decimal(1),
        UUID(int=1),
        Path("a"),
        1j,
        None,
    ]
    bad = [("a", "$"), ([1, None], "$[1]"), ((Cat("a"), 1), "$[1]"), ({"a": "x"}, "$")]
    check_codec(annotation, values, bad)
    codec = codec_for(annotation)
    assert codec.to_wire({"title": "a"}, "$")[0] == f"{__name__}.Titled"


def test_a_union_inside_an_alias_and_a_new_type():
    name = NewType("name", str)
    alias = TypeAliasType("alias", list[name] | set[int])
    check_codec(alias | int, [["a"], {1}, 1], bad=[("a", "$"), ([1], "$[0]")])


def test_plain_json_and_what_it_may_say_are_ambiguous_only_where_both_take_a_value():
    codec = codec_for(list | list[bytes])
    assert unpack(codec, pack(codec, [1])) == [1]
    assert unpack(codec, pack(codec, [b"a"])) == [b"a"]
    with pytest.raises(TypeMismatch, match=r"list and list\[bytes\] take it alike"):
        pack(codec, [])


def test_variants_that_cannot_be_told_apart_say_what_they_have_in_common():
    with pytest.raises(UnsupportedType, match=r"values of each are stored as list\[int\]"):
        codec_for(tuple[int, ...] | list[int])
