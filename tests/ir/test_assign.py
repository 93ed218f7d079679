from __future__ import annotations

import pytest
from hypothesis import given
from tests.ir.strategies import TREE, types

from volery.ir.assign import refusal, way_out
from volery.ir.types import (
    BOOL,
    DATE,
    DATETIME,
    FLOAT,
    INT,
    NONE,
    STR,
    ChoiceType,
    EnumMember,
    EnumType,
    Field,
    ListType,
    MapType,
    RecordType,
    RecursiveType,
    TupleType,
    UnionType,
    unfold,
)

COLOR = EnumType("m.Color", (EnumMember("RED", "red"), EnumMember("BLUE", "blue")))
LEVEL = EnumType("m.Level", (EnumMember("LOW", 1),))
MIXED = EnumType("m.Mixed", (EnumMember("RED", "red"), EnumMember("LIST")))
POINT = RecordType("m.Point", (Field("x", FLOAT), Field("y", FLOAT)))
LABELLED = RecordType("m.Labelled", (*POINT.fields, Field("label", STR)))
OPTIONAL_INT = UnionType((INT, NONE))


@given(types)
def test_every_type_takes_itself(kind):
    assert refusal(kind, kind) is None


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (INT, FLOAT),
        (COLOR, STR),
        (LEVEL, INT),
        (LEVEL, FLOAT),
        (LEVEL, UnionType((FLOAT, INT))),
        (ChoiceType((1,)), UnionType((FLOAT, INT))),
        (ChoiceType(("a", "b")), STR),
        (ChoiceType((1, 2)), FLOAT),
        (ChoiceType(("a",)), ChoiceType(("b", "a"))),
        (ListType(INT), ListType(FLOAT)),
        (TupleType((INT, FLOAT)), TupleType((FLOAT, FLOAT))),
        (TupleType((INT, FLOAT)), ListType(FLOAT)),
        (TupleType(()), ListType(STR)),
        (MapType(COLOR, INT), MapType(STR, FLOAT)),
        (RecordType("m.Point", (Field("y", INT), Field("x", INT))), POINT),
        (INT, OPTIONAL_INT),
        (NONE, OPTIONAL_INT),
        (INT, UnionType((FLOAT, INT))),
        (INT, UnionType((FLOAT, STR))),
        (LABELLED, UnionType((LABELLED, POINT))),
        (OPTIONAL_INT, UnionType((FLOAT, STR, NONE))),
        (UnionType((INT, FLOAT)), FLOAT),
        (ChoiceType(("a", None)), UnionType((STR, NONE))),
        (ChoiceType(("a", None)), UnionType((ChoiceType(("a", None)), NONE))),
        (NONE, ChoiceType(("a", None))),
        (ChoiceType((None,)), NONE),
    ],
)
def test_what_loses_nothing_is_assignable(source, target):
    assert refusal(source, target) is None


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (ListType(FLOAT), FLOAT, "expected float, got list[float]"),
        (FLOAT, INT, "expected int, got float"),
        (BOOL, INT, "expected int, got bool"),
        (BOOL, FLOAT, "expected float, got bool"),
        (INT, STR, "expected str, got int"),
        (DATETIME, DATE, "expected date, got datetime"),
        (STR, COLOR, "expected Color, got str"),
        (STR, ChoiceType(("a",)), "expected Literal['a'], got str"),
        (LEVEL, STR, "expected str, got Level"),
        (LEVEL, BOOL, "expected bool, got Level"),
        (COLOR, INT, "expected int, got Color"),
        (MIXED, STR, "expected str, got Mixed"),
        (EnumType("m.Opaque", (EnumMember("A"),)), NONE, "expected None, got Opaque"),
        (
            ChoiceType(("a", "b")),
            ChoiceType(("a",)),
            "expected Literal['a'], got Literal['a', 'b']",
        ),
        (ChoiceType((True,)), ChoiceType((1,)), "expected Literal[1], got Literal[True]"),
        (ChoiceType(("a", 1)), STR, "expected str, got Literal['a', 1], which may be Literal[1]"),
        (ListType(STR), ListType(INT), "in list element: expected int, got str"),
        (
            ListType(ListType(STR)),
            ListType(ListType(INT)),
            "in list element: in list element: expected int, got str",
        ),
        (ListType(INT), TupleType((INT,)), "expected tuple[int], got list[int]"),
        (TupleType((INT,)), TupleType((INT, INT)), "expected tuple[int, int], got tuple[int]"),
        (TupleType((INT, STR)), ListType(INT), "in element 1: expected int, got str"),
        (MapType(INT, INT), MapType(STR, INT), "in dict key: expected str, got int"),
        (MapType(STR, STR), MapType(STR, INT), "in dict value: expected int, got str"),
        (LABELLED, POINT, "expected Point, got Labelled"),
        (RecordType("other.Point", POINT.fields), POINT, "expected m.Point, got other.Point"),
        (
            RecordType("m.Point", (Field("x", STR), Field("z", STR))),
            POINT,
            (
                "expected m.Point, got another m.Point "
                "(field y is missing; field z is not expected; field x: expected float, got str)"
            ),
        ),
        (
            EnumType("m.Color", (EnumMember("RED", "red"),)),
            COLOR,
            "expected m.Color, got another m.Color",
        ),
        (OPTIONAL_INT, INT, "expected int, got int | None, which may be None"),
        (STR, OPTIONAL_INT, "expected int | None, got str"),
        (
            ListType(STR),
            UnionType((ListType(INT), NONE)),
            "in list element: expected int, got str",
        ),
        (BOOL, UnionType((INT, STR)), "expected int | str, got bool"),
        (
            ListType(INT),
            UnionType((ListType(FLOAT), ListType(OPTIONAL_INT))),
            (
                "expected list[float] | list[int | None], got list[int], "
                "which fits list[float] and list[int | None] alike"
            ),
        ),
        (
            UnionType((INT, STR)),
            UnionType((INT, BOOL)),
            "expected int | bool, got int | str, which may be str",
        ),
    ],
)
def test_a_refusal_says_what_was_expected_and_where(source, target, reason):
    assert refusal(source, target) == reason


