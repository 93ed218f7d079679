"""Surroundings of scopes, found from their paths."""

from __future__ import annotations

import sys

import pytest
from tests.services.caching import Place

from volery import LaunchPlan, dynamic, eager, task, workflow
from volery.engine.model import Phase
from volery.ids import split
from volery.services.context import Contexts
from volery.services.orchestrator import Bounds


@dynamic
def endless(x: int) -> int:
    return endless(x=x + 1)


@dynamic
def starting(x: int) -> int:
    return started(x=x + 1)


@workflow
def started_by_itself(x: int) -> int:
    return starting(x=x)


started = LaunchPlan.get_or_create(started_by_itself, name="tests-context-started")


@eager
async def awaiting(x: int) -> int:
    return await awaited(x=x + 1)


@workflow
def awaited_by_itself(x: int) -> int:
    return awaiting(x=x)


awaited = LaunchPlan.get_or_create(awaited_by_itself, name="tests-context-awaited")


@pytest.mark.parametrize("entity", [started_by_itself, awaited_by_itself])
def test_launch_plans_that_start_themselves_are_ended(entity):
    place = Place(Bounds(depth=4))
    record = place.execution(entity, {"x": 0})
    assert record.failure is not None
    assert "more than 4 deep" in record.failure.message
    assert len(place.store.executions(limit=100)) == 5


def test_a_scope_that_lies_deep_is_found_by_an_engine_that_begins():
    depth = sys.getrecursionlimit() // 2 + 50
    place = Place(Bounds(depth, nodes=10))
    record = place.execution(endless, {"x": 0})
    assert record.failure is not None
    assert record.failure.code == "TooDeep"
    deepest, _ = split(record.failure.path)
    assert Contexts(place.store).get(record.id, deepest).depth == depth


@dynamic
def described(x: int) -> int:
    return plus_one(x=x)


@task
def plus_one(x: int) -> int:
    return x + 1


def test_graphs_of_dynamic_tasks_that_have_ended_are_kept_no_longer():
    orchestrator, execution = Place().submit(described, {"x": 1})
    assert orchestrator.drain(execution).phase is Phase.SUCCEEDED
    assert len(orchestrator.contexts._definitions) == 1
