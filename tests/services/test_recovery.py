"""Recovering executions: what succeeded does not run again, whatever kind of node it is."""

from __future__ import annotations

import pytest
from tests.services import recovering
from tests.services.recovering import (
    COMPARABLE,
    CORPUS,
    MENDED,
    RAN,
    Desk,
    mapped,
    mapped_in_ranges,
    mapped_with_retries,
)

from volery.engine.model import Phase
from volery.errors import ConfigError
from volery.services.recovery import check_recoverable


@pytest.fixture(autouse=True)
def nothing_mended():
    MENDED.clear()
    RAN.clear()


@pytest.fixture
def desk():
    return Desk()


def recovered(desk, entity, **particulars):
    """Fail, mend, recover: both executions, and what ran in each."""
    old = desk.run(entity)
    assert old.phase is Phase.FAILED
    before = RAN.copy()
    RAN.clear()
    MENDED.update({"fragile", "picky"})
    new = desk.run(entity, recovers=old.id, **particulars)
    return old, new, before


def succeeded(ran):
    """Of what ran, the calls that did not fail. An eager task is there until its calls are."""
    failed = {f"picky({x})" for x in range(2, 300, 3)}
    return {call for call in ran if not call.startswith(("fragile", "calling"))} - failed


def named(entity):
    return entity.name.rpartition(".")[2]


@pytest.mark.parametrize("entity", CORPUS, ids=named)
def test_what_succeeded_does_not_run_again(desk, entity):
    assert_nothing_runs_twice(desk, entity, code=False)


@pytest.mark.parametrize("entity", COMPARABLE, ids=named)
def test_on_code_that_nobody_edited_what_succeeded_does_not_run_again(desk, entity):
    assert_nothing_runs_twice(desk, entity, code=True)


def assert_nothing_runs_twice(desk, entity, code):
    _, new, before = recovered(desk, entity, code=code)
    assert new.phase is Phase.SUCCEEDED, new.failure
    assert not RAN.keys() & succeeded(before)
    desk_of_its_own = Desk()
    fresh = desk_of_its_own.run(entity)
    assert desk.outputs(new.id) == desk_of_its_own.outputs(fresh.id)


def test_elements_of_a_map_are_recovered_one_by_one(desk):
    _, new, _ = recovered(desk, mapped)
    assert not RAN.keys() & {"numbers(7)", "picky(0)", "picky(1)"}
    assert {"picky(2)", "picky(5)", "picky(6)"} <= RAN.keys()
    assert new.phase is Phase.SUCCEEDED


def test_elements_are_recovered_from_the_ranges_that_they_were_in(desk):
    _, new, before = recovered(desk, mapped_in_ranges)
    assert succeeded(before)
    assert not succeeded(before) & RAN.keys()
    assert new.phase is Phase.SUCCEEDED


def test_elements_that_nobody_came_to_try_again_are_not_taken_for_recovered(desk):
    _, new, _ = recovered(desk, mapped_with_retries)
    assert {f"flaky({x})" for x in range(4)} <= RAN.keys()
    assert new.phase is Phase.SUCCEEDED, new.failure


def test_a_recovered_execution_can_be_recovered(desk):
    first = desk.run(recovering.sub)
    second = desk.run(recovering.sub, recovers=first.id)
    assert second.phase is Phase.FAILED
    MENDED.add("fragile")
    RAN.clear()
    third = desk.run(recovering.sub, recovers=second.id)
    assert third.phase is Phase.SUCCEEDED
    assert RAN == {"fragile(4)": 1, "double(5)": 1}


def test_a_failure_handler_answers_what_fails_now(desk):
    old = desk.run(recovering.handled)
    assert RAN["clean_up(1)"] == 1
    new = desk.run(recovering.handled, recovers=old.id)
    assert new.phase is Phase.FAILED
    assert RAN["clean_up(1)"] == 2


def test_the_record_says_where_outputs_come_from(desk):
    old, new, _ = recovered(desk, recovering.chain)
    reuse = desk.nodes(new.id)["n0"].reuse
    assert (reuse.how, reuse.execution, reuse.path) == ("recovered", old.id, "n0")
    assert desk.nodes(new.id)["n1"].reuse is None


def test_what_succeeded_is_not_recovered(desk):
    MENDED.add("fragile")
    record = desk.run(recovering.chain)
    with pytest.raises(ConfigError, match="has succeeded: there is nothing to recover"):
        check_recoverable(record.id, record.phase)
