"""Launch plans that queue, and whose executions start them again."""

from __future__ import annotations

import pytest
from tests.services.caching import Place

from volery import ConcurrencyLimitBehavior, ConcurrencyPolicy, LaunchPlan, dynamic, workflow
from volery.engine.model import Phase


@dynamic
def counted(x: int) -> int:
    return one_at_a_time(x=x - 1) if x else x


@workflow
def counting_down(x: int) -> int:
    return counted(x=x)


one_at_a_time = LaunchPlan.get_or_create(
    counting_down,
    name="tests-turns-one-at-a-time",
    concurrency=ConcurrencyPolicy(1, ConcurrencyLimitBehavior.QUEUE),
)


@dynamic
def asked(x: int) -> int:
    return two_at_a_time(x=x - 1) if x else x


@workflow
def asking(x: int) -> int:
    return asked(x=x)


between = LaunchPlan.get_or_create(asking, name="tests-turns-between")


@workflow
def asking_through_another(x: int) -> int:
    return between(x=x)


two_at_a_time = LaunchPlan.get_or_create(
    asking_through_another,
    name="tests-turns-two-at-a-time",
    concurrency=ConcurrencyPolicy(2, ConcurrencyLimitBehavior.QUEUE),
)


def test_a_launch_plan_that_queues_and_is_started_by_itself_does_not_wait_for_ever():
    place = Place()
    record = place.execution(one_at_a_time, {"x": 2})
    assert record.phase is Phase.FAILED
    assert record.failure is not None
    assert record.failure.code == "NoTurn"
    assert f"execution {record.id} of it has started this one" in record.failure.message
    assert len(place.store.executions(limit=10)) == 2


def test_nor_does_one_that_is_started_by_others_that_it_has_started():
    record = Place().execution(two_at_a_time, {"x": 1})
    assert record.failure is not None
    assert record.failure.code == "NoTurn"


@pytest.mark.parametrize("plan", [one_at_a_time, two_at_a_time])
def test_the_next_one_has_its_turn(plan):
    place = Place()
    place.execution(plan, {"x": 1})
    assert place.execution(plan, {"x": 0}).phase is Phase.SUCCEEDED
