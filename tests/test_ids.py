from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from volery import ids

SEGMENTS = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True),
    st.tuples(st.integers(0, 99), st.integers(1, 9)).map(
        lambda pair: ids.range_id(pair[0], pair[0] + pair[1])
    ),
)


@given(st.lists(SEGMENTS, min_size=1))
def test_a_path_splits_into_what_it_was_joined_from(segments):
    path = "root"
    for segment in segments:
        assert ids.split(ids.join(path, segment)) == (path, segment)
        path = ids.join(path, segment)


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_range_is_told_by_its_id(start, length):
    assert ids.range_of(ids.range_id(start, start + length)) == (start, start + length)


def test_an_element_of_a_range_has_the_path_that_it_has_by_itself():
    assert ids.element_path("a/n1[10:20]", 3) == "a/n1[13]"


def test_execution_ids_are_names_and_differ():
    made = {ids.new_execution_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(map(ids.is_execution_name, made))


def test_a_child_execution_has_the_same_id_on_every_try():
    first = ids.child_execution_id("parent", "n1")
    assert first == ids.child_execution_id("parent", "n1")
    assert first != ids.child_execution_id("parent", "n2")
    assert ids.is_execution_name(first)


@pytest.mark.parametrize("name", ["", "A", "1a", "a-", "a b", "a" * 64, "ä"])
def test_names_that_cannot_be_a_label_are_refused(name):
    assert not ids.is_execution_name(name)
