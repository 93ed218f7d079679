"""Parts of values: opened one after the other, and never more of them than is asked for."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from volery.data import offload
from volery.data.current import using
from volery.data.storage import Storage
from volery.errors import CallError, NotFound
from volery.ir.content import THRESHOLD, Content, content_to_wire
from volery.ir.types import (
    INT,
    STR,
    ContentType,
    Field,
    ListType,
    MapType,
    RecordType,
    RecursiveType,
    UnionType,
)
from volery.ir.values import join_record, pack
from volery.services import parts
from volery.services.parts import parts_of
from volery.wire.parts import PartsQuery

TREE = RecordType(
    "flows.Tree",
    (
        Field("name", STR),
        Field("below", ListType(RecursiveType("flows.Tree"))),
        Field("__python__", STR, required=False),
    ),
)
LIST = ListType(INT)


@dataclass
class Looked:
    """What was given of a value."""

    keys: list
    previews: list
    length: int
    type: str


@pytest.fixture(autouse=True)
def storage(tmp_path):
    storage = Storage(tmp_path.as_uri())
    with using(storage):
        yield storage


def look(types, values, **query):
    record = join_record({name: offload.pack(wire) for name, wire in values.items()})
    found = parts_of(types, record, PartsQuery(**query))
    keys = [each.key for each in found.parts]
    return Looked(keys, [each.preview for each in found.parts], found.length, found.type)


def test_without_a_name_all_values_are_shown_in_their_order():
    found = look({"b": INT, "a": STR}, {"a": "text", "b": 3})
    assert (found.keys, found.previews, found.length) == (["b", "a"], [3, "text"], 2)


def test_whole_values_have_an_identity_and_parts_have_none():
    types, record = {"a": LIST}, join_record({"a": pack([1, 2])})
    [whole] = parts_of(types, record, PartsQuery()).parts
    assert (len(whole.digest), whole.opens, whole.size) == (64, True, 3)
    [first, _] = parts_of(types, record, PartsQuery(name="a")).parts
    assert (first.digest, first.opens) == ("", False)


def test_a_large_list_is_read_piece_by_piece(storage, monkeypatch):
    many = list(range(1_000_000, 1_200_000))
    values = {"a": many}
    assert look({"a": LIST}, values).previews[0]["length"] == len(many)
    monkeypatch.setattr(storage, "get", None)
    found = look({"a": LIST}, values, name="a", start=150_000, limit=2)
    assert (found.keys, found.previews) == ([150_000, 150_001], [1_150_000, 1_150_001])
    assert look({"a": LIST}, values, name="a", start=len(many)).keys == []


def test_of_a_large_value_the_beginning_is_shown():
    [shown] = look({"a": STR}, {"a": "x" * (2 * THRESHOLD)}).previews
    assert (shown["type"], shown["length"]) == ("text", 2 * THRESHOLD)


def test_only_some_stored_values_are_looked_into(monkeypatch):
    monkeypatch.setattr(parts, "GLIMPSES", 1)
    large = "x" * (2 * THRESHOLD)
    shown = look({"a": STR, "b": STR}, {"a": large, "b": large}).previews
    assert [each["type"] for each in shown] == ["text", "offloaded"]


def test_what_is_too_large_is_not_opened(monkeypatch):
    monkeypatch.setattr(parts, "OPENED", 1000)
    many = {f"key {number}": "x" * 50 for number in range(3_000)}
    with pytest.raises(CallError, match="too many"):
        look({"a": MapType(STR, STR)}, {"a": many}, name="a")


def test_a_way_leads_through_records_lists_and_dicts():
    leaf = {"name": "leaf", "below": [], "__python__": "hidden"}
    tree = {"name": "root", "below": [{"name": "inner", "below": [leaf]}]}
    found = look({"t": TREE}, {"t": tree}, name="t")
    assert (found.keys, found.type) == (["name", "below"], "Tree")
    found = look({"t": TREE}, {"t": tree}, name="t", at="1.0.1.0")
    assert (found.keys, found.previews[0], found.type) == (["name", "below"], "leaf", "Tree")


def test_keys_of_dicts_are_shown_whatever_they_are():
    types = {"d": MapType(INT, LIST)}
    found = look(types, {"d": {7: [1], 8: [2, 3]}}, name="d")
    assert found.keys == [7, 8]
    assert look(types, {"d": {7: [1], 8: [2, 3]}}, name="d", at="1").previews == [2, 3]


def test_a_union_is_what_it_holds():
    kind = UnionType((LIST, STR))
    found = look({"u": kind}, {"u": ["list[int]", [4, 5]]}, name="u")
    assert (found.previews, found.type) == ([4, 5], "list[int]")


def test_content_is_known_by_what_it_means():
    content = Content(digest="d" * 64, size=3, identity="e" * 64, name="a.csv")
    record = join_record({"f": pack(content_to_wire(content))})
    [shown] = parts_of({"f": ContentType("file")}, record, PartsQuery()).parts
    assert (shown.digest, shown.size, shown.opens) == ("e" * 64, 3, False)
    assert shown.preview["name"] == "a.csv"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"name": "b"}, "no output b"),
        ({"name": "a", "at": "9"}, "2 parts, and none at position 9"),
        ({"name": "a", "at": "0.0"}, "0 parts"),
    ],
)
def test_what_there_is_not_is_not_found(query, told):
    with pytest.raises(NotFound, match=told):
        look({"a": LIST}, {"a": [1, 2]}, **query)
