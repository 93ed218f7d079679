"""Laying one object over another."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, strategies as st

from volery.executors.kubernetes.merge import lay_over

NAMES = st.sampled_from(["name", "image", "env", "volumes", "tolerations", "spec", "ports", "args"])
OBJECTS = st.recursive(
    st.dictionaries(NAMES, st.integers() | st.text(max_size=3)),
    lambda inner: st.dictionaries(
        NAMES, inner | st.lists(inner, max_size=3) | st.lists(st.integers(), max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("lower", "upper", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}}, {"a": {"x": 1, "y": 3}}),
        ({"a": 1, "b": 2}, {"a": None}, {"b": 2}),
        ({"args": ["a", "b"]}, {"args": ["c"]}, {"args": ["c"]}),
        (
            {"containers": [{"name": "a", "image": "1"}, {"name": "b"}]},
            {"containers": [{"name": "c"}, {"name": "a", "tty": True}]},
            {
                "containers": [
                    {"name": "a", "image": "1", "tty": True}, {"name": "b"}, {"name": "c"},
                ]
            },
        ),
        (
            {"tolerations": [{"key": "a"}]},
            {"tolerations": [{"key": "a"}, {"key": "b"}]},
            {"tolerations": [{"key": "a"}, {"key": "b"}]},
        ),
        (
            {"volumes": [{"name": "v", "emptyDir": {"medium": "Memory"}}]},
            {"volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1"}}]},
            {"volumes": [{"name": "v", "emptyDir": {"medium": "Memory", "sizeLimit": "1"}}]},
        ),
        (
            {"volumes": [{"name": "v", "emptyDir": {}}]},
            {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
            {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
        ),
        ({}, {"a": {"b": None, "c": 1}}, {"a": {"c": 1}}),
    ],
)  # fmt: skip
def test_objects_are_merged_as_the_cluster_would(lower, upper, merged):
    assert lay_over(lower, upper) == merged


@given(OBJECTS, OBJECTS)
def test_neither_object_is_changed(lower, upper):
    before = copy.deepcopy((lower, upper))
    lay_over(lower, upper)
    assert (lower, upper) == before


@given(OBJECTS)
def test_nothing_over_an_object_is_the_object(lower):
    assert lay_over(lower, {}) == lower


@given(OBJECTS, OBJECTS)
def test_what_lies_above_stays_when_it_is_laid_over_again(lower, upper):
    merged = lay_over(lower, upper)
    assert set(upper) <= set(merged)
    for key, value in upper.items():
        if not isinstance(value, dict | list):
            assert merged[key] == value
