"""Replicas, random order, and death at every verb: nothing is stuck, lost or done wrongly."""

from __future__ import annotations

from collections import Counter
from contextlib import closing

import pytest
from tests.engine import corpus

from volery.engine.model import Phase
from volery.engine.retry import SYSTEM_RETRIES
from volery.ir.values import unpack
from volery.sdk.compile import compile_entity
from volery.sdk.context import current_context
from volery.sdk.task import task
from volery.sdk.workflow import workflow
from volery.store.sqlite import open_sqlite
from volery.testing import pictures
from volery.testing.simulate import Chances, World

INTERLEAVINGS = 2_000
WORKFLOWS = [*corpus.SUCCEEDING, *corpus.FAILING]
SEEDS = -(-INTERLEAVINGS // len(WORKFLOWS))
"""Of each workflow of the corpus, so that all together come to that many interleavings."""

every_workflow = pytest.mark.parametrize("entity", WORKFLOWS, ids=lambda entity: entity.name)


DEADLY = Chances(death=0.02, crash=0.0)
"""Replicas die, workers do not: whatever is run, nothing but itself can make it fail."""


def simulated(entity, seed: int, chances: Chances, **world) -> World:
    world = World(
        compile_entity(entity), seed, chances=chances, signals=corpus.SIGNALS, **world
    )
    print(f"{entity.name}: seed {seed}")
    world.run(entity.ref)
    pictures.check(world.store, world.name)
    return world


def assert_right(entity, world: World) -> None:
    record = world.record()
    if entity in corpus.SUCCEEDING:
        assert record.phase is Phase.SUCCEEDED, record.failure
        assert unpack(world.outputs())["o0"] == corpus.SUCCEEDING[entity]
    else:
        assert record.phase is Phase.FAILED
        assert record.failure.code == "ValueError"


def ran_out_of_tries(world: World) -> bool:
    """Whether more workers crashed under one node than its system budget answers."""
    crashes = Counter(
        (execution, attempt.path)
        for execution in pictures.family(world.store, world.name)
        for attempt in world.store.attempts(execution)
        if attempt.failure is not None and attempt.failure.code == "WorkerCrashed"
    )
    return max(crashes.values(), default=0) > SYSTEM_RETRIES


@pytest.mark.parametrize("entity", corpus.SUCCEEDING, ids=lambda entity: entity.name)
def test_a_workflow_gives_what_it_should_whatever_happens_to_the_replicas(entity):
    for seed in range(SEEDS):
        assert_right(entity, simulated(entity, seed, DEADLY))


@pytest.mark.parametrize("entity", corpus.FAILING, ids=lambda entity: entity.name)
def test_a_failure_is_reported_whatever_happens_to_the_replicas(entity):
    for seed in range(SEEDS):
        assert_right(entity, simulated(entity, seed, DEADLY))


@every_workflow
def test_a_workflow_ends_as_it_should_on_sqlite_too(entity, tmp_path):
    for seed in range(8):
        with closing(open_sqlite(tmp_path / f"{seed}.sqlite")) as store:
            assert_right(entity, simulated(entity, seed, DEADLY, store=store))


@every_workflow
def test_crashes_of_workers_are_survived_as_long_as_there_are_tries(entity):
    for seed in range(SEEDS // 5):
        world = simulated(entity, seed, Chances(death=0.02, crash=0.05))
        if not ran_out_of_tries(world):
            assert_right(entity, world)


@pytest.mark.parametrize("entity", corpus.SUCCEEDING, ids=lambda entity: entity.name)
def test_a_death_at_any_verb_changes_nothing(entity):
    calm = Chances(death=0.0, crash=0.0, interrupt=0.0)
    verbs = simulated(entity, 1, calm).verbs_to_end
    for die_at in range(0, verbs, 1 + verbs // 100):
        world = simulated(entity, 1, calm, die_at=die_at)
        assert world.deaths == 1
        assert unpack(world.outputs())["o0"] == corpus.SUCCEEDING[entity]


@pytest.mark.parametrize("entity", [corpus.nested, corpus.launching, corpus.mapping_with_retries])
def test_an_abort_at_any_time_leaves_nothing_open(entity):
    ended = {
        simulated(entity, seed, Chances(death=0.01, abort=0.03)).record().phase
        for seed in range(SEEDS)
    }
    assert Phase.ABORTED in ended


calls: list[tuple[str, int]] = []
"""Node and attempt of each call of `counted`."""


@task
def counted(x: int) -> int:
    context = current_context()
    calls.append((context.node_path, context.attempt))
    return x + 1


@workflow
def counted_chain(x: int = 0) -> int:
    for _ in range(6):
        x = counted(x=x)
    return x


def test_committed_work_is_not_done_again():
    repeated = 0
    for seed in range(40):
        calls.clear()
        world = simulated(counted_chain, seed, Chances(death=0.05, crash=0.0))
        assert world.record().phase is Phase.SUCCEEDED
        attempts = world.store.attempts(world.name)
        done = [(each.path, each.number) for each in attempts if each.phase == "SUCCEEDED"]
        last = {path: max(number for at, number in calls if at == path) for path, _ in calls}
        assert done == list(last.items())
        assert len(calls) == len(set(calls))
        repeated += len(calls) - len(done)
    assert repeated > 0


def test_a_late_report_changes_nothing_and_is_journalled():
    stale = 0
    for seed in range(60):
        world = simulated(corpus.fan, seed, Chances(death=0.05, zombie=1.0, crash=0.0))
        assert_right(corpus.fan, world)
        stale += sum(line.event == "STALE" for line in pictures.lines(world.store, world.name))
    assert stale > 0
