"""Replicas in random order, with all that can befall them: nothing is stuck, lost or wrong."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import closing
from itertools import pairwise

import pytest
from tests.engine import corpus

from volery import current_context, task, workflow
from volery.engine.model import Phase
from volery.engine.retry import SYSTEM_RETRIES
from volery.ir.values import pack, unpack
from volery.sdk.compile import compile_entity
from volery.store.memory import MemoryStore
from volery.store.postgres import open_postgres
from volery.store.sqlite import open_sqlite
from volery.testing import pictures
from volery.testing.simulate import Chances, World

SEEDS = range(int(os.environ.get("VOLERY_SEEDS", "2")))
"""Of each workflow and kind of mishaps."""

MISHAPS = {
    "deaths": Chances(death=0.02, crash=0.0),
    "errors": Chances(death=0.0, doubt=0.0, error=0.02, crash=0.0),
    "stops": Chances(death=0.0, doubt=0.0, stop=0.01, crash=0.0),
    "everything": Chances(death=0.01, error=0.01, stop=0.005, crash=0.0),
}
"""Whatever is run, nothing but itself can make it fail: replicas die, workers do not."""

ABORTS = Chances(death=0.01, stop=0.002, abort=0.03)

CONTAINED = [
    entity
    for entity in corpus.EVERY
    if all(task.mode != "eager" for task in compile_entity(entity).bundle.tasks)
]
"""What can run where nobody answers calls."""

every_workflow = pytest.mark.parametrize("entity", corpus.EVERY, ids=lambda entity: entity.name)
every_mishap = pytest.mark.parametrize("chances", MISHAPS.values(), ids=MISHAPS)


def simulated(entity, seed: int, chances: Chances, store=None, *, lasting=False) -> World:
    print(f"{entity.name}: seed {seed}")  # shown if it fails
    program = compile_entity(entity)
    world = World(
        program, seed, chances=chances, signals=corpus.SIGNALS, store=store, lasting=lasting
    )
    world.run(entity.ref)
    pictures.check(world.store, world.name)
    return world


def ran_out_of_tries(world: World) -> bool:
    """Whether more workers crashed under one node than its system budget answers."""
    crashes = Counter(
        (execution, attempt.path)
        for execution in pictures.family(world.store, world.name)
        for attempt in world.store.attempts(execution)
        if attempt.failure is not None and attempt.failure.code == "WorkerCrashed"
    )
    return max(crashes.values(), default=0) > SYSTEM_RETRIES


@every_mishap
@every_workflow
def test_a_workflow_ends_as_it_should_whatever_happens_to_the_replicas(entity, chances):
    for seed in SEEDS:
        corpus.assert_right(entity, simulated(entity, seed, chances))


@every_workflow
def test_a_workflow_ends_as_it_should_on_sqlite_too(entity, tmp_path):
    for seed in SEEDS[::3]:
        with closing(open_sqlite(tmp_path / f"{seed}.sqlite")) as store:
            corpus.assert_right(entity, simulated(entity, seed, MISHAPS["everything"], store))


@pytest.mark.parametrize("entity", [corpus.everything, corpus.cached], ids=lambda each: each.name)
def test_a_workflow_ends_as_it_should_on_postgresql_too(entity, postgres):
    for seed in SEEDS[::3]:
        with closing(open_postgres(postgres.store())) as store:
            corpus.assert_right(entity, simulated(entity, seed, MISHAPS["everything"], store))


@every_mishap
@pytest.mark.parametrize("entity", CONTAINED, ids=lambda entity: entity.name)
def test_a_workflow_ends_as_it_should_where_attempts_outlast_their_engine(entity, chances):
    for seed in SEEDS:
        world = simulated(entity, seed, chances, lasting=True)
        corpus.assert_right(entity, world)
        assert "LOST" not in {each.phase for each in world.store.attempts(world.name)}


@pytest.mark.parametrize("entity", [corpus.nested], ids=lambda each: each.name)
def test_attempts_outlast_their_engine_on_both_databases(entity, tmp_path, postgres):
    for seed in SEEDS[::3]:
        for opened in (open_sqlite(tmp_path / f"{seed}.db"), open_postgres(postgres.store())):
            with closing(opened) as store:
                chances = MISHAPS["everything"]
                world = simulated(entity, seed, chances, store, lasting=True)
                corpus.assert_right(entity, world)


@pytest.mark.parametrize("entity", CONTAINED, ids=lambda entity: entity.name)
def test_an_abort_leaves_nothing_open_where_attempts_outlast_their_engine(entity):
    for seed in SEEDS:
        record = simulated(entity, seed, ABORTS, lasting=True).record()
        if record.phase is not Phase.ABORTED:
            corpus.assert_phase(entity, record)


@every_workflow
def test_crashes_of_workers_are_survived_as_long_as_there_are_tries(entity):
    for seed in SEEDS[::3]:
        world = simulated(entity, seed, Chances(death=0.02, crash=0.05))
        if not ran_out_of_tries(world):
            corpus.assert_right(entity, world)


@every_workflow
def test_an_abort_at_any_time_leaves_nothing_open(entity):
    for seed in SEEDS:
        record = simulated(entity, seed, ABORTS).record()
        if record.phase is not Phase.ABORTED:
            corpus.assert_phase(entity, record)


def test_some_are_aborted_in_the_middle():
    worlds = [simulated(corpus.nested, seed, ABORTS) for seed in SEEDS]
    aborted = [each for each in worlds if each.record().phase is Phase.ABORTED]
    assert any(each.store.attempts(each.name) for each in aborted)


# -- several families on one store ------------------------------------------------------------


@task(cache=corpus.Cache(serialize=True, salt="families"))
def slow_square(x: int) -> int:
    return x * x


@workflow
def squares(x: int = 0) -> int:
    return corpus.total(values=[slow_square(x=2), slow_square(x=3), corpus.increment(x=x)])


def families(chances: Chances, seed: int, entity=squares) -> World:
    """Executions of one entity, at once on one store."""
    world = World(compile_entity(entity), seed, chances=chances)
    for number in range(3):
        world.submit(f"family{number}", entity.ref, pack({"x": number}))
    world.finish()
    for root in world.roots:
        pictures.check(world.store, root)
    return world


@every_mishap
def test_executions_that_need_the_same_do_not_stop_each_other(chances):
    for seed in SEEDS:
        world = families(chances, seed)
        given = [unpack(world.outputs(root))["o0"] for root in world.roots]
        assert given == [14, 15, 16]


def test_of_executions_that_need_the_same_one_does_it():
    for seed in SEEDS:
        world = families(Chances(death=0.0, doubt=0.0, crash=0.0, interrupt=0.5), seed)
        attempts = [
            (root, attempt.path)
            for root in world.roots
            for attempt in world.store.attempts(root)
            if attempt.path in {"n0", "n1"}
        ]
        assert sorted(path for _, path in attempts) == ["n0", "n1"]


@every_mishap
def test_executions_of_one_queue_take_turns(chances):
    for seed in SEEDS:
        world = families(chances, seed, corpus.queued_plan)
        told = [pictures.lines(world.store, root) for root in world.roots]
        for older, younger in pairwise(told):
            begun = next(line.seq for line in younger if line.path)
            assert older[-1].seq < begun


# -- what is done once ------------------------------------------------------------------------

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


def test_attempts_that_outlast_their_engine_are_run_once():
    taken = 0
    for seed in range(40):
        calls.clear()
        chances = Chances(death=0.05, doubt=0.01, stop=0.01, crash=0.0)
        world = simulated(counted_chain, seed, chances, lasting=True)
        assert world.record().phase is Phase.SUCCEEDED
        attempts = world.store.attempts(world.name)
        assert [each.phase for each in attempts] == ["SUCCEEDED"] * 6
        assert calls == [(each.path, 1) for each in attempts]
        taken += sum(line.event == "TAKEN" for line in pictures.lines(world.store, world.name))
    assert taken > 0


def test_a_late_report_changes_nothing_and_is_journalled():
    stale = 0
    for seed in range(40):
        chances = Chances(death=0.0, doubt=0.02, stop=0.02, crash=0.0)
        world = simulated(corpus.fan, seed, chances)
        corpus.assert_right(corpus.fan, world)
        stale += sum(line.event == "STALE" for line in pictures.lines(world.store, world.name))
    assert stale > 0


class Refusals(MemoryStore):
    """Counts plans that were refused."""

    refused = 0

    def commit(self, commits, at):
        carried = super().commit(commits, at)
        self.refused += carried.count(False)
        return carried


def test_a_late_plan_changes_nothing():
    refused = 0
    for seed in range(40):
        store = Refusals()
        chances = Chances(death=0.0, doubt=0.0, stop=0.03, crash=0.0)
        corpus.assert_right(corpus.nested, simulated(corpus.nested, seed, chances, store))
        refused += store.refused
    assert refused > 0
