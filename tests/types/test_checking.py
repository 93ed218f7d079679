"""Wire trees from outside, checked by their types."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.types.strategies import annotated_values

from volery.errors import TypeMismatch
from volery.ir.content import Content, Offloaded, content_to_wire, offloaded_to_wire
from volery.ir.types import (
    DATETIME,
    FLOAT,
    INT,
    NONE,
    STR,
    ContentType,
    Field,
    FrameType,
    ListType,
    LiteralType,
    MapType,
    RecordType,
    RecursiveType,
    TupleType,
    UnionType,
)
from volery.ir.values import CONTENT, OFFLOADED, Ext, Wire, unpack
from volery.types.packing import pack
from volery.types.registry import codec_for
from volery.types.written.checking import check_wire

DIGEST = "a" * 64
TREE = RecordType(
    "Tree", (Field("value", INT), Field("below", ListType(RecursiveType("Tree")), required=False))
)


@given(annotated_values())
def test_what_a_codec_writes_is_of_its_type(case: tuple[Any, Any]):
    annotation, value = case
    codec = codec_for(annotation)
    check_wire(codec.type, unpack(pack(codec, value)))


@given(annotated_values(), annotated_values())
def test_what_was_written_as_another_type_passes_or_is_refused_with_a_path(
    written: tuple[Any, Any], read: tuple[Any, Any]
):
    wire = unpack(pack(codec_for(written[0]), written[1]))
    refusal = _refusal(codec_for(read[0]).type, wire)
    assert refusal is None or (refusal.path or "").startswith("$")


def _refusal(kind: LiteralType, wire: Wire) -> TypeMismatch | None:
    """Any other error fails the test."""
    try:
        check_wire(kind, wire)
    except TypeMismatch as error:
        return error
    return None


@pytest.mark.parametrize(
    ("kind", "wire", "path"),
    [
        (INT, "1", "$"),
        (INT, 1.0, "$"),
        (INT, None, "$"),
        (DATETIME, "2026-03-01", "$"),
        (STR, Ext(2, b"2026-03-01"), "$"),
        (ListType(INT), {"a": 1}, "$"),
        (ListType(INT), [1, "x"], "$[1]"),
        (TupleType((INT, STR)), [1], "$"),
        (TupleType((INT, STR)), [1, 2], "$[1]"),
        (MapType(STR, INT), {"a": "x"}, "$['a']"),
        (MapType(STR, INT), [["a"]], "$"),
        (MapType(STR, INT), 1, "$"),
        (UnionType((INT, STR)), 1, "$"),
        (UnionType((INT, STR)), ["float", 1.0], "$"),
        (UnionType((INT, STR)), ["int", "x"], "$"),
        (UnionType((INT, NONE)), "x", "$"),
        (TREE, [], "$"),
        (TREE, {}, "$"),
        (TREE, {"value": 1, "other": 2}, "$"),
        (TREE, {"value": 1, "below": [{"value": 2, "below": [{}]}]}, "$.below[0].below[0]"),
        (ContentType("file"), "a path", "$"),
        (ContentType("file"), Ext(CONTENT, b"\xc1"), "$"),
        (ContentType("file"), content_to_wire(Content("short", 1)), "$"),
        (ContentType("file"), content_to_wire(Content(DIGEST, 1, name="../x")), "$"),
        (FrameType(), 1, "$"),
        (INT, Ext(OFFLOADED, b"\xc1"), "$"),
        (INT, Ext(99, b""), "$"),
    ],
)
def test_what_is_not_of_its_type_is_refused_where_it_stands(kind, wire, path):
    with pytest.raises(TypeMismatch) as caught:
        check_wire(kind, wire)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        (FLOAT, 1),
        (FLOAT, float("nan")),
        (UnionType((INT, NONE)), None),
        (UnionType((INT, STR)), ["str", "x"]),
        (TREE, {"value": 1, "below": [{"value": 2}]}),
        (ContentType("file"), content_to_wire(Content(DIGEST, 1, name="x.csv"))),
        (ListType(INT), offloaded_to_wire(Offloaded(DIGEST, 100_000, 9, DIGEST))),
        (TREE, {"value": 1, "below": offloaded_to_wire(Offloaded(DIGEST, 100_000))}),
    ],
)
def test_what_is_of_its_type_is_taken(kind, wire):
    check_wire(kind, wire)
