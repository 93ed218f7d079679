"""Previews of values as text."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from tests.ir.kinds import types, wires

from volery.cli.glance import LINES, WIDTH, glance
from volery.ir.content import Content, content_to_wire
from volery.ir.types import (
    BYTES,
    DATE,
    FLOAT,
    INT,
    STR,
    ContentType,
    Field,
    FrameType,
    ListType,
    MapType,
    RecordType,
)
from volery.ir.values import Ext
from volery.types.preview import preview
from volery.types.written.previews import line, size_text

POINT = RecordType("m.Point", (Field("x", FLOAT), Field("label", STR)))
DIGEST = "3f2a1b" + "0" * 58


def shown(kind, wire):
    return list(glance("o0", preview(kind, wire)))


@pytest.mark.parametrize(
    ("kind", "wire", "expected"),
    [
        (INT, 3, "o0 = 3"),
        (STR, "text", "o0 = text"),
        (STR, "x" * 5000, f"o0 = {'x' * 1000}... (5,000 characters)"),
        (ListType(STR), ["a", "é"], 'o0 = ["a", "é"]'),
        (ListType(STR), ["x" * 1001], f'o0 = ["{"x" * 1000}..." (1,001 characters)]'),
        (ListType(FLOAT), [0.5] * 1000, f"o0 = [{'0.5, ' * 20}... 980 more]"),
        (POINT, {"x": 1.5, "label": "a"}, 'o0 = {"x": 1.5, "label": "a"}'),
        (MapType(INT, INT), {1: 2}, 'o0 = {"1": 2}'),
        (MapType(DATE, INT), [[Ext(3, b"2024-05-01"), 2]], 'o0 = {"2024-05-01": 2}'),
        (BYTES, b"\x00\xff", "o0 = 00ff (2 bytes)"),
        (BYTES, bytes(1_500_000), f"o0 = {'00' * 32}... (1.5 MB)"),
        (INT, Ext(99, b""), "o0 = (unknown)"),
    ],
)
def test_a_value_is_shown_in_a_line(kind, wire, expected):
    assert shown(kind, wire) == [expected]


@given(types.flatmap(lambda kind: st.tuples(st.just(kind), wires(kind))))
def test_every_preview_can_be_shown(case):
    assert line(preview(*case))


def test_an_offloaded_value_says_how_large_it_is():
    tree = {"type": "offloaded", "size": 9_000_009, "length": 1_000_000}
    assert line(tree) == "(1,000,000 elements, 9 MB, stored)"
    assert line({"type": "offloaded", "length": 20}) == "(20 elements, stored)"
    assert line({"type": "offloaded"}) == "(an element, stored)"


def test_a_text_file_is_shown_with_its_first_lines():
    text = "".join(f"{number},{'x' * 200}\n" for number in range(30))
    content = Content(
        DIGEST, 1234, name="a.csv", format="csv", preview={"text": text, "whole": False}
    )
    first, *more = shown(ContentType("file"), content_to_wire(content))
    assert first == "o0 = file a.csv (csv, 1.23 kB, 3f2a1b000000...)"
    assert more[-1] == "  ..."
    assert len(more) == LINES + 2
    assert more[0] == "  whole: false"
    assert more[1].startswith("  0,xxx")
    assert max(map(len, more)) <= WIDTH + 2


def test_a_frame_is_shown_as_a_table():
    preview = {
        "rows": 1000,
        "columns": {"item": "string", "price": "double"},
        "head": [{"item": "bread", "price": 1.5}, {"item": "butter and jam", "price": None}],
    }
    content = Content(DIGEST, 2_000_000, format="parquet", preview=preview)
    assert shown(FrameType(), content_to_wire(content)) == [
        "o0 = frame (parquet, 2 MB, 3f2a1b000000...)",
        "  rows: 1000",
        '  columns: {"item": "string", "price": "double"}',
        "  item            price",
        "  bread           1.5",
        "  butter and jam  null",
    ]


def test_an_image_is_shown_in_words():
    preview = {"mode": "RGB", "size": [640, 480], "thumbnail": "data:image/png;base64,AAEC"}
    content = Content(DIGEST, 70_000, data=None, format="png", preview=preview)
    assert shown(ContentType("PIL.Image"), content_to_wire(content)) == [
        "o0 = PIL.Image (png, 70 kB, 3f2a1b000000...)",
        "  mode: RGB",
        "  size: [640, 480]",
    ]


def test_content_of_others_is_shown_by_its_uri():
    content = Content(uri="s3://bucket/key")
    assert shown(ContentType("file"), content_to_wire(content)) == ["o0 = file s3://bucket/key"]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (999_499, "999 kB"),
        (999_500, "1 MB"),
        (1_234_567, "1.23 MB"),
        (2**64, "18.4 EB"),
    ],
)
def test_sizes_are_shown_in_the_unit_that_fits(size, text):
    assert size_text(size) == text
