"""What people are shown of values, from their literal types and wire trees alone."""

from __future__ import annotations

import math
import time
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID as Uuid

import msgspec
import pytest
from hypothesis import given, strategies as st
from tests.ir.kinds import TREE, types, wires

from volery.ir.content import (
    MAX_PREVIEW,
    Content,
    Offloaded,
    content_to_wire,
    offloaded_to_wire,
)
from volery.ir.types import (
    BYTES,
    DATE,
    FLOAT,
    INT,
    NONE,
    STR,
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
from volery.ir.values import CONTENT, Ext
from volery.types.preview import FIELDS, HEAD, ITEMS, preview
from volery.types.registry import codec_for

JSON = JsonType()
COLOR = EnumType("m.Color", (EnumMember("RED", "red"),))
POINT = RecordType("m.Point", (Field("x", FLOAT), Field("label", STR)))
DIGEST = "0" * 64


def size_of(tree):
    return len(msgspec.json.encode(tree))


def is_preview(tree) -> bool:
    """Whether JSON has the form that is documented; written apart from what it is a check of."""
    match tree:
        case None | bool() | float() | str():
            return True
        case int():
            return abs(tree) <= 2**53
        case {
            "type": "list" | "tuple" | "set",
            "items": list(items),
            "length": int(length),
            **rest,
        }:
            return not rest and len(items) <= length and all(map(is_preview, items))
        case {"type": "dict", "entries": list(entries), "length": int(length), **rest}:
            return not rest and len(entries) <= length and all(map(is_entry, entries))
        case {"type": "record", "name": str(), "entries": list(), "length": int(), **rest}:
            return not rest and all(map(is_entry, tree["entries"]))
        case {"type": "text" | "bytes", "head": str(head), "length": int(length), **rest}:
            return not rest and len(head) <= 2 * length
        case {"type": "content", **rest}:
            return set(rest) <= {"kind", "size", "name", "format", "digest", "uri", "preview"}
        case {"type": "offloaded", **rest}:
            return set(rest) <= {"size", "length"}
        case _:
            return tree == {"type": "unknown"}


def is_entry(tree) -> bool:
    return isinstance(tree, list) and len(tree) == 2 and all(map(is_preview, tree))


@given(types.flatmap(lambda kind: st.tuples(st.just(kind), wires(kind))))
def test_a_preview_of_any_value_has_the_documented_form_and_is_bounded(case):
    kind, wire = case
    tree = preview(kind, wire)
    assert is_preview(tree)
    assert size_of(tree) <= MAX_PREVIEW


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=2000)
    | st.binary(max_size=2000)
    | st.builds(Ext, st.integers(0, 12), st.binary(max_size=20)),
    lambda parts: (
        st.lists(parts, max_size=30)
        | st.dictionaries(st.text(st.characters()) | st.integers(), parts, max_size=30)
    ),
    max_leaves=60,
)


@given(types, TREES)
def test_what_is_not_of_the_type_is_shown_all_the_same(kind, wire):
    tree = preview(kind, wire)
    assert is_preview(tree)
    assert size_of(tree) <= MAX_PREVIEW


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (int, 3, 3),
        (int, 2**53 + 1, "9007199254740993"),
        (int, 10**30, "1" + "0" * 30),
        (float, math.nan, "NaN"),
        (float, -math.inf, "-Infinity"),
        (bool, True, True),
        (str, "text", "text"),
        (str | None, None, None),
        (int | str, "a", "a"),
        (date, date(2024, 5, 1), "2024-05-01"),
        (timedelta, timedelta(minutes=90), "1h30m"),
        (Decimal, Decimal("1.10"), "1.10"),
        (complex, 1 + 2j, "1+2j"),
        (Uuid, Uuid(int=255), "00000000-0000-0000-0000-0000000000ff"),
    ],
)
def test_scalars_stand_for_themselves_or_are_text(annotation, value, expected):
    codec = codec_for(annotation)
    assert preview(codec.type, codec.to_wire(value, "$")) == expected


