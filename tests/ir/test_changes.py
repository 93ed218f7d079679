"""Changes between two JSON documents, place by place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, strategies as st

from volery.ir.changes import Change, changes


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (1, 1, []),
        (1, 1.0, [Change("", "changed", 1, 1.0)]),
        ({"a": 1}, {"a": 2}, [Change("a", "changed", 1, 2)]),
        ({"a": 1}, {"b": 1}, [Change("a", "removed", 1, None), Change("b", "added", None, 1)]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [Change("a.b[1]", "changed", 2, 3)]),
        ({"a": [1]}, {"a": [1, 2]}, [Change("a[1]", "added", None, 2)]),
        ({"a": [1]}, {"a": None}, [Change("a", "changed", [1], None)]),
    ],
)
def test_each_place_is_told(before, now, expected):
    assert list(changes(before, now)) == expected


def test_parts_of_lists_are_known_by_their_id_or_name():
    before = {"nodes": [{"id": "n0", "x": 1}, {"id": "n1", "x": 1}]}
    now = {"nodes": [{"id": "n1", "x": 2}, {"id": "n2", "x": 1}]}
    assert [(each.path, each.change) for each in changes(before, now)] == [
        ("nodes[n0]", "removed"),
        ("nodes[n1].x", "changed"),
        ("nodes[n2]", "added"),
    ]
    swapped = {"inputs": [{"name": "b"}, {"name": "a"}]}
    ((place, change, was, becomes),) = changes({"inputs": swapped["inputs"][::-1]}, swapped)
    assert (place, change, was, becomes) == ("inputs", "changed", ["a", "b"], ["b", "a"])


def test_parts_that_nothing_tells_apart_are_known_by_their_place():
    twice = [{"id": "n"}, {"id": "n"}]
    assert [each.path for each in changes([*twice, 1], [{"id": "n"}, {"id": "m"}, 1])] == ["[1].id"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "x"]), inner)
    ),
    max_leaves=8,
)


@given(JSON, JSON)
def test_equal_documents_and_no_others_have_no_changes(one: Any, other: Any):
    assert list(changes(one, deepcopy(one))) == []
    if one != other:
        assert list(changes(one, other))
