from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

import msgspec
import pytest

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import INT, STR, Field, RecordType, UnionType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack
from volery.types.registry import codec_for

T = TypeVar("T")


class Row(msgspec.Struct, rename="camel", kw_only=True):
    row_id: int
    full_name: str = ""
    tags: list[str] = []
    kind: ClassVar[int] = 1


class Cat(msgspec.Struct, frozen=True, tag="cat", forbid_unknown_fields=True):
    name: str
    friend: Cat | Dog | None = None


class Dog(msgspec.Struct, frozen=True, tag="dog", array_like=True):
    name: str
    cats: tuple[Cat, ...] = ()


class Positive(msgspec.Struct):
    n: int

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError("n is negative")
        self.n = min(self.n, 9)


def test_the_type_names_the_class_and_its_fields():
    assert codec_for(Row).type.fields[:2] == (
        Field("row_id", INT),
        Field("full_name", STR, required=False),
    )
    assert codec_for(Row).type.name == f"{__name__}.Row"


def test_structs_come_back_as_themselves():
    golden = [(Row(row_id=1), "83a6726f775f696401a966756c6c5f6e616d65a0a47461677390")]
    bad = [({"row_id": 1}, "$"), (Row(row_id="1"), "$.row_id"), (Cat("a"), "$")]
    check_codec(Row, [Row(row_id=1), Row(row_id=2, full_name="a", tags=["x"])], bad, golden=golden)


def test_frozen_structs_that_contain_each_other():
    cat = Cat("a", Dog("b", (Cat("c"),)))
    check_codec(Cat, [cat, Cat("x")], [(Cat("a", Dog(1)), "$.friend.name")])
    check_codec(Dog, [Dog("b", (cat,))])
    assert isinstance(codec_for(Cat).type, RecordType)


def test_structs_with_the_same_fields_are_told_apart_in_a_union():
    assert isinstance(codec_for(Cat | Dog).type, UnionType)
    check_codec(Cat | Dog, [Cat("a"), Dog("a")], bad=[(Row(row_id=1), "$")])


def test_post_init_sees_what_comes_in_and_the_fields_are_what_was_sent():
    row = Positive(3)
    row.n = 30
    check_codec(Positive, [row])
    with pytest.raises(TypeMismatch, match="raised ValueError: n is negative"):
        codec_for(Positive).from_wire({"n": -1}, "$")


def test_missing_and_unknown_fields_are_refused():
    for wire in ({}, {"row_id": 1, "rowId": 1}, [1], None):
        with pytest.raises(TypeMismatch):
            codec_for(Row).from_wire(wire, "$")
    assert codec_for(Row).from_wire({"row_id": 1}, "$") == Row(row_id=1)


def test_a_struct_of_a_subclass_is_refused():
    class Child(Positive):
        pass

    with pytest.raises(TypeMismatch, match="would lose what the subclass adds"):
        pack(codec_for(Positive), Child(1))


def test_a_generic_struct_is_refused():
    class Box(msgspec.Struct, Generic[T]):
        content: T

    with pytest.raises(UnsupportedType, match=r"without type parameters in place of .*Box"):
        codec_for(Box[int])
