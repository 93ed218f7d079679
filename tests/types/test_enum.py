from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum, auto

import pytest

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import EnumMember, EnumType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


class Color(Enum):
    RED = "red"
    BLUE = "blue"
    CRIMSON = "red"  # noqa: PIE796 - an alias


class Crossed(Enum):
    A = "B"
    B = "A"
    C = "C"


class Mixed(Enum):
    ONE = 1
    LIST = (1, 2)
    HUGE = 2**80
    NAN = float("nan")


class Level(IntEnum):
    LOW = 1


class Mode(Flag):
    READ = 1


class Empty(Enum):
    pass


def test_members_come_back_as_members():
    check_codec(Color, [Color.RED, Color.BLUE], bad=[("green", "$"), (1, "$"), (Level.LOW, "$")])
    check_codec(Mixed, list(Mixed), bad=[(1, "$")])
    check_codec(Level, [Level.LOW], bad=[(1, "$")])


def test_the_type_lists_the_members_with_their_scalar_values():
    assert codec_for(Mixed).type == EnumType(
        f"{__name__}.Mixed",
        (EnumMember("ONE", 1), EnumMember("LIST"), EnumMember("HUGE"), EnumMember("NAN")),
    )


@pytest.mark.parametrize("word", ["red", "RED"])
def test_the_name_or_the_value_of_a_member_means_the_member(word: str):
    codec = codec_for(Color)
    assert unpack(codec, pack(codec, word)) is Color.RED


def test_a_text_that_means_two_members_is_refused():
    codec = codec_for(Crossed)
    with pytest.raises(TypeMismatch, match="it may mean A or B: pass the member"):
        pack(codec, "A")
    assert unpack(codec, pack(codec, "C")) is Crossed.C


def test_a_wrong_text_gets_the_nearest_ones():
    with pytest.raises(TypeMismatch, match="did you mean blue"):
        pack(codec_for(Color), "bleu")


def test_a_stored_name_that_the_enum_no_longer_has_is_refused():
    with pytest.raises(TypeMismatch, match="expected Color, got 'GREEN'"):
        codec_for(Color).from_wire("GREEN", "$")


def test_an_enum_without_members_is_refused():
    with pytest.raises(UnsupportedType, match="has no members"):
        codec_for(Empty)


def test_a_flag_is_refused_with_the_way_out():
    with pytest.raises(UnsupportedType, match="declare int"):
        codec_for(Mode)


@dataclass(frozen=True)
class Shape:
    corners: int


class Form(Enum):
    TRIANGLE = Shape(3)
    SQUARE = Shape(4)


class Planet(Shape, Enum):
    EARTH = 0


class Thing(Enum):
    NOTHING = None
    LIST = [1, 2]  # noqa: RUF012 - an object that has no hash
    EXACT = Decimal("1.5")


class Step(Enum):
    FIRST = auto()
    SECOND = auto()


class Word(StrEnum):
    FAST = auto()
    SLOW = "very slow"


def test_members_may_have_values_of_any_type():
    for enum in (Form, Planet, Thing, Step, Word):
        check_codec(enum, list(enum), bad=[(None, "$"), (3, "$"), (Shape(3), "$")])
    assert codec_for(Form).type.members == (EnumMember("TRIANGLE"), EnumMember("SQUARE"))


def test_an_alias_comes_back_as_the_member_that_it_names():
    codec = codec_for(Color)
    assert pack(codec, Color.CRIMSON) == pack(codec, Color.RED)
    assert codec.from_wire("CRIMSON", "$") is Color.RED
    assert [each.name for each in codec.type.members] == ["RED", "BLUE"]


def test_a_text_for_a_str_enum_is_the_member():
    codec = codec_for(Word)
    for text in ("FAST", "fast"):
        assert unpack(codec, pack(codec, text)) is Word.FAST


def test_a_union_tells_enums_of_the_same_values_apart():
    check_codec(Color | Mixed | str, [Color.RED, Mixed.ONE, "red"], bad=[(1, "$")])
