# ruff: noqa: UP007, UP045 - the ways in which users write unions
from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, NewType, Optional, TypeVar, Union

import pytest
from typing_extensions import TypeAliasType

from volery.errors import UnsupportedType
from volery.ir.types import FLOAT, INT, NONE, STR, ListType, UnionType
from volery.testing.conformance.codec import check_codec
from volery.types.registry import codec_for

A = TypeVar("A")
B = TypeVar("B")
UserId = NewType("UserId", int)
AdminId = NewType("AdminId", UserId)
Rows = TypeAliasType("Rows", list[float])
Number = TypeAliasType("Number", int | float)


class Lazy:
    """What a ``type`` statement makes: its right side is looked at when it is asked for."""

    def __repr__(self) -> str:
        return "Lost"

    @property
    def __value__(self) -> object:
        return Nowhere  # noqa: F821 - the mistake


Lazy.__name__ = "TypeAliasType"
Lost = Lazy()


@dataclass
class User:
    id: UserId
    rows: Rows


def test_annotated_means_what_it_annotates():
    check_codec(Annotated[list[Annotated[int, "part"]], {"un": "hashable"}], [[1]], bad=[(1, "$")])


def test_a_new_type_means_its_base():
    check_codec(UserId, [1, 2**70], bad=[("1", "$")])
    check_codec(list[AdminId], [[1]], bad=[(["x"], "$[0]")])
    check_codec(dict[UserId, str], [{1: "a"}])
    assert codec_for(AdminId).type == INT


def test_a_type_statement_means_what_it_names():
    check_codec(Rows, [[1.5]], bad=[([None], "$[0]")])
    check_codec(User, [User(UserId(1), [2.0])], bad=[(User(UserId(1), [None]), "$.rows[0]")])
    assert codec_for(Rows).type == ListType(FLOAT)


@pytest.mark.parametrize(
    "alias", [Number, Annotated[Number, 1], Annotated[int | float, 1], Optional[Number]]
)
def test_an_alias_of_a_union_in_a_union_is_part_of_it(alias: object):
    check_codec(Union[alias, str, None], [1, 1.0, "a", None], bad=[(b"", "$")])
    assert codec_for(Union[alias, str, None]).type == UnionType((FLOAT, INT, STR, NONE))


def test_a_new_type_in_a_union_is_the_variant_of_its_base():
    codec = codec_for(UserId | float)
    assert codec.to_wire(1, "$") == ["int", 1]
    assert codec.to_wire(1.0, "$") == ["float", 1.0]


def test_a_type_statement_that_cannot_be_resolved_is_refused():
    with pytest.raises(UnsupportedType, match="type Lost: name 'Nowhere' is not defined"):
        codec_for(list[Lost])


def test_an_alias_that_stands_for_itself_is_refused():
    looped = TypeAliasType("looped", "looped")
    object.__setattr__(looped, "__value__", list[looped])
    with pytest.raises(UnsupportedType, match="nested too deeply"):
        codec_for(looped)


def test_two_classes_of_one_name_are_told_apart_under_metadata_that_cannot_be_hashed():
    def make() -> type:
        @dataclass
        class Row:
            x: int

        return Row

    first, second = make(), make()
    for cls in (first, second):
        check_codec(Annotated[cls, {}], [cls(1)])


def test_parameters_of_a_type_statement_are_filled_in():
    pair = TypeAliasType("pair", tuple[A, list[B], A], type_params=(B, A))
    same = TypeAliasType("same", A, type_params=(A,))
    assert codec_for(pair[int, str]) is not codec_for(pair[str, int])
    check_codec(pair[int, str], [("a", [1], "b")], bad=[(("a", ["b"], "c"), "$[1][0]")])
    check_codec(same[int], [1], bad=[("a", "$")])
    check_codec(list[same[int]] | None, [[1], None], bad=[(["a"], "$[0]")])
