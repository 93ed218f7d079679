from __future__ import annotations

import attr
import attrs
import pytest

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.types import INT, STR, Field, ListType, RecordType, RecursiveType
from volery.testing.conformance.codec import check_codec, is_same
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


@attrs.define
class Row:
    name: str
    _id: int = attrs.field(converter=int)
    tags: list[str] = attrs.field(factory=list, kw_only=True)
    made: str = attrs.field(init=False, default="here")


@attrs.frozen
class Tree:
    value: int = attrs.field(validator=attrs.validators.ge(0))
    children: list[Tree] = attrs.field(factory=list)


@attrs.define(slots=False)
class Child(Row):
    extra: int = attrs.field(default=0, kw_only=True)

    def __attrs_post_init__(self) -> None:
        self.extra += 1


@attr.s(auto_attribs=True)
class Old:
    x: int
    y: int = attr.Factory(lambda self: self.x + 1, takes_self=True)


def test_the_type_names_the_class_and_its_fields():
    assert codec_for(Row).type == RecordType(
        f"{__name__}.Row",
        (
            Field("name", STR),
            Field("_id", INT),
            Field("tags", ListType(STR), required=False),
            Field("made", STR, required=False),
        ),
    )


def test_objects_come_back_as_themselves():
    row = Row("a", "3", tags=["x"])
    row.made = "there"
    golden = [(Row("a", 1), "84a46e616d65a161a35f696401a47461677390a46d616465a468657265")]
    check_codec(Row, [row], [({"name": "a"}, "$"), (Row(1, 1), "$.name")], golden=golden)
    check_codec(
        Tree, [Tree(1, [Tree(2)])], [(Tree(1, [Tree(2, [3])]), "$.children[0].children[0]")]
    )
    check_codec(Old, [Old(1), Old(1, 7)])
    assert codec_for(Tree).type.fields[1].type == ListType(RecursiveType(f"{__name__}.Tree"))


def test_what_was_changed_after_it_was_made_is_kept():
    child = Child("a", 1, extra=3)
    codec = codec_for(Child)
    assert is_same(unpack(codec, pack(codec, child)), child)
    assert child.extra == 4


def test_an_object_of_a_subclass_is_refused():
    with pytest.raises(TypeMismatch, match="would lose what the subclass adds"):
        pack(codec_for(Row), Child("a", 1))


def test_validators_see_what_comes_in():
    with pytest.raises(TypeMismatch, match="raised ValueError: 'value' must be >= 0"):
        codec_for(Tree).from_wire({"value": -1}, "$")
    assert codec_for(Tree).from_wire({"value": 1}, "$") == Tree(1)


def test_missing_and_unknown_fields_are_refused():
    for wire in ({}, {"value": 1, "x": 1}, [], {"id": 1, "name": "a"}):
        with pytest.raises(TypeMismatch):
            codec_for(Tree).from_wire(wire, "$")


def test_a_field_without_a_type_is_refused():
    @attr.s
    class Untyped:
        x = attr.ib()

    with pytest.raises(UnsupportedType, match="does not say what its fields x are"):
        codec_for(Untyped)


def test_a_field_whose_type_is_an_argument():
    @attr.s
    class Typed:
        x = attr.ib(type=int)

    check_codec(Typed, [Typed(1)], bad=[(Typed("a"), "$.x")])
