from __future__ import annotations

import pytest
from tests.ir.kinds import TREE

from volery.errors import NotFound
from volery.ir.parts import follow
from volery.ir.types import (
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
    SetType,
    TupleType,
    UnionType,
)

POINT = RecordType("m.Point", (Field("xs", ListType(INT)), Field("name", STR)))


@pytest.mark.parametrize(
    ("kind", "path", "part"),
    [
        (INT, (), INT),
        (POINT, ("xs", 0), INT),
        (ListType(POINT), (-1, "name"), STR),
        (TupleType((INT, STR)), (1,), STR),
        (TupleType((INT, STR)), (-2,), INT),
        (MapType(STR, FLOAT), ("k",), FLOAT),
        (MapType(INT, FLOAT), (3,), FLOAT),
        (MapType(ChoiceType(("a",)), FLOAT), ("a",), FLOAT),
        (MapType(EnumType("m.E", (EnumMember("A"),)), FLOAT), ("A",), FLOAT),
        (JsonType(), ("a", 0, "b"), JsonType()),
        (JsonType("dict"), ("a",), JsonType()),
        (JsonType("dict"), (3,), JsonType()),
        (JsonType("list"), (-1,), JsonType()),
        (TREE, ("children", 0, "children", 1, "value"), INT),
    ],
)
def test_a_path_leads_to_the_type_of_the_part(kind, path, part):
    assert follow(kind, path) == part


@pytest.mark.parametrize(
    ("kind", "path", "message", "hint"),
    [
        (POINT, ("nam",), "Point has no field nam", "did you mean name?"),
        (POINT, (0,), "Point has no element 0", None),
        (ListType(INT), (True,), "list[int] has no element True", None),
        (INT, ("real",), "int has no field real", None),
        (ListType(INT), ("x",), "list[int] has no field x", None),
        (TupleType((INT,)), (1,), "tuple[int] has no element 1", None),
        (JsonType("list"), ("x",), "list has no field x", None),
        (JsonType(), (True,), "JSON has no element True", None),
        (SetType(INT), (0,), "set[int] has no element 0", None),
        (ContentType("file"), ("size",), "File has no field size", None),
        (FrameType((Field("x", INT),)), ("x",), "frame[x: int] has no field x", None),
        (CustomType("m.Money", POINT), ("name",), "Money has no field name", None),
        (MapType(STR, INT), (1,), "dict[str, int] has no key 1", "its keys are str"),
        (MapType(DATE, INT), ("x",), "dict[date, int] has no key 'x'", "its keys are date"),
        (
            UnionType((POINT, NONE)),
            ("name",),
            "Point | None has no parts of its own",
            "take it apart in a task, once it is known which type it has",
        ),
    ],
)
def test_a_path_that_a_type_does_not_have_is_refused(kind, path, message, hint):
    with pytest.raises(NotFound) as caught:
        follow(kind, path)
    assert (caught.value.message, caught.value.hint) == (message, hint)
