"""Random workflows give what plain Python gives, in whatever order their nodes run."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings, strategies as st
from tests.engine.graphs import STEPS, computed, traced
from tests.services.caching import Place

from volery.engine.model import Phase
from volery.ids import ROOT
from volery.ir.values import pack, unpack
from volery.sdk.compile import compile_entity
from volery.services.engine import embedded
from volery.testing import pictures
from volery.testing.simulate import Chances, World

ROOT_FOLDER = str(Path(__file__).parents[2])
CHANCES = Chances(death=0.005, stop=0.002, crash=0.0)


@st.composite
def programs(draw):
    """Steps, each with the earlier values that it uses; and pairs that are only ordered."""
    size = draw(st.integers(1, 12))
    steps = [
        (
            draw(st.sampled_from(STEPS)),
            draw(st.lists(st.integers(0, position), min_size=2, max_size=4)),
        )
        for position in range(size)
    ]
    pairs = st.tuples(st.integers(1, size), st.integers(1, size)).filter(lambda p: p[0] < p[1])
    ordered = draw(st.lists(pairs, max_size=4)) if size > 1 else []
    return steps, ordered


@settings(max_examples=50)
@given(programs(), st.integers(-100, 100))
def test_a_plain_call_gives_what_python_gives(program, seed):
    steps, ordered = program
    assert traced(steps, ordered)(seed=seed) == computed(steps, seed)


@settings(max_examples=30)
@given(programs(), st.integers(-100, 100))
def test_what_runs_in_this_process_leaves_an_orderly_record(program, seed):
    steps, ordered = program
    place, entity = Place(), traced(steps, ordered)
    record = place.execution(entity, {"seed": seed})
    pictures.check(place.store, record.id)
    assert place.outputs(entity, record) == computed(steps, seed)


@settings(max_examples=30)
@given(programs(), st.integers(-100, 100), st.integers(0, 1_000))
def test_two_replicas_give_what_python_gives(program, seed, luck):
    steps, ordered = program
    entity = traced(steps, ordered)
    world = World(compile_entity(entity), luck, chances=CHANCES)
    record = world.run(entity.ref, pack({"seed": seed}))
    pictures.check(world.store, record.id)
    assert record.phase is Phase.SUCCEEDED
    outputs = world.store.outputs(record.id, [ROOT])[ROOT]
    assert unpack(outputs)["o0"] == computed(steps, seed)


@settings(max_examples=30)
@given(programs(), st.integers(0, 1_000))
def test_nodes_that_are_only_ordered_run_in_that_order(program, luck):
    steps, ordered = program
    entity = traced(steps, ordered)
    compiled = compile_entity(entity)
    world = World(compiled, luck, chances=CHANCES)
    record = world.run(entity.ref, pack({"seed": 1}))
    seen = [
        (line.path, line.event)
        for line in pictures.lines(world.store, record.id)
        if line.attempt == 0
    ]
    [spec] = [each for each in compiled.bundle.workflows if each.name == entity.name]
    for node in spec.graph.nodes:
        for earlier in node.after:
            assert seen.index((earlier, "SUCCEEDED")) < begins(seen, node.id)


def begins(seen, path):
    """Where a node begins; one that need not run does so when it ends."""
    return next(place for place, (at, _) in enumerate(seen) if at == path)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Two engines on one home and in one pool, of which the second serves."""
    home = tmp_path_factory.mktemp("pair")
    over = Event()

    def serve():
        with embedded(home, workers=1, import_roots=[ROOT_FOLDER], pool="pair") as second:
            second.serve(over.is_set)

    thread = Thread(target=serve)
    thread.start()
    with embedded(home, workers=1, import_roots=[ROOT_FOLDER], pool="pair") as first:
        yield first
        over.set()
        thread.join()


@pytest.mark.keeps_running  # its workers
@settings(max_examples=10)
@given(programs(), st.integers(-100, 100))
def test_worker_processes_of_two_replicas_give_what_python_gives(pair, program, seed):
    steps, ordered = program
    run = pair.run(traced(steps, ordered), {"seed": seed})
    assert run.outputs == {"o0": computed(steps, seed)}, run.failure
    pictures.check(pair.store, run.execution)
