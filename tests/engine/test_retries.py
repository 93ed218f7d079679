from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from tests.engine.harness import BOOM, CRASH, START, Harness, index, launched, moved, node

from volery.engine.model import AttemptPhase, Phase
from volery.engine.retry import SYSTEM_RETRIES, Tries, wait
from volery.ir.policy import Backoff, Limits, Policy


def begun(policy: Policy) -> Harness:
    harness = Harness(index(node("a", policy=policy)))
    harness.look()
    return harness


def failed(harness: Harness, failure=BOOM):
    harness.end("a", failure)
    return harness.look("a")


def test_a_retry_waits_longer_each_time_and_at_most_so_long():
    harness = begun(Policy(retries=4, backoff=Backoff(first=2, factor=3, most=10)))
    dues = []
    for _ in range(4):
        [launch] = failed(harness).launch
        dues.append(launch.due - harness.now)
    assert dues == [2, 6, 10, 10]


def test_without_a_backoff_a_retry_comes_at_once():
    [launch] = failed(begun(Policy(retries=1))).launch
    assert launch.due == 0


def test_failures_of_the_system_wait_from_the_second_on():
    """So that a storage out of reach for a moment does not use up all tries."""
    harness = begun(Policy(backoff=Backoff(first=100)))
    waits = []
    for _ in range(SYSTEM_RETRIES):
        [launch] = failed(harness, CRASH).launch
        waits.append(launch.due - harness.now if launch.due else 0)
    assert waits == [0, 1, 4]


def test_an_attempt_that_was_lost_is_made_up_for_at_once():
    harness = begun(Policy(backoff=Backoff(first=100)))
    harness.end("a", phase=AttemptPhase.LOST)
    [launch] = harness.look("a").launch
    assert (launch.attempt, launch.due, launch.user_failures, launch.system_failures) == (
        2,
        0,
        0,
        0,
    )


backoffs = st.builds(
    Backoff,
    first=st.floats(0, 1e6),
    factor=st.floats(1, 1e6),
    most=st.floats(0, 1e9),
    jitter=st.floats(0, 1),
)


@given(backoffs, st.integers(1, 10_000), st.text())
def test_a_wait_is_never_longer_than_it_may_be_and_jitter_takes_at_most_its_part(
    backoff, number, identity
):
    seconds = wait(Policy(backoff=backoff), BOOM, Tries(user=number), identity)
    whole = wait(
        Policy(backoff=Backoff(backoff.first, backoff.factor, backoff.most)),
        BOOM,
        Tries(user=number),
        identity,
    )
    assert whole <= backoff.most
    assert whole * (1 - backoff.jitter) <= seconds <= whole


def test_jitter_is_drawn_from_the_attempts_identity():
    policy = Policy(backoff=Backoff(first=10, factor=1, jitter=0.5))
    drawn = {wait(policy, BOOM, Tries(user=1), f"e\nfit\n{attempt}") for attempt in range(20)}
    again = {wait(policy, BOOM, Tries(user=1), f"e\nfit\n{attempt}") for attempt in range(20)}
    assert drawn == again
    assert len(drawn) == 20
    assert all(5 <= seconds <= 10 for seconds in drawn)


def test_limits_of_an_attempt_count_from_when_it_may_begin():
    limits = Limits(queued=5, running=7, total=100)
    harness = begun(Policy(retries=1, backoff=Backoff(first=20), limits=limits))
    first = harness.rows["a"]
    assert first.until == START + 100
    [launch] = failed(harness).launch
    assert (launch.due, launch.deadline, launch.until) == (START + 20, START + 25, START + 100)


def test_the_first_attempt_has_its_limits_too():
    decided = Harness(index(node("a", policy=Policy(limits=Limits(queued=5))))).look()
    [launch] = decided.launch
    assert (launch.due, launch.deadline, launch.until) == (0, START + 5, None)


def test_a_task_whose_time_has_passed_is_not_tried_again():
    harness = begun(Policy(retries=9, limits=Limits(total=60)))
    harness.now += 59
    assert launched(failed(harness)) == [("a", 2)]
    harness.now += 1
    assert moved(failed(harness)) == {"a": Phase.FAILED}
    assert harness.rows["a"].failure.code == "ValueError"


def test_a_task_is_not_put_off_beyond_its_time():
    harness = begun(Policy(retries=9, backoff=Backoff(first=60), limits=Limits(total=60)))
    assert moved(failed(harness)) == {"a": Phase.FAILED}


def test_a_lost_attempt_beyond_the_tasks_time_is_not_made_up_for():
    harness = begun(Policy(limits=Limits(total=60)))
    harness.now += 60
    harness.end("a", phase=AttemptPhase.LOST)
    assert moved(harness.look("a")) == {"a": Phase.FAILED}
    assert harness.rows["a"].failure.code == "TimedOut"


def test_priority_travels_with_every_attempt():
    harness = Harness(index(node("a", policy=Policy(retries=1, priority=7))))
    assert [launch.priority for launch in harness.look().launch] == [7]
    assert [launch.priority for launch in failed(harness).launch] == [7]


@pytest.mark.parametrize(("own", "tries"), [(None, 3), (0, 1), (5, 6)])
def test_a_nodes_own_word_about_retries_comes_before_its_tasks(own, tries):
    harness = Harness(index(node("a", task="m.stubborn", policy=Policy(retries=own))))
    harness.look()
    for attempt in range(2, tries + 1):
        assert launched(failed(harness)) == [("a", attempt)]
    assert moved(failed(harness)) == {"a": Phase.FAILED}


def test_the_cause_of_a_failure_is_kept():
    harness = begun(Policy())
    cause = BOOM
    chained = type(BOOM)("KeyError", "USER", "outer", cause=cause)
    finish = failed(harness, chained).finish
    assert finish is not None
    assert finish.failure is not None
    assert finish.failure.cause == cause