def test_a_text_where_a_choice_is_expected_and_a_record_where_another_is_have_a_way_out():
    hint = "declare it as Color where it is made"
    assert way_out(STR, COLOR) == hint
    assert way_out(MapType(STR, ListType(STR)), MapType(STR, ListType(COLOR))) == hint
    assert way_out(STR, ChoiceType(("a",))) == "declare it as Literal['a'] where it is made"
    hint = "call a task that takes Labelled and gives Point"
    assert way_out(ListType(LABELLED), ListType(POINT)) == hint
    assert way_out(RecordType("m.Point", ()), POINT) is None
    assert way_out(INT, COLOR) is None


def test_a_record_is_not_taken_for_another_of_the_same_shape():
    celsius, kelvin = (RecordType(f"m.{name}", POINT.fields) for name in ("Celsius", "Kelvin"))
    assert refusal(celsius, kelvin) == "expected Kelvin, got Celsius"


def _version_of_tree(**types):
    fields = {each.name: each for each in TREE.fields} | {
        name: Field(name, kind) for name, kind in types.items()
    }
    return RecordType(TREE.name, tuple(fields.values()))


def test_a_recursive_record_fits_a_version_of_itself_whose_fields_fit():
    assert refusal(TREE, _version_of_tree(value=FLOAT)) is None


def test_a_recursive_record_is_compared_all_the_way_down():
    assert refusal(TREE, _version_of_tree(children=ListType(POINT))) == (
        "expected m.Tree, got another m.Tree "
        "(field children: in list element: expected Point, got Tree)"
    )


def test_unfolding_puts_a_record_in_place_of_its_name():
    fields = {each.name: each.type for each in unfold(TREE)}
    assert fields["children"] == ListType(TREE)
    assert fields["left"] == UnionType((TREE, NONE))


A = RecordType("m.A", (Field("b", UnionType((RecursiveType("m.B"), NONE))),))
B = RecordType("m.B", (Field("a", RecursiveType("m.A")),))


def test_one_of_two_mutually_recursive_records_is_the_same_however_it_is_reached():
    a = RecordType(A.name, A.fields, (B,))
    b = RecordType(B.name, B.fields, (A,))
    assert [each.type for each in unfold(a)] == [UnionType((b, NONE))]
    assert [each.type for each in unfold(b)] == [a]


def test_mutually_recursive_records_are_compared_all_the_way_down():
    a = RecordType(A.name, A.fields, (B,))
    other = RecordType("m.A", A.fields, (RecordType("m.B", (*B.fields, Field("x", INT))),))
    assert refusal(a, a) is None
    assert refusal(a, other) == (
        "expected m.A, got another m.A "
        "(field b: expected m.B|None, got another m.B|None, which may be B)"
    )


def test_a_field_that_is_missing_is_refused_even_if_the_target_has_a_default():
    target = RecordType(POINT.name, (*POINT.fields, Field("z", INT, required=False)))
    reason = "expected m.Point, got another m.Point (field z is missing)"
    assert refusal(POINT, target) == reason
