"""Values from what people write, and as people read them."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import pytest
from hypothesis import given, strategies as st

from volery.cli.parsing import parse
from volery.cli.reading import to_wire
from volery.cli.showing import to_json, to_text
from volery.errors import TypeMismatch
from volery.types.registry import codec_for


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


@dataclass
class Point:
    x: int
    y: float = 0.5


@dataclass
class Shape:
    name: str
    points: list[Point]


@dataclass
class Tree:
    value: int
    children: list[Tree]


def from_text(annotation, text):
    codec = codec_for(annotation)
    return codec.from_wire(to_wire(codec.type, parse(codec.type, text)), "$")


@pytest.mark.parametrize(
    ("annotation", "text", "expected"),
    [
        (int, "3", 3),
        (int, "-7", -7),
        (int, str(10**30), 10**30),
        (float, "3", 3.0),
        (float, "1e-3", 0.001),
        (float, "inf", math.inf),
        (str, "3", "3"),
        (str, "", ""),
        (bool, "true", True),
        (bytes, "AAEC", b"\x00\x01\x02"),
        (datetime, "2024-05-01T09:00Z", datetime(2024, 5, 1, 9, tzinfo=UTC)),
        (date, "2024-05-01", date(2024, 5, 1)),
        (time, "09:30", time(9, 30)),
        (timedelta, "1h30m", timedelta(minutes=90)),
        (Colour, "RED", Colour.RED),
        (Colour, "green", Colour.GREEN),
        (Level, "HIGH", Level.HIGH),
        (Level, "2", Level.HIGH),
        (Literal["a", 1], "a", "a"),
        (Literal["a", 1], "1", 1),
        (list[int], "[1, 2]", [1, 2]),
        (list[float], "[1, 2.5]", [1.0, 2.5]),
        (tuple[int, str], '[1, "a"]', (1, "a")),
        (dict[str, int], '{"a": 1}', {"a": 1}),
        (dict[int, str], '{"1": "a"}', {1: "a"}),
        (dict[Colour, int], '{"green": 1}', {Colour.GREEN: 1}),
        (dict[date, int], '{"2024-05-01": 1}', {date(2024, 5, 1): 1}),
        (Point, '{"x": 1}', Point(1)),
        (Shape, '{"name": "s", "points": [{"x": 1, "y": 2}]}', Shape("s", [Point(1, 2.0)])),
        (Tree, '{"value": 1, "children": [{"value": 2, "children": []}]}', Tree(1, [Tree(2, [])])),
        (int | None, "null", None),
        (int | None, "3", 3),
        (str | None, "null", "null"),
        (int | str, "3", 3),
        (int | str, "three", "three"),
        (int | float, "3", 3),
        (int | float, "3.5", 3.5),
        (list[int] | str, "[1]", [1]),
        (str | time, "09:30", time(9, 30)),
        (bytes | str, "AAEC", "AAEC"),
    ],
)
def test_the_text_of_an_option_becomes_a_value_of_its_type(annotation, text, expected):
    value = from_text(annotation, text)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("annotation", "text", "told"),
    [
        (int, "x", "expected int, got 'x'"),
        (int, "3.0", "expected int, got 3.0"),
        (int, "true", "expected int, got True"),
        (float, "x", "expected float, got 'x'"),
        (bool, "3", "expected bool, got 3"),
        (datetime, "soon", "expected a datetime"),
        (timedelta, "90", "expected a duration"),
        (bytes, "!", "expected bytes as base64"),
        (Colour, "blue", "expected one of RED, GREEN, got 'blue'"),
        (Literal["a", 1], "b", "expected one of a, 1, got 'b'"),
        (list[int], "[1,", "expected list[int] as JSON, got '[1,'"),
        (list[int], "5", "expected list[int], got 5"),
        (list[int], '[1, "x"]', "expected int, got 'x' at $[1]"),
        (tuple[int, str], "[1]", "expected tuple[int, str], got [1]"),
        (dict[str, int], '{"a": "x"}', "expected int, got 'x' at $['a']"),
        (dict[int, str], '{"a": "x"}', "expected int, got 'a'"),
        (Point, '{"y": 1}', "Point needs x"),
        (Point, '{"x": 1, "z": 1}', "Point has no field 'z'"),
        (Shape, '{"name": "s", "points": [{"x": "1"}]}', "expected int, got '1' at $.points[0].x"),
        (Tree, '{"value": 1, "children": [{"value": 2}]}', "Tree needs children at $.children[0]"),
        (int | bool, "x", "expected bool | int, got 'x'"),
    ],
)
def test_wrong_text_is_refused_with_what_was_expected_and_where(annotation, text, told):
    with pytest.raises(TypeMismatch) as caught:
        from_text(annotation, text)
    assert caught.value.message.startswith(told)


def test_nan_is_a_float():
    assert math.isnan(from_text(float, "nan"))


ANNOTATIONS = st.sampled_from(
    [
        (int, st.integers()),
        (float, st.floats(allow_nan=False)),
        (str, st.text()),
        (bytes, st.binary()),
        (datetime, st.datetimes(timezones=st.none() | st.just(UTC))),
        (timedelta, st.timedeltas()),
        (Colour, st.sampled_from(Colour)),
        (list[float], st.lists(st.floats(allow_nan=False))),
        (dict[int, bytes], st.dictionaries(st.integers(), st.binary())),
        (dict[date, bool], st.dictionaries(st.dates(), st.booleans())),
        (int | str | None, st.integers() | st.text() | st.none()),
        (Shape, st.builds(Shape, st.text(), st.lists(st.builds(Point)))),
    ]
)


@given(ANNOTATIONS.flatmap(lambda case: st.tuples(st.just(case[0]), case[1])))
def test_what_is_shown_as_json_reads_back_as_the_same_value(case):
    annotation, value = case
    codec = codec_for(annotation)
    shown = to_json(codec.type, codec.to_wire(value, "$"))
    back = codec.from_wire(to_wire(codec.type, shown), "$")
    assert back == value
    assert type(back) is type(value)


def test_a_failed_element_of_a_map_is_shown_as_null():
    assert to_json(codec_for(list[float]).type, [1.0, None]) == [1.0, None]


def test_long_values_are_cut_and_say_so():
    assert to_text([0] * 100, limit=10) == "[0, 0, 0, ... (300 characters)"
    assert to_text("text") == "text"
