"""Values from what people write, and as people read them."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from volery.errors import TypeMismatch
from volery.ir.content import Offloaded, offloaded_to_wire
from volery.ir.types import (
    DECIMAL,
    STR,
    ContentType,
    CustomType,
    FrameType,
    ListType,
    TupleType,
)
from volery.ir.values import DECIMAL as DECIMAL_CODE, Ext
from volery.types.registry import codec_for
from volery.types.written.parsing import parse
from volery.types.written.reading import to_wire
from volery.types.written.showing import to_json, to_text


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
        (Decimal, "1.10", Decimal("1.10")),
        (Decimal, "-0e5", Decimal("-0e5")),
        (Decimal | None, "3", Decimal(3)),
        (list[Decimal], '["1.10", 3]', [Decimal("1.10"), Decimal(3)]),
        (int | Decimal, "3", 3),
        (str | Decimal, '"1.10"', Decimal("1.10")),
        (complex, "1+2j", 1 + 2j),
        (UUID, str(UUID(int=255)), UUID(int=255)),
        (Path, "a/b.csv", Path("a/b.csv")),
        (set[int], "[3, 1, 2, 300, 1]", {1, 2, 3, 300}),
        (frozenset[Colour], '["RED", "green"]', frozenset(Colour)),
        (dict, '{"a": [1, 2.5, null, {"b": "c"}]}', {"a": [1, 2.5, None, {"b": "c"}]}),
        (list, f"[{10**30}]", [10**30]),
        (dict[str, Any] | None, "null", None),
        (dict[str, int] | dict, '{"a": 1}', {"a": 1}),
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
        (list[int], '[1, "x"]', "expected int, got 'x' (str) at $[1]"),
        (tuple[int, str], "[1]", "expected tuple[int, str], got [1]"),
        (dict[str, int], '{"a": "x"}', "expected int, got 'x' (str) at $['a']"),
        (dict[int, str], '{"a": "x"}', "expected int, got 'a'"),
        (Point, '{"y": 1}', "Point needs x"),
        (Point, '{"x": 1, "z": 1}', "Point has no field 'z'"),
        (
            Shape,
            '{"name": "s", "points": [{"x": "1"}]}',
            "expected int, got '1' (str) at $.points[0].x",
        ),
        (Tree, '{"value": 1, "children": [{"value": 2}]}', "Tree needs children at $.children[0]"),
        (int | bool, "x", "expected bool | int, got 'x'"),
        (Decimal, "1,10", "expected a decimal number (1.10), got '1,10'"),
        (list[Decimal], "[1.10]", "expected a decimal number (1.10), got 1.1 (float) at $[0]"),
        (complex, "1+2i", "expected a complex number (1+2j), got '1+2i'"),
        (UUID, "42", "expected a UUID (1b4e28ba-2fa1-11d2-883f-0016d3cca427), got '42'"),
        (list[Path], "[1]", "expected a path, got 1 (int) at $[0]"),
        (set[int], '["x"]', "expected int, got 'x' (str) at $[0]"),
        (dict, "[1]", "expected dict, got [1]"),
        (list, "{", "expected list as JSON, got '{'"),
    ],
)
def test_wrong_text_is_refused_with_what_was_expected_and_where(annotation, text, told):
    with pytest.raises(TypeMismatch) as caught:
        from_text(annotation, text)
    assert caught.value.message.startswith(told)


def test_a_decimal_that_json_made_a_float_is_told_to_be_text():
    with pytest.raises(TypeMismatch) as caught:
        from_text(list[Decimal], "[1.1]")
    assert caught.value.hint == 'write it as text: "1.1"'


MONEY = CustomType("m.Money", TupleType((DECIMAL, STR)))


def test_a_custom_type_is_read_and_shown_as_what_it_travels_as():
    wire = to_wire(MONEY, parse(MONEY, '["1.10", "EUR"]'))
    assert wire == [Ext(DECIMAL_CODE, b"1.10"), "EUR"]
    assert to_json(MONEY, wire) == ["1.10", "EUR"]
    with pytest.raises(TypeMismatch, match=r"expected str, got 3 \(int\) at \$\[1\]"):
        to_wire(MONEY, ["1.10", 3])


def test_a_path_becomes_the_content_of_the_file(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("x\n1\n")
    kind = ContentType("file", "csv")
    wire = to_wire(kind, parse(kind, str(file)))
    shown = to_json(kind, wire)
    assert {key: shown[key] for key in ("kind", "name", "format", "size")} == {
        "kind": "file",
        "name": "a.csv",
        "format": "csv",
        "size": 4,
    }
    assert len(shown["digest"]) == 64
    assert "data" not in shown


def test_a_folder_is_read_where_one_is_declared(tmp_path):
    (tmp_path / "a").write_text("x")
    wire = to_wire(ListType(ContentType("directory")), [str(tmp_path)])
    assert to_json(ListType(ContentType("directory")), wire)[0]["kind"] == "directory"


def test_a_path_to_a_table_becomes_a_frame(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("x,name\n1,a\n")
    shown = to_json(FrameType(), to_wire(FrameType(), str(file)))
    assert (shown["kind"], shown["format"]) == ("frame", "csv")


@pytest.mark.parametrize(
    ("kind", "tree", "told"),
    [
        (
            ContentType("file"),
            3,
            r"expected the path or URI of a file \(File\), got 3 \(int\) at \$\[0\]",
        ),
        (ContentType("directory"), 3, "expected the path or URI of a folder"),
        (FrameType(), 3, "expected the path or URI of a file"),
        (ContentType("file"), "no/such/file", "no/such/file"),
        (ContentType("numpy.ndarray"), "array.npy", "which cannot be named by a path"),
        (ContentType("numpy.ndarray"), [1], r"expected numpy.ndarray, got \[1\]"),
    ],
)
def test_what_is_no_path_of_content_is_refused(kind, tree, told):
    with pytest.raises(TypeMismatch, match=told) as caught:
        to_wire(ListType(kind), [tree])
    assert caught.value.path == "$[0]"


def test_an_offloaded_value_is_shown_by_its_size():
    wire = offloaded_to_wire(Offloaded(digest="0" * 64, size=70_000))
    assert to_json(STR, wire) == {"type": "offloaded", "size": 70_000}


def test_nan_is_a_float():
    assert math.isnan(from_text(float, "nan"))


JSON_DICTS = st.dictionaries(
    st.text(),
    st.recursive(
        st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
        max_leaves=5,
    ),
)
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
        (Decimal, st.decimals(allow_nan=False)),
        (complex, st.complex_numbers(allow_nan=False)),
        (UUID, st.uuids()),
        (set[int | str], st.sets(st.integers() | st.text())),
        (frozenset[float], st.frozensets(st.floats(allow_nan=False, allow_infinity=False))),
        (dict[UUID, Decimal], st.dictionaries(st.uuids(), st.decimals(allow_nan=False))),
        (dict, JSON_DICTS),
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
