"""Constraints of numbers, texts and collections."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

import annotated_types as at
import msgspec
import pydantic
import pytest

from volery import task, workflow
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import DefinitionError, TypeMismatch, UnsupportedType
from volery.ir.interface import Constraint
from volery.ir.values import pack, unpack
from volery.types.codec import constraints_of
from volery.types.constraints import broken, told
from volery.types.packing import pack as pack_value
from volery.types.registry import codec_for

Small = Annotated[int, at.Ge(1), at.Le(10)]
Share = Annotated[float, msgspec.Meta(gt=0, lt=1)]


@dataclass
class Loaf:
    share: Share
    names: list[Annotated[str, msgspec.Meta(min_length=1)]]
    parts: list[Loaf]


class Oven(msgspec.Struct):
    degrees: Annotated[int, msgspec.Meta(ge=50)]


class Model(pydantic.BaseModel):
    steps: pydantic.PositiveInt
    rate: float = pydantic.Field(default=0.5, ge=0)


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Small, [Constraint(ge=1, le=10)]),
        (Annotated[int, pydantic.Field(gt=2, multiple_of=3)], [Constraint(gt=2, multiple_of=3)]),
        (Annotated[Decimal, at.Ge(Decimal("0.5"))], [Constraint(ge=0.5)]),
        (Annotated[str, at.Len(1, 3)], [Constraint(min_length=1, max_length=3)]),
        (Annotated[str, msgspec.Meta(pattern="^a")], [Constraint(pattern="^a")]),
        (Annotated[int, at.Interval(ge=1, lt=5)], [Constraint(ge=1, lt=5)]),
        (Small | None, [Constraint(ge=1, le=10)]),
        (Annotated[int | None, at.Ge(1)], [Constraint(ge=1)]),
        (
            Annotated[list[Small], at.MinLen(1)],
            [Constraint(min_length=1), Constraint(("[]",), ge=1, le=10)],
        ),
        (set[Small], [Constraint(("[]",), ge=1, le=10)]),
        (tuple[Small, ...], [Constraint(("[]",), ge=1, le=10)]),
        (tuple[int, Small], [Constraint(("[1]",), ge=1, le=10)]),
        (dict[str, Small], [Constraint(("{}",), ge=1, le=10)]),
        (Oven, [Constraint((".degrees",), ge=50)]),
        (Model, [Constraint((".steps",), gt=0), Constraint((".rate",), ge=0)]),
        (Loaf, [Constraint((".share",), gt=0, lt=1), Constraint((".names", "[]"), min_length=1)]),
    ],
)
def test_constraints_are_known_by_where_they_stand(annotation: Any, expected: list[Constraint]):
    assert list(constraints_of(codec_for(annotation))) == expected


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[bool, at.Ge(1)],
        Annotated[int, at.MinLen(1)],
        Annotated[str, at.Ge(1)],
        Annotated[int, "from 1 on"],
        Annotated[float, at.Ge(float("-inf"))],
        Annotated[int, msgspec.Meta(title="n")],
    ],
)
def test_what_says_nothing_of_a_type_is_no_constraint(annotation: Any):
    assert constraints_of(codec_for(annotation)) == ()


def test_a_constraint_does_not_change_the_type():
    assert codec_for(Small).type == codec_for(int).type
    assert codec_for(Loaf).type.fields[0].type == codec_for(float).type


def test_a_pattern_that_is_none_is_refused():
    with pytest.raises(UnsupportedType, match=r"no regular expression of Python: .*\(.*\$\.x|\("):
        codec_for(Annotated[str, type("Mark", (), {"pattern": "("})()])


@pytest.mark.parametrize(
    ("annotation", "value", "message", "path"),
    [
        (Small, 12, "expected a number from 1 to 10, got 12", "$"),
        (Small | None, 0, "expected a number from 1 to 10, got 0", "$"),
        (list[Small], [1, 12], "expected a number from 1 to 10, got 12 at $[1]", "$[1]"),
        (dict[str, Share], {"a": 1.0}, "expected a number > 0 and < 1, got 1.0 at $.a", "$.a"),
        (Annotated[float, at.Ge(0)], float("nan"), "expected a number >= 0, got nan", "$"),
        (Annotated[Decimal, at.Ge(1)], Decimal("NaN"), "expected a number >= 1, got NaN", "$"),
        (Annotated[Decimal, at.Ge(1)], Decimal("0.5"), "expected a number >= 1, got 0.5", "$"),
        (Annotated[float, at.MultipleOf(0.1)], 0.35, "expected a multiple of 0.1, got 0.35", "$"),
        (Annotated[int, at.MultipleOf(5)], 2**70, f"a multiple of 5, got {2**70}", "$"),
        (Annotated[str, at.Len(2, 2)], "abc", "expected a length of 2, got 'abc'", "$"),
        (
            Annotated[str, msgspec.Meta(max_length=3, pattern="^a")],
            "b",
            "expected a length <= 3 and text that matches '^a', got 'b'",
            "$",
        ),
        (
            int | Annotated[str, at.MinLen(2)],
            "a",
            "expected a length >= 2, got 'a'",
            "$",
        ),
        (Loaf, Loaf(0.5, ["tea", ""], []), "a length >= 1, got '' at $.names[1]", "$.names[1]"),
        (
            Loaf,
            Loaf(0.5, [], [Loaf(2.0, [], [])]),
            "expected a number > 0 and < 1, got 2.0 at $.parts[0].share",
            "$.parts[0].share",
        ),
    ],
)
def test_a_value_that_breaks_a_constraint_is_told_with_its_place(
    annotation: Any, value: object, message: str, path: str
):
    with pytest.raises(TypeMismatch) as caught:
        codec_for(annotation).to_wire(value, "$")
    assert message in caught.value.message
    assert (caught.value.path, caught.value.code) == (path, "TypeMismatch")


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Small, 1),
        (Small | None, None),
        (Annotated[float, at.MultipleOf(0.1)], 0.3),
        (Annotated[str, msgspec.Meta(pattern="b$")], "ab"),
        (Annotated[str, at.Len(1, 1)], "\U0001f600"),
        (Annotated[dict[str, int], at.MaxLen(1)], {"a": 1}),
    ],
)
def test_a_value_that_keeps_to_a_constraint_comes_back(annotation: Any, value: object):
    codec = codec_for(annotation)
    assert codec.from_wire(codec.to_wire(value, "$"), "$") == value


def test_what_breaks_a_constraint_is_refused_on_the_way_in_too():
    with pytest.raises(TypeMismatch, match="expected a number from 1 to 10, got 12"):
        codec_for(Small).from_wire(12, "$")


def test_all_that_breaks_constraints_in_a_value_is_found():
    constraints = constraints_of(codec_for(list[Loaf]))
    wire = [{"share": 2.0, "names": ["", "a"]}, {"share": 0.5, "names": [""]}]
    assert [error.path for error in broken(constraints, wire, "$.loaves")] == [
        "$.loaves[0].share",
        "$.loaves[0].names[0]",
        "$.loaves[1].names[0]",
    ]
    assert broken(constraints, None, "$") == []


def test_entries_of_dicts_whose_keys_are_no_keys_of_json_are_found():
    codec = codec_for(dict[Decimal, Small])
    wire = unpack(pack(codec_for(dict[Decimal, int]).to_wire({Decimal("1.5"): 12}, "$")))
    (error,) = broken(constraints_of(codec), wire, "$")
    assert error.path == "$[Decimal('1.5')]"


def test_what_is_stored_elsewhere_is_checked_where_it_is_read(tmp_path: Any):
    codec = codec_for(Annotated[str, at.MaxLen(1)])
    with using(Storage(tmp_path.as_uri())):
        stored = unpack(pack_value(codec_for(str), "x" * 1_000_000))
    assert broken(constraints_of(codec), stored, "$") == []


def test_a_constraint_is_told_in_words():
    assert told(Constraint(ge=1, multiple_of=2)) == "a number >= 1 and a multiple of 2"
    assert told(Constraint(ge=3, le=3)) == "a number of 3"
    assert told(Constraint(min_length=1, max_length=3)) == "a length from 1 to 3"


@task
def bake(loaves: Small = 3) -> Small:
    return loaves * 2


def test_a_task_takes_and_gives_what_keeps_to_constraints():
    assert bake(loaves=5) == 10
    with pytest.raises(TypeMismatch, match="input loaves: expected a number from 1 to 10, got 11"):
        bake(loaves=11)
    with pytest.raises(TypeMismatch, match="output o0: expected a number from 1 to 10, got 12"):
        bake(loaves=6)


def test_a_default_keeps_to_its_constraint():
    with pytest.raises(DefinitionError, match="default of parameter n: expected a number from 1"):

        @task
        def of_none(n: Small = 0) -> None: ...


def test_a_constant_in_a_workflow_is_checked_where_it_is_written():
    @workflow
    def much() -> int:
        return bake(loaves=11)

    with pytest.raises(DefinitionError, match="expected a number from 1 to 10, got 11"):
        much()
