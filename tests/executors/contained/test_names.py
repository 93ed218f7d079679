"""Names of containers."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st

from volery.executors.contained.names import attempt_name

TEXT = st.text(min_size=1, max_size=100)


@given(TEXT, TEXT, TEXT, st.integers(1, 10_000))
def test_a_name_is_a_label_and_always_the_same(owner, execution, path, attempt):
    name = attempt_name(owner, execution, path, attempt)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name)
    assert name == attempt_name(owner, execution, path, attempt)


def test_a_name_begins_with_what_people_know_the_attempt_by():
    name = attempt_name("o", "nightly", "train/fold[3]/fit", 2)
    assert name.startswith("nightly-train-fold-3-fit-2-")


def test_whatever_differs_makes_another_name():
    names = {
        attempt_name(*each)
        for each in (
            ("o", "e", "a", 1),
            ("p", "e", "a", 1),
            ("o", "f", "a", 1),
            ("o", "e", "b", 1),
            ("o", "e", "a", 2),
            ("o", "e-a", "", 1),
            ("o", "e", "A", 1),
            ("o", "e", "a" * 100, 1),
            ("o", "e", "a" * 101, 1),
        )
    }
    assert len(names) == 9
