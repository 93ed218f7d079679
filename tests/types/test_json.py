# ruff: noqa: UP006, UP035 - the names that users still write
from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from datetime import date
from enum import IntEnum
from typing import Any, Dict, List

import pytest
from pydantic import JsonValue
from tests.types.strategies import Point

from volery.errors import TypeMismatch
from volery.ir.types import JsonType
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for


class Level(IntEnum):
    LOW = 1


DOCUMENT = {"a": [1, 2.5, None, True, "ä", {"b": {}}], "n": -0.0, "nan": math.nan, 3: [[]]}


@pytest.mark.parametrize(
    "annotation",
    [dict, Dict, dict[str, Any], Dict[str, Any], Mapping, MutableMapping, Mapping[str, Any]],
)
def test_a_plain_dict_holds_json(annotation: object):
    check_codec(annotation, [{}, DOCUMENT], bad=[([], "$"), (None, "$"), (OrderedDict(), "$")])
    assert codec_for(annotation).type == JsonType("dict")


@pytest.mark.parametrize(
    "annotation", [list, List, list[Any], List[Any], Sequence, MutableSequence, Sequence[Any]]
)
def test_a_plain_list_holds_json(annotation: object):
    check_codec(annotation, [[], [DOCUMENT, [1]]], bad=[({}, "$"), (None, "$"), ((1,), "$")])
    assert codec_for(annotation).type == JsonType("list")


def test_the_stored_form_is_that_of_its_parts():
    check_codec(dict, [], golden=[({"a": [1, None], 2: 1.5}, "82a1619201c002cb3ff8000000000000")])


def test_ints_of_any_size_are_kept():
    check_codec(dict, [{"a": [2**64, -(2**70), 3]}])


def test_json_values_of_pydantic_are_any_json():
    check_codec(JsonValue, [1, "a", [1, {"a": False}], None], bad=[((1,), "$"), ([b""], "$[0]")])


def test_plain_parts_of_other_types():
    check_codec(list[dict], [[{"a": 1}, {}], []], bad=[([{"a": b""}], "$[0].a"), ([[]], "$[0]")])
    check_codec(dict[str, list[Any]], [{"a": [1]}], bad=[({"a": {}}, "$.a")])


@pytest.mark.parametrize(
    ("part", "hint"),
    [
        ((1, 2), "pass list(...) of it, or declare what it is"),
        ({1}, "pass list(...) of it, or declare what it is"),
        (OrderedDict(a=1), "pass dict(...) of it, or declare what it is"),
        (Level.LOW, "pass its .value, or declare the enum"),
        (date(2024, 1, 1), "declare what it is, as a field of a dataclass or a TypedDict"),
        (Point(1.0), "declare what it is, as a field of a dataclass or a TypedDict"),
        (b"x", "declare what it is, as a field of a dataclass or a TypedDict"),
        (int, "declare what it is, as a field of a dataclass or a TypedDict"),
    ],
)
def test_what_json_cannot_say_is_refused_with_its_path_and_the_way_out(part: object, hint: str):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(dict), {"rows": [1, {"x": part}]})
    assert caught.value.path == "$.rows[1].x"
    assert caught.value.hint == hint


@pytest.mark.parametrize("key", [True, None, 1.5, b"a", (1,), 2**64, "\ud800"])
def test_a_key_that_json_does_not_have_is_refused(key: object):
    with pytest.raises(TypeMismatch, match="expected a key that is text or an int of 64 bits"):
        pack(codec_for(dict), {"a": {key: 1}})


def test_text_that_utf_8_cannot_encode_is_refused_where_it_stands():
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(list), ["a", ["\ud800"]])
    assert caught.value.path == "$[1][0]"


def test_a_list_that_contains_itself_is_refused():
    endless: list[Any] = [1]
    endless.append({"again": endless})
    with pytest.raises(TypeMismatch, match="nested too deeply"):
        pack(codec_for(list), endless)
    endless.append(2**80)
    with pytest.raises(TypeMismatch, match="nested too deeply"):
        pack(codec_for(list), endless)


def test_depth_has_a_bound_that_does_not_depend_on_the_stack():
    codec = codec_for(list)
    for first in ([], [2**80]):
        deep = first
        for _ in range(199):
            deep = [deep]
        assert unpack(codec, pack(codec, deep)) == deep
        with pytest.raises(TypeMismatch, match="nested too deeply"):
            pack(codec, [[deep]])


@pytest.mark.parametrize("wire", [{"a": b""}, {b"a": 1}, {"a": {None: 1}}, {True: 1}, "a"])
def test_stored_data_that_is_no_json_is_refused(wire: object):
    with pytest.raises(TypeMismatch):
        codec_for(dict).from_wire(wire, "$")


def test_a_union_tells_dicts_from_records_and_lists():
    annotation = dict | Point | list | None
    check_codec(annotation, [{"x": 1.0}, Point(1.0), [1], None], bad=[("a", "$"), ([b""], "$[0]")])
