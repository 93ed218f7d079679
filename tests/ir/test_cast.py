from __future__ import annotations

import pytest
from hypothesis import assume, given, strategies as st
from tests.ir.kinds import TREE, conforms, types, widened, wires

from volery.ir.assign import refusal
from volery.ir.cast import cast_wire, needs_cast
from volery.ir.types import (
    BOOL,
    DATE,
    FLOAT,
    INT,
    NONE,
    STR,
    ChoiceType,
    ContentType,
    CustomType,
    EnumMember,
    EnumType,
    Field,
    FrameType,
    JsonType,
    ListType,
    MapType,
    RecordType,
    RecursiveType,
    SetType,
    TupleType,
    UnionType,
    unfold,
)
from volery.ir.values import DATE as DATE_CODE, Ext

COLOR = EnumType("m.Color", (EnumMember("RED", "red"), EnumMember("BLUE", "blue")))
LEVEL = EnumType("m.Level", (EnumMember("LOW", 1),))
ONE_OR_TRUE = UnionType((ChoiceType((1,)), ChoiceType((True,))))
POINT = RecordType("m.Point", (Field("x", FLOAT), Field("y", FLOAT)))
CAR = RecordType("m.Car", (Field("x", FLOAT), Field("color", COLOR)))


@given(types)
def test_a_type_needs_no_cast_to_itself(kind):
    assert not needs_cast(kind, kind)


@given(st.data())
def test_a_cast_of_an_assignable_pair_gives_the_shape_of_the_target(data):
    source = data.draw(types)
    target = data.draw(widened(source))
    assume(refusal(source, target) is None)
    wire = data.draw(wires(source))
    assert conforms(wire, source)
    assert conforms(cast_wire(wire, source, target), target)


@given(st.data())
def test_without_a_need_the_wire_tree_is_of_the_target_as_it_stands(data):
    source = data.draw(types)
    target = data.draw(widened(source))
    assume(refusal(source, target) is None and not needs_cast(source, target))
    wire = data.draw(wires(source))
    assert conforms(wire, target)
    assert cast_wire(wire, source, target) is wire


@pytest.mark.parametrize(
    ("source", "target", "wire", "expected"),
    [
        (COLOR, STR, "RED", "red"),
        (LEVEL, INT, "LOW", 1),
        (LEVEL, UnionType((FLOAT, INT)), "LOW", ["int", 1]),
        (ONE_OR_TRUE, UnionType((INT, BOOL)), ["Literal[1]", 1], ["int", 1]),
        (ONE_OR_TRUE, UnionType((INT, BOOL)), ["Literal[True]", True], ["bool", True]),
        (ChoiceType(("a", None)), UnionType((STR, INT, NONE)), None, None),
        (NONE, UnionType((ChoiceType((None, 1)), STR)), None, ["Literal[None, 1]", None]),
        (ListType(COLOR), ListType(STR), ["RED", "BLUE"], ["red", "blue"]),
        (TupleType((INT, COLOR)), TupleType((INT, STR)), [1, "RED"], [1, "red"]),
        (TupleType((COLOR, COLOR)), ListType(STR), ["RED", "BLUE"], ["red", "blue"]),
        (MapType(COLOR, INT), MapType(STR, INT), {"RED": 1}, {"red": 1}),
        (
            CAR,
            RecordType("m.Car", (Field("color", STR), Field("x", FLOAT))),
            {"x": 1, "color": "RED"},
            {"x": 1, "color": "red"},
        ),
        (INT, UnionType((INT, STR)), 3, ["int", 3]),
        (INT, UnionType((FLOAT, STR)), 3, ["float", 3]),
        (COLOR, UnionType((STR, NONE)), "RED", "red"),
        (UnionType((INT, NONE)), UnionType((INT, STR, NONE)), None, None),
        (UnionType((INT, NONE)), UnionType((INT, STR, NONE)), 3, ["int", 3]),
        (UnionType((INT, STR)), UnionType((FLOAT, STR)), ["int", 3], ["float", 3]),
        (UnionType((INT, FLOAT)), FLOAT, ["int", 3], 3),
        (ChoiceType(("a", 1)), UnionType((INT, STR)), "a", ["str", "a"]),
        (SetType(COLOR), SetType(STR), ["BLUE", "RED"], ["red", "blue"]),
        (
            SetType(UnionType((COLOR, STR))),
            SetType(STR),
            [["m.Color", "BLUE"], ["m.Color", "RED"], ["str", "red"]],
            ["red", "blue"],
        ),
        (CustomType("m.Tint", COLOR), CustomType("m.Tint", STR), "RED", "red"),
        (COLOR, JsonType(), "RED", "red"),
        (UnionType((INT, STR, NONE)), JsonType(), ["int", 3], 3),
        (ListType(UnionType((INT, STR))), JsonType("list"), [["str", "a"]], ["a"]),
        (TupleType((INT, COLOR)), JsonType("list"), [1, "RED"], [1, "red"]),
        (MapType(COLOR, COLOR), JsonType("dict"), {"RED": "BLUE"}, {"red": "blue"}),
        (MapType(LEVEL, BOOL), JsonType("dict"), {"LOW": True}, {1: True}),
    ],
)
def test_a_cast_changes_the_wire_form(source, target, wire, expected):
    assert needs_cast(source, target)
    assert cast_wire(wire, source, target) == expected


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (INT, FLOAT),
        (ChoiceType(("a",)), STR),
        (INT, UnionType((INT, NONE))),
        (NONE, UnionType((INT, STR, NONE))),
        (ListType(INT), ListType(FLOAT)),
        (TupleType((INT, INT)), ListType(FLOAT)),
        (EnumType("m.E", (EnumMember("a", "a"),)), STR),
        (RecordType("m.Point", (Field("y", INT), Field("x", INT))), POINT),
        (UnionType((INT, STR)), UnionType((STR, INT))),
        (SetType(INT), SetType(FLOAT)),
        (ListType(MapType(STR, UnionType((INT, NONE)))), JsonType()),
        (ContentType("file", "csv"), ContentType("file")),
        (FrameType((Field("x", COLOR),)), FrameType((Field("x", STR),))),
        (CustomType("m.Money", INT), CustomType("m.Money", FLOAT)),
    ],
)
def test_a_pair_of_one_wire_form_needs_no_cast(source, target):
    assert not needs_cast(source, target)


def test_a_map_in_the_form_of_pairs_keeps_it():
    day = Ext(DATE_CODE, b"2024-01-31")
    source, target = MapType(DATE, COLOR), MapType(DATE, STR)
    assert cast_wire([[day, "RED"]], source, target) == [[day, "red"]]


def test_a_recursive_record_is_cast_all_the_way_down():
    source = RecordType(
        "m.Tree",
        (
            Field("children", ListType(RecursiveType("m.Tree"))),
            Field("color", COLOR),
        ),
    )
    target = RecordType(
        "m.Tree",
        (
            Field("children", ListType(RecursiveType("m.Tree"))),
            Field("color", STR),
        ),
    )
    wire = {"children": [{"children": [], "color": "BLUE"}], "color": "RED"}
    assert needs_cast(source, target)
    assert cast_wire(wire, source, target) == {
        "children": [{"children": [], "color": "blue"}],
        "color": "red",
    }


def test_a_recursive_record_of_the_same_fields_needs_no_cast():
    fields = tuple(unfold(TREE))
    assert not needs_cast(TREE, RecordType(TREE.name, fields))
