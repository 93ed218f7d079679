"""Finding out how many pods a namespace takes."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from volery.executors.kubernetes.crew import LONGEST, backoff
from volery.executors.kubernetes.quota import STEP, Quota, never_fits


def test_there_is_no_limit_before_something_is_refused():
    assert Quota().takes(1_000_000)


def test_no_more_are_asked_for_than_were_there_when_one_was_refused():
    quota = Quota()
    quota.refused(50, 0.0)
    assert not quota.takes(50)
    assert quota.takes(49)


def test_one_more_is_tried_after_a_while_if_there_are_as_many_as_may_be():
    quota = Quota()
    quota.refused(50, 0.0)
    quota.grow(49, LONGEST)
    assert not quota.takes(50)
    quota.grow(50, LONGEST)
    assert quota.takes(50)
    assert not quota.takes(51)


def test_a_namespace_that_has_room_again_fills_quickly():
    quota, now, pods = Quota(), LONGEST, 1
    quota.refused(pods, 0.0)
    steps = 0
    while pods < 1_000:
        quota.grow(pods, now)
        pods, now, steps = quota.limit, now + STEP, steps + 1
    assert steps <= 10


@given(st.integers(1, 200), st.integers(10, 60))
def test_a_full_namespace_is_seldom_asked(room, minutes):
    """A minute has 60 steps; a namespace that stays full is asked about twice in one."""
    quota, refusals, now = Quota(), 0, 0.0
    quota.refused(room, now)
    while now < 60 * minutes:
        now += 1.0
        quota.grow(room, now)
        if quota.takes(room):
            quota.refused(room, now)
            refusals += 1
    assert 0 < refusals < 10 + 5 * minutes


@given(st.integers(0, 10_000))
def test_waits_grow_and_have_an_end(tries):
    assert 0 < backoff(tries) <= LONGEST


@pytest.mark.parametrize(
    ("said", "never"),
    [
        ("requested: cpu=8, used: cpu=2, limited: cpu=4", True),
        ("requested: cpu=3, used: cpu=2, limited: cpu=4", False),
        ("requested: cpu=4, used: cpu=1m, limited: cpu=4", False),
        ("requested: pods=1, used: pods=50, limited: pods=50", False),
        ("requested: pods=1, used: pods=0, limited: pods=0", True),
        ("requested: cpu=1,memory=2Gi, used: cpu=1,memory=0, limited: cpu=1,memory=1536Mi", True),
        ("requested: cpu=4500m, used: cpu=0, limited: cpu=4", True),
        ("requested: pods=1,gpu.com/g=1, used: gpu.com/g=1, limited: gpu.com/g=1", False),
        ("requested: cpu=many, used: cpu=0, limited: cpu=4", False),
        ("in words of a later version", False),
    ],
)
def test_a_pod_that_is_larger_than_all_of_the_quota_never_fits(said, never):
    assert never_fits(f'pods "a" is forbidden: exceeded quota: small, {said}') is never