@pytest.mark.parametrize(
    ("kind", "wire", "expected"),
    [
        (ListType(INT), [1, 2], {"type": "list", "items": [1, 2], "length": 2}),
        (TupleType((INT, STR)), [1, "a"], {"type": "tuple", "items": [1, "a"], "length": 2}),
        (SetType(COLOR), ["RED"], {"type": "set", "items": ["RED"], "length": 1}),
        (MapType(STR, INT), {"a": 1}, {"type": "dict", "entries": [["a", 1]], "length": 1}),
        (
            MapType(DATE, INT),
            [[Ext(3, b"2024-05-01"), 1]],
            {"type": "dict", "entries": [["2024-05-01", 1]], "length": 1},
        ),
        (
            POINT,
            {"x": 1.5, "label": "a"},
            {
                "type": "record",
                "name": "Point",
                "entries": [["x", 1.5], ["label", "a"]],
                "length": 2,
            },
        ),
        (
            JSON,
            {"a": [None, {"b": 1}]},
            {
                "type": "dict",
                "entries": [
                    [
                        "a",
                        {
                            "type": "list",
                            "items": [None, {"type": "dict", "entries": [["b", 1]], "length": 1}],
                            "length": 2,
                        },
                    ]
                ],
                "length": 1,
            },
        ),
        (UnionType((INT, ListType(INT))), ["int", 3], 3),
        (
            UnionType((INT, ListType(INT), NONE)),
            ["list[int]", [1]],
            {"type": "list", "items": [1], "length": 1},
        ),
        (
            CustomType("m.Money", TupleType((INT, STR))),
            [3, "EUR"],
            {"type": "tuple", "items": [3, "EUR"], "length": 2},
        ),
        (BYTES, b"\x00\xff", {"type": "bytes", "head": "00ff", "length": 2}),
        (INT, Ext(99, b""), {"type": "unknown"}),
        (INT, Ext(CONTENT, b"\xc1"), {"type": "unknown"}),
    ],
)
def test_what_has_parts_is_an_object_that_says_what_it_is(kind, wire, expected):
    assert preview(kind, wire) == expected


def test_a_recursive_record_is_shown_down_to_a_depth():
    wire = {"value": 0, "children": []}
    for value in range(1, 30):
        wire = {"value": value, "children": [wire]}
    tree = preview(TREE, wire)
    levels = 0
    while tree["entries"]:
        assert tree["name"] == "Tree"
        levels += 1
        children = dict(tree["entries"])["children"]
        assert children["length"] == 1
        if not children["items"]:
            break
        tree = children["items"][0]
    assert levels == 4


def test_the_first_parts_of_what_is_long_are_shown_and_how_many_there_are():
    assert preview(ListType(INT), list(range(1000))) == {
        "type": "list",
        "items": list(range(ITEMS)),
        "length": 1000,
    }
    tree = preview(MapType(STR, INT), {str(each): each for each in range(1000)})
    assert (len(tree["entries"]), tree["length"]) == (ITEMS, 1000)
    wide = RecordType("m.Wide", tuple(Field(f"f{each}", INT) for each in range(500)))
    tree = preview(wide, {f"f{each}": each for each in range(500)})
    assert (len(tree["entries"]), tree["length"]) == (FIELDS, 500)


def test_a_long_text_is_cut_and_says_how_long_it_is():
    assert preview(STR, "x" * HEAD) == "x" * HEAD
    assert preview(STR, "x" * 5000) == {"type": "text", "head": "x" * HEAD, "length": 5000}
    assert preview(BYTES, bytes(5000)) == {"type": "bytes", "head": "00" * 32, "length": 5000}


def test_text_cannot_command_a_terminal_or_run_backwards():
    dangerous = "a\x1b[2Jb\x00c\u202ed\x9be\n\tf"
    assert preview(STR, dangerous) == "a\ufffd[2Jb\ufffdc\ufffdd\ufffde\n\tf"
    assert preview(STR, "half \ud83d of it") == "half \ufffd of it"
    assert preview(STR, "größe 👩‍🔬") == "größe 👩‍🔬"
    shown = preview(MapType(STR, INT), {"\x1b]0;title": 1})
    assert shown["entries"] == [["\ufffd]0;title", 1]]


