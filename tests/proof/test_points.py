"""At every point of the ports, everything that can happen to a replica: nothing changes."""

from __future__ import annotations

import functools
import itertools
import os
from contextlib import closing
from random import Random

import pytest
from tests.engine import corpus

from volery.sdk.compile import compile_entity
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing import pictures
from volery.testing.crashes import MISHAPS, STATEMENT, Point, WatchedDatabase, points
from volery.testing.simulate import CALM, Planned, World

DEEP = "VOLERY_PROOF" in os.environ
"""Every point on every workflow; otherwise each on one of them, and many of them on the largest."""

NEVER_ASKED = {
    "store.abort",
    "store.clear_cache",
    "store.close",
    "store.executions",
    "store.journal",
    "store.nearest",
    "store.nodes",
    "store.signal",
    "store.take",
    "store.attempts",
    "store.heard",
    "store.held",
    "store.owner",
    "store.retire",
    "executor.close",
}
"""What people ask for, and engines only when something has happened."""


@functools.cache
def calm(entity) -> World:
    """A run in which nothing happens: which points it reaches, and how often."""
    return simulated(entity, None)


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


def reaching(point: Point):
    """The workflows that come to a point, the same order each time, in another for each point."""
    found = [each for each in corpus.EVERY if calm(each).reached[point]]
    Random(str(point)).shuffle(found)
    return found if DEEP else found[:2]


def assert_survived(entity, planned: Planned) -> None:
    assert simulated(entity, planned).mishaps[planned.mishap] == 1, "it was to happen"


def test_the_points_are_those_that_engines_come_to():
    reached = {point for entity in corpus.EVERY for point in calm(entity).reached}
    missed = {f"{point.seam}.{point.verb}" for point in points() if point not in reached}
    assert missed == NEVER_ASKED


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("point", points(), ids=str)
def test_a_mishap_at_any_point_changes_nothing(point, mishap):
    for entity in reaching(point):
        most = calm(entity).reached[point]
        for nth in {1, Random(f"{point} {mishap}").randint(1, most)}:
            assert_survived(entity, Planned(point, mishap, nth))


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("verb", ["commit", "proceed", "record", "claim"])
def test_a_mishap_at_any_write_changes_nothing(verb, mishap):
    entity = corpus.everything
    for when in ("before", "after"):
        point = Point("store", verb, when)
        times = range(1, calm(entity).reached[point] + 1)
        for nth in times if DEEP else times[:: max(1, len(times) // 10)]:
            assert_survived(entity, Planned(point, mishap, nth))


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
