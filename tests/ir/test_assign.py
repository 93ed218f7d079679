from __future__ import annotations

import pytest
from hypothesis import given
from tests.ir.kinds import TREE, types

from volery.ir.assign import refusal, way_out
from volery.ir.types import (
    BOOL,
    BYTES,
    COMPLEX,
    DATE,
    DATETIME,
    DECIMAL,
    FLOAT,
    INT,
    NONE,
    PATH,
    STR,
    UUID,
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

COLOR = EnumType("m.Color", (EnumMember("RED", "red"), EnumMember("BLUE", "blue")))
LEVEL = EnumType("m.Level", (EnumMember("LOW", 1),))
MIXED = EnumType("m.Mixed", (EnumMember("RED", "red"), EnumMember("LIST")))
POINT = RecordType("m.Point", (Field("x", FLOAT), Field("y", FLOAT)))
LABELLED = RecordType("m.Labelled", (*POINT.fields, Field("label", STR)))
OPTIONAL_INT = UnionType((INT, NONE))
MIXED_SCALARS = EnumType("m.Scalars", (EnumMember("RED", "red"), EnumMember("ON", value=True)))
SALES = FrameType((Field("item", STR), Field("price", INT)), "parquet")
MAKE_JSON = "make it of None, bool, int, float, str, lists and dicts in a task"
SAY_WHAT = "say what is in it where it is made: declare a dataclass or a TypedDict"


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
        (SetType(INT), SetType(FLOAT)),
        (SetType(COLOR), UnionType((SetType(STR), NONE))),
        (CustomType("m.Money", INT), CustomType("m.Money", FLOAT)),
        (ContentType("file", "csv"), ContentType("file")),
        (ContentType("file"), ContentType("file", "csv")),
        (ContentType("file", "CSV"), ContentType("file", "csv")),
        (SALES, FrameType()),
        (FrameType(), SALES),
        (SALES, FrameType((Field("price", FLOAT),))),
        (SALES, FrameType(SALES.columns, "Parquet")),
        (FrameType((), "parquet"), SALES),
    ],
)
def test_what_loses_nothing_is_assignable(source, target):
    assert refusal(source, target) is None


JSON, JSON_LIST, JSON_DICT = JsonType(), JsonType("list"), JsonType("dict")


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *((kind, JSON) for kind in (NONE, BOOL, INT, FLOAT, STR, JSON_LIST, JSON_DICT)),
        (OPTIONAL_INT, JSON),
        (UnionType((INT, STR, JSON_DICT)), JSON),
        (ChoiceType(("a", 1, None)), JSON),
        (MIXED_SCALARS, JSON),
        (ListType(TupleType((INT, STR))), JSON),
        (ListType(MapType(STR, OPTIONAL_INT)), JSON_LIST),
        (TupleType((INT, ListType(BOOL))), JSON_LIST),
        (MapType(STR, JSON_LIST), JSON_DICT),
        (MapType(INT, STR), JSON_DICT),
        (MapType(LEVEL, STR), JSON_DICT),
        (INT, UnionType((JSON, NONE))),
        (JSON, UnionType((JSON, NONE))),
    ],
)
def test_what_json_can_say_goes_where_json_is_expected(source, target):
    assert refusal(source, target) is None


@pytest.mark.parametrize(
    ("source", "target", "reason", "hint"),
    [
        (DATETIME, JSON, "expected JSON, got datetime", MAKE_JSON),
        (POINT, JSON, "expected JSON, got Point", MAKE_JSON),
        (SetType(INT), JSON, "expected JSON, got set[int]", MAKE_JSON),
        (BYTES, JSON, "expected JSON, got bytes", MAKE_JSON),
        (MIXED, JSON, "expected JSON, got Mixed", MAKE_JSON),
        (ListType(DATE), JSON_LIST, "in list element: expected JSON, got date", MAKE_JSON),
        (MapType(DATE, INT), JSON, "in dict key: expected str, got date", MAKE_JSON),
        (MapType(BOOL, INT), JSON, "in dict key: expected str, got bool", MAKE_JSON),
        (INT, JSON_DICT, "expected dict, got int", None),
        (ListType(INT), JSON_DICT, "expected dict, got list[int]", None),
        (POINT, JSON_DICT, "expected dict, got Point", None),
        (JSON, JSON_DICT, "expected dict, got JSON", "declare dict where it is made"),
        (JSON_DICT, POINT, "expected Point, got dict", "declare Point where it is made"),
        (JSON, INT, "expected int, got JSON", SAY_WHAT),
        (JSON_DICT, MapType(STR, INT), "expected dict[str, int], got dict", SAY_WHAT),
        (JSON, OPTIONAL_INT, "expected int | None, got JSON", SAY_WHAT),
    ],
)
def test_json_and_what_is_declared_do_not_mix_and_there_is_a_way_out(source, target, reason, hint):
    assert refusal(source, target) == reason
    assert way_out(source, target) == hint


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
        (DECIMAL, FLOAT, "expected float, got Decimal"),
        (INT, DECIMAL, "expected Decimal, got int"),
        (FLOAT, COMPLEX, "expected complex, got float"),
        (PATH, STR, "expected str, got Path"),
        (STR, UUID, "expected UUID, got str"),
        (SetType(STR), SetType(INT), "in set element: expected int, got str"),
        (ListType(INT), SetType(INT), "expected set[int], got list[int]"),
        (SetType(INT), ListType(INT), "expected list[int], got set[int]"),
        (
            ContentType("file", "csv"),
            ContentType("file", "png"),
            "expected File['png'], got File['csv']",
        ),
        (ContentType("file"), ContentType("directory"), "expected Directory, got File"),
        (CustomType("m.Money", INT), INT, "expected int, got Money"),
        (INT, CustomType("m.Money", INT), "expected Money, got int"),
        (
            CustomType("m.Money", STR),
            CustomType("m.Money", INT),
            "expected m.Money, got another m.Money (in its form: expected int, got str)",
        ),
        (
            SALES,
            FrameType(SALES.columns, "csv"),
            (
                "expected frame[item: str, price: int, 'csv'], "
                "got frame[item: str, price: int, 'parquet']"
            ),
        ),
        (
            SALES,
            FrameType((Field("item", INT), Field("day", DATE), Field("price", FLOAT))),
            (
                "expected frame[item: int, day: date, price: float], "
                "got frame[item: str, price: int, 'parquet'] "
                "(in column item: expected int, got str; column day is missing)"
            ),
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


def test_lists_and_sets_are_made_of_each_other_in_a_task():
    hint = "make a set of it in a task"
    assert way_out(ListType(INT), SetType(INT)) == hint
    assert way_out(MapType(STR, TupleType((INT,))), MapType(STR, SetType(INT))) == hint
    hint = "make a list of it in a task, in the order that you want"
    assert way_out(SetType(INT), ListType(INT)) == hint


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


def test_a_recursive_record_inside_a_set_or_a_custom_type_is_unfolded():
    fields = (
        Field("others", SetType(RecursiveType("m.Node"))),
        Field("next", CustomType("m.Link", RecursiveType("m.Node"))),
    )
    node = RecordType("m.Node", fields)
    assert [each.type for each in unfold(node)] == [SetType(node), CustomType("m.Link", node)]


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