def test_room_that_one_part_leaves_is_for_those_after_it():
    long = {"type": "text", "head": "x" * HEAD, "length": 3000}
    tree = preview(ListType(STR), ["a"] * 15 + ["x" * 3000] * 5)
    assert tree["items"] == ["a"] * 15 + [long] * 5
    tree = preview(ListType(STR), ["x" * 3000] * 20)
    assert len(tree["items"]) == 20
    assert {each["length"] for each in tree["items"]} == {3000}


def test_a_million_elements_cost_no_more_than_a_few():
    many = [float(each) for each in range(1_000_000)]
    nested = [many] * 1_000_000
    for kind, wire in ((ListType(FLOAT), many), (ListType(ListType(FLOAT)), nested)):
        took: list[float] = []
        for _ in range(20):
            started = time.perf_counter()
            preview(kind, wire)
            took.append(time.perf_counter() - started)
        assert min(took) < 0.01


CSV = Content(
    digest=DIGEST,
    size=12,
    name="a.csv",
    format="csv",
    identity="1" * 64,
    facts={"private": "to the codec"},
    preview={"text": "a,b\n\x1b[2J1,2"},
)


def test_content_is_shown_by_what_is_known_of_it_and_its_own_preview():
    assert preview(ContentType("file", "csv"), content_to_wire(CSV)) == {
        "type": "content",
        "kind": "file",
        "size": 12,
        "name": "a.csv",
        "format": "csv",
        "digest": DIGEST,
        "preview": {"text": "a,b\n\ufffd[2J1,2"},
    }
    foreign = Content(uri="s3://bucket/key", format="parquet")
    assert preview(FrameType(), content_to_wire(foreign)) == {
        "type": "content",
        "kind": "frame",
        "format": "parquet",
        "uri": "s3://bucket/key",
    }


def test_of_content_without_room_the_most_telling_is_kept():
    large = msgspec.structs.replace(CSV, preview={"text": "x" * 5000})
    tree = preview(ListType(ContentType("file")), [content_to_wire(large)] * 20)
    assert len(tree["items"]) == 20
    assert all(each["digest"] == DIGEST for each in tree["items"])
    assert "preview" not in tree["items"][0]
    alone = preview(ContentType("file"), content_to_wire(large))
    assert alone["preview"] == {"text": "x" * 5000}


def test_a_preview_that_somebody_else_made_too_large_is_left_out():
    huge = msgspec.structs.replace(CSV, preview={"text": "x" * 10_000})
    assert "preview" not in preview(ContentType("file"), content_to_wire(huge))


def test_a_preview_of_content_gets_shorter_arrays_where_there_is_no_room():
    rows = [[row, "x" * 50] for row in range(100)]
    table = msgspec.structs.replace(CSV, preview={"rows": 100, "head": rows})
    alone = preview(FrameType(), content_to_wire(table))
    assert alone["preview"] == {"rows": 100, "head": rows}
    first = preview(ListType(FrameType()), [content_to_wire(table)] * 20)["items"][0]
    assert first["preview"] == {"rows": 100, "head": rows[:2]}


def test_numbers_that_json_has_no_word_for_are_text_in_the_preview_of_content_too():
    odd = msgspec.structs.replace(CSV, preview={"min": math.nan, "max": [math.inf, 2**60, b"x"]})
    shown = preview(ContentType("file"), content_to_wire(odd))
    assert shown["preview"] == {"min": "NaN", "max": ["Infinity", str(2**60), None]}


def test_an_offloaded_value_shows_how_large_it_is_and_is_not_opened():
    whole = Offloaded(digest=DIGEST, size=9_000_009, length=1_000_000, index=DIGEST)
    kind = ListType(FLOAT)
    assert preview(kind, offloaded_to_wire(whole)) == {
        "type": "offloaded",
        "size": 9_000_009,
        "length": 1_000_000,
    }
    part = msgspec.structs.replace(whole, start=10, end=30)
    assert preview(kind, offloaded_to_wire(part)) == {"type": "offloaded", "length": 20}
    element = msgspec.structs.replace(whole, start=10)
    assert preview(FLOAT, offloaded_to_wire(element)) == {"type": "offloaded"}
    text = Offloaded(digest=DIGEST, size=70_000)
    assert preview(STR, offloaded_to_wire(text)) == {"type": "offloaded", "size": 70_000}
