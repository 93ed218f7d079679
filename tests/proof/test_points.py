"""At every point of the ports, everything that can happen to a replica: nothing changes."""

from __future__ import annotations

import functools
import itertools
import os
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from random import Random

import pytest
from msgspec import structs
from tests.engine import corpus

from volery.engine.model import Phase
from volery.errors import ConfigError
from volery.ir.values import pack
from volery.sdk.compile import compile_entity
from volery.services.lease import LEASE
from volery.store.base import Claim
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing import pictures
from volery.testing.crashes import MISHAPS, STATEMENT, Point, WatchedDatabase, points
from volery.testing.simulate import CALM, Chances, Planned, Replica, World

DEEP = "VOLERY_PROOF" in os.environ
"""Every point on every workflow; otherwise each on two of them, and many of them on the largest."""

Run = Callable[[Planned | None], World]
"""Something that ends as it should, whatever is planned to happen on the way."""


@functools.cache
def calm(run: Run) -> World:
    """A run without a mishap: which points it reaches, and how often."""
    return run(None)


def simulated(entity, planned: Planned | None, store=None, worlds: list[World] | None = None):
    """A run, which has ended as it should. Its world is added to `worlds` before it begins."""
    print(f"{entity.name}: {planned}")  # shown if it fails
    world = World(
        compile_entity(entity),
        1,
        chances=CALM,
        planned=planned,
        signals=corpus.SIGNALS,
        store=store,
    )
    if worlds is not None:
        worlds.append(world)
    world.run(entity.ref)
    pictures.check(world.store, world.name)
    corpus.assert_right(entity, world)
    return world


def eventful(planned: Planned | None) -> World:
    """A run with what no engine does by itself: people ask, engines die, end and are idle."""
    print(f"eventful: {planned}")  # shown if it fails
    entity, undisturbed = corpus.gated, structs.replace(CALM, signal=0.0)
    world = World(compile_entity(entity), 1, chances=undisturbed, planned=planned, lasting=True)

    def go_on_until(something: Callable[[], object], replicas: Sequence[int]) -> None:
        while not something():
            world.step(world.random.choice(replicas), [world.name])

    def waiting() -> list[str]:
        gates = (each for each in world.store.nodes(world.name) if each.kind == "gate")
        return [each.path for each in gates if each.phase is Phase.RUNNING]

    world.submit(world.name, entity.ref)
    go_on_until(lambda: world.store.held("", world.name), [0])
    for question in QUESTIONS:
        world.ask(1, question)
    world.bury(0)
    world.ask(1, _take_over)
    go_on_until(lambda: len(waiting()) == 2, [0, 1])
    for path, value in zip(waiting(), corpus.SIGNALS.values(), strict=True):
        world.ask(0, partial(_signal, path, value))

    idle = world.doubt(0)
    world.step(1, [], "reap")
    world.living.add(idle)
    world.clock.skip(world.clock.now() + LEASE / 2)
    world.submit("aborted", entity.ref)
    world.ask(0, lambda replica: replica.orchestrator.abort("aborted", "enough"))
    world.ask(1, Replica.close)
    world.bury(1)

    world.ask(0, lambda replica: replica.orchestrator.drain(world.name))
    world.finish()
    for root in world.roots:
        pictures.check(world.store, root)
    corpus.assert_right(entity, world)
    assert world.record("aborted").phase is Phase.ABORTED
    return world


QUESTIONS: list[Callable[[Replica], object]] = [
    lambda replica: replica.store.executions(limit=9),
    lambda replica: replica.store.nodes("simulated"),
    lambda replica: replica.store.attempts("simulated"),
    lambda replica: replica.store.attempt(Claim("simulated", "n0", 1)),
    lambda replica: replica.store.crashes(Claim("simulated", "n0", 1)),
    lambda replica: replica.store.held("replica1", None),
    lambda replica: replica.store.journal("simulated", 0, 9),
    lambda replica: replica.store.nearest("no such task", 9),
    lambda replica: replica.store.clear_cache(),
]
"""What others ask a store for, and engines do not."""


def _take_over(replica: Replica) -> None:
    with suppress(ConfigError):  # another one was faster
        replica.orchestrator.take_over("simulated")


def _signal(path: str, value: object, replica: Replica) -> None:
    replica.orchestrator.signal("simulated", path, pack(value))


CALM_RUNS: list[Run] = [partial(simulated, entity) for entity in corpus.EVERY]


def reaching(point: Point) -> list[Run]:
    """The runs that come to a point, the same order each time, in another for each point."""
    found = [each for each in CALM_RUNS if calm(each).reached[point]]
    Random(str(point)).shuffle(found)
    return (found if DEEP else found[:2]) or [eventful]


def assert_survived(run: Run, planned: Planned) -> None:
    assert run(planned).mishaps[planned.mishap] == 1, "it was to happen"


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("point", points(), ids=str)
def test_a_mishap_at_any_point_changes_nothing(point, mishap):
    for run in reaching(point):
        most = calm(run).reached[point]
        assert most > 0, "no run comes to this point"
        for nth in {1, Random(f"{point} {mishap}").randint(1, most)}:
            assert_survived(run, Planned(point, mishap, nth))


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_mishap_while_attempts_are_taken_over_changes_nothing(when, mishap):
    happened = 0
    for seed in range(10):
        planned = Planned(Point("store", "inherit", when), mishap)
        chances = Chances(death=0.03, doubt=0.0, crash=0.0)
        program = compile_entity(corpus.nested)
        world = World(program, seed, chances=chances, planned=planned, lasting=True)
        world.run(corpus.nested.ref)
        pictures.check(world.store, world.name)
        corpus.assert_right(corpus.nested, world)
        happened += world.reached[planned.point]
    assert happened > 0


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("verb", ["commit", "proceed", "record", "claim"])
def test_a_mishap_at_any_write_changes_nothing(verb, mishap):
    run = CALM_RUNS[corpus.EVERY.index(corpus.everything)]
    for when in ("before", "after"):
        point = Point("store", verb, when)
        times = range(1, calm(run).reached[point] + 1)
        for nth in times if DEEP else times[:: max(1, len(times) // 10)]:
            assert_survived(run, Planned(point, mishap, nth))


@pytest.mark.parametrize("mishap", ["kill", "error"])
def test_a_mishap_inside_of_any_transaction_leaves_nothing_of_it(mishap, tmp_path):
    entity = corpus.everything
    numbers = itertools.count()

    def on_sqlite(planned: Planned | None) -> World:
        worlds: list[World] = []

        def befall(point: Point, answer: object) -> None:
            for world in worlds:
                world.befall_inside(point, answer)

        with closing(open_sqlite(tmp_path / f"{next(numbers)}.sqlite")) as opened:
            store = SqlStore(WatchedDatabase(opened._database, befall))
            return simulated(entity, planned, store, worlds)

    statements = on_sqlite(None).reached[STATEMENT]
    assert statements > 100
    for nth in range(1, statements, 1 if DEEP else statements // 20):
        assert on_sqlite(Planned(STATEMENT, mishap, nth)).mishaps[mishap] == 1
