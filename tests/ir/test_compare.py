from __future__ import annotations

import pytest

from volery.ir.compare import incomparable, may_be_none
from volery.ir.types import (
    BOOL,
    COMPLEX,
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
    FrameType,
    JsonType,
    ListType,
    SetType,
    UnionType,
)

COLOR = EnumType("m.Color", (EnumMember("RED", "red"),))
LEVEL = EnumType("m.Level", (EnumMember("LOW", 1),))


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        ("<", INT, FLOAT),
        (">=", STR, STR),
        ("<", DATETIME, DATETIME),
        ("==", BOOL, BOOL),
        ("!=", COLOR, COLOR),
        ("<", ChoiceType((1, 2)), INT),
        ("==", ChoiceType(("a",)), ChoiceType(("b",))),
        ("<=", DECIMAL, DECIMAL),
        (">", INT, DECIMAL),
        ("==", DECIMAL, ChoiceType((1, 2))),
        ("==", UUID, UUID),
        ("!=", PATH, PATH),
    ],
)
def test_scalars_of_one_kind_compare(operator, left, right):
    assert incomparable(operator, left, right) is None


@pytest.mark.parametrize(
    ("operator", "left", "right", "reason"),
    [
        ("==", INT, STR, "int does not compare with str"),
        ("==", BOOL, INT, "bool does not compare with int"),
        ("==", COLOR, LEVEL, "Color does not compare with Level"),
        ("==", COLOR, STR, "Color does not compare with str"),
        ("<", BOOL, BOOL, "bool has no order: only == and != compare it"),
        (">", COLOR, COLOR, "Color has no order: only == and != compare it"),
        (
            "==",
            ListType(INT),
            ListType(INT),
            "list[int] does not compare: only scalars do; compare it in a task",
        ),
        (
            "==",
            UnionType((INT, NONE)),
            INT,
            (
                "int | None does not compare: it may be None, which is_none() finds out; "
                "compare the rest in a task"
            ),
        ),
        (
            "==",
            ChoiceType(("a", 1)),
            STR,
            "Literal['a', 1] does not compare: only scalars do; compare it in a task",
        ),
        ("==", DECIMAL, FLOAT, "Decimal does not compare with float"),
        ("==", UUID, STR, "UUID does not compare with str"),
        ("<", UUID, UUID, "UUID has no order: only == and != compare it"),
        (">=", PATH, PATH, "Path has no order: only == and != compare it"),
        *(
            ("==", kind, kind, f"{name} does not compare: only scalars do; compare it in a task")
            for kind, name in (
                (COMPLEX, "complex"),
                (SetType(INT), "set[int]"),
                (JsonType(), "JSON"),
                (ContentType("file"), "File"),
                (FrameType(), "frame"),
                (CustomType("m.Money", INT), "Money"),
            )
        ),
        ("==", NONE, NONE, "None does not compare: only scalars do; compare it in a task"),
    ],
)
def test_what_does_not_compare_says_why(operator, left, right, reason):
    assert incomparable(operator, left, right) == reason


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (NONE, True),
        (UnionType((INT, NONE)), True),
        (ChoiceType(("a", None)), True),
        (INT, False),
        (UnionType((INT, STR)), False),
        (JsonType(), True),
        (JsonType("dict"), False),
    ],
)
def test_only_a_type_with_none_among_its_values_may_be_none(kind, expected):
    assert may_be_none(kind) is expected
