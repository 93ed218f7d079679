"""Values of any size, through the engine: they travel as references."""

from __future__ import annotations

import pytest
from tests.services import flows, large
from tests.services.conftest import ROOT as IMPORT_ROOT

from volery.data.current import using
from volery.data.storage import Storage
from volery.engine.model import Phase
from volery.errors import MissingContent
from volery.ids import ROOT
from volery.ir.content import THRESHOLD
from volery.sdk.compile import compile_entity
from volery.services.engine import embedded

COUNT = large.COUNT

CASES = {
    large.handed_on: COUNT,
    large.streamed: (sum(len(f"row {each}") for each in range(COUNT)), COUNT),
    large.parts: ("numbers", COUNT, "row 4999"),
    large.deep_parts: ("Bern", 1.5, "Doe"),
    large.chosen: COUNT,
    large.mapped: [f"ROW {each}" for each in range(COUNT)],
    large.mapped_workflow: [letter * 100_000 for letter in "ABC"],
    large.handed_down: (COUNT, COUNT),
    large.widened: COUNT,
    large.constant: (COUNT, COUNT),
    large.defaulted: COUNT,
    large.gathered: 3,
}


@pytest.mark.parametrize("entity", CASES, ids=lambda entity: entity.name.rpartition(".")[2])
def test_a_plain_call_takes_values_of_any_size(entity):
    assert entity() == CASES[entity]


@pytest.mark.keeps_running("the warm engine's workers")
@pytest.mark.parametrize("entity", CASES, ids=lambda entity: entity.name.rpartition(".")[2])
def test_workers_take_values_of_any_size(warm, entity):
    run = warm.run(entity)
    assert run.failure is None
    expected = CASES[entity]
    assert tuple(run.outputs.values()) == (expected if isinstance(expected, tuple) else (expected,))


def test_values_of_any_size_together_go_through():
    """75 MB were refused, though each task could make and take its part."""
    assert [len(each) for each in flows.much()] == [25_000_000] * 3
    assert flows.much_below() == 3
    assert flows.much_at_once() == 3


@pytest.mark.keeps_running("the warm engine's workers")
def test_failed_elements_of_a_large_map_leave_gaps(warm):
    run = warm.run(large.mapped_with_gaps)
    (found,) = run.outputs.values()
    assert found == [None if each % 10 == 7 else f"row {each}" for each in range(COUNT)]


def test_what_the_database_keeps_stays_small(tmp_path):
    with embedded(tmp_path, workers=1, import_roots=[IMPORT_ROOT]) as engine:
        run = engine.run(large.handed_down)
        assert run.phase is Phase.SUCCEEDED
        assert len(engine.store.scope_inputs(run.execution, "n1")) < 1000
        records = engine.store.outputs(run.execution, ["n0"])
        assert len(records["n0"]) < 1000
    assert (tmp_path / "volery.db").stat().st_size < 1_000_000


def test_a_constant_that_many_nodes_use_is_stored_once(tmp_path):
    """Each node had a copy of its own in the bundle."""
    program = compile_entity(large.constant)
    with embedded(tmp_path, workers=1, import_roots=[IMPORT_ROOT]) as engine:
        execution = engine.submit(program, large.constant.ref)
        record = engine.store.execution(execution)
        assert len(engine.store.bundle(record.bundle)) < THRESHOLD
        assert engine.drain(execution).phase is Phase.SUCCEEDED


def test_what_was_packed_before_an_engine_was_opened_is_carried_into_its_storage(tmp_path):
    """The temporary folder of the process that started an execution is gone when it is resumed."""
    program = compile_entity(large.defaulted)
    with embedded(tmp_path, workers=1, import_roots=[IMPORT_ROOT]) as engine:
        execution = engine.submit(program, large.defaulted.ref)
        inputs = engine.store.scope_inputs(execution, ROOT)
        with using(engine.storage):
            assert large.defaulted.signature.unpack_inputs(inputs) == {"values": large.CONSTANT}


def test_a_value_that_is_gone_fails_what_needs_it_and_says_so(tmp_path):
    with embedded(tmp_path / "home", workers=1, import_roots=[IMPORT_ROOT]) as engine:
        with using(Storage((tmp_path / "elsewhere").as_uri())):
            inputs = large.below.signature.pack_inputs(
                {"values": [f"lost {each}" for each in range(COUNT)]}
            )
        execution = engine.submit(compile_entity(large.below), large.below.ref, inputs)
        failure = engine.drain(execution).failure
    assert failure.code == MissingContent.__name__
    assert failure.kind == "SYSTEM"


@pytest.mark.parametrize("entity", [large.lost_map, large.lost])
def test_what_cannot_be_fetched_fails_attempts_and_no_worker(tmp_path, entity):
    """Of a map, each range took its worker with it, again and again."""
    with embedded(tmp_path, workers=2, import_roots=[IMPORT_ROOT]) as engine:
        run = engine.run(entity, {"storage": str(tmp_path)})
        codes = {each.failure.code for each in engine.store.attempts(run.execution) if each.failure}
    assert run.failure.code == MissingContent.__name__
    assert codes <= {MissingContent.__name__, "Aborted"}


def test_what_cannot_be_fetched_is_tried_again(tmp_path):
    """A storage may be out of reach for a moment: it is the system's failure, not the task's."""
    with embedded(tmp_path, workers=1, import_roots=[IMPORT_ROOT]) as engine:
        run = engine.run(large.lost, {"storage": str(tmp_path)})
        tries = [each for each in engine.store.attempts(run.execution) if each.path == "n2"]
    assert len(tries) > 1
