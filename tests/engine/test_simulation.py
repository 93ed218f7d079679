"""Replicas, random order, and death at every verb: nothing is stuck, lost or done wrongly."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.engine import corpus

from volery.engine.model import Phase
from volery.engine.nodes.task import SYSTEM_RETRIES
from volery.ir.values import unpack
from volery.sdk.compile import compile_entity
from volery.testing import pictures
from volery.testing.simulate import Chances, World

INTERLEAVINGS = 2_000
SEEDS = -(-INTERLEAVINGS // (len(corpus.SUCCEEDING) + len(corpus.FAILING)))
"""Of each workflow of the corpus, so that all together come to that many interleavings."""


def simulated(entity, seed: int, chances: Chances, *, die_at: int = -1) -> World:
    world = World(compile_entity(entity), seed, chances=chances, die_at=die_at)
    print(f"{entity.name}: seed {seed}, die_at {die_at}")
    world.run(entity.ref)
    pictures.check(world.store, world.name)
    return world


def assert_right(entity, world: World) -> None:
    record = world.record()
    if record.phase is Phase.SUCCEEDED:
        assert unpack(world.outputs())["o0"] == corpus.SUCCEEDING[entity]
    else:
        assert ran_out_of_tries(world)


def ran_out_of_tries(world: World) -> bool:
    """Whether more processes died under one node than its system budget answers."""
    tries = Counter(
        (execution, attempt.path)
        for execution in pictures.family(world.store, world.name)
        for attempt in world.store.attempts(execution)
        if attempt.failure is not None and attempt.failure.kind == "SYSTEM"
    )
    return max(tries.values(), default=0) > SYSTEM_RETRIES


@pytest.mark.parametrize("entity", corpus.SUCCEEDING, ids=lambda entity: entity.name)
def test_a_workflow_gives_what_it_should_whatever_happens_to_the_replicas(entity):
    for seed in range(SEEDS):
        assert_right(entity, simulated(entity, seed, Chances(death=0.02)))


@pytest.mark.parametrize("entity", corpus.FAILING, ids=lambda entity: entity.name)
def test_a_failure_is_reported_whatever_happens_to_the_replicas(entity):
    for seed in range(SEEDS):
        world = simulated(entity, seed, Chances(death=0.02))
        assert world.record().phase is Phase.FAILED
        assert world.record().failure.code == "ValueError" or ran_out_of_tries(world)


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


def test_committed_work_is_not_done_again():
    world = simulated(corpus.chain, 3, Chances(death=0.05, crash=0.0))
    attempts = world.store.attempts(world.name)
    succeeded = [each.path for each in attempts if each.phase == "SUCCEEDED"]
    assert len(succeeded) == len(set(succeeded))


def test_a_late_report_changes_nothing_and_is_journalled():
    stale = 0
    for seed in range(60):
        world = simulated(corpus.fan, seed, Chances(death=0.05, zombie=1.0))
        assert_right(corpus.fan, world)
        stale += sum(line.event == "STALE" for line in pictures.lines(world.store, world.name))
    assert stale > 0
