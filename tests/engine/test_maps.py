from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from tests.engine.harness import BOOM, CRASH, Harness, launched

from volery.engine.definitions import MapDefinition
from volery.engine.model import AttemptPhase, Phase
from volery.engine.nodes.map import required
from volery.engine.nodes.ranges import LARGEST_RANGE
from volery.ids import range_of
from volery.ir.bindings import InputRef
from volery.ir.failure import Failure
from volery.ir.nodes import MapTarget, Policy, Ref
from volery.ir.work import ElementFailure

XS, YS = InputRef("xs"), InputRef("ys")


def a_map(*, retries: int = 0, kind: str = "task", over: tuple[str, ...] = ("xs",), **options):
    target = MapTarget(Ref(kind, "m.increment"), over, **options)
    return MapDefinition(target, kind, Policy(retries=retries))


def begun(length: int, **options) -> Harness:
    harness = Harness(a_map(**options))
    harness.look(known={XS: length})
    return harness


def fail_elements(harness: Harness, id: str, *failures: tuple[int, Failure]) -> None:
    harness.end(id)
    harness.rows[id].elements = tuple(ElementFailure(*each) for each in failures)


def test_a_map_first_asks_for_the_lengths():
    assert Harness(a_map(over=("xs", "ys"))).look().wants == (XS, YS)


def test_an_empty_map_succeeds_at_once():
    finish = Harness(a_map()).look(known={XS: 0}).finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def test_lists_of_different_length_fail_and_say_so():
    finish = Harness(a_map(over=("xs", "ys"))).look(known={XS: 2, YS: 3}).finish
    assert finish is not None
    assert finish.failure is not None
    assert finish.failure.message == "the lists of a map differ in length: xs has 2, ys has 3"


@given(st.integers(0, 100_000), st.one_of(st.none(), st.integers(1, 50)))
def test_ranges_cover_every_element_once(length, concurrency):
    harness = begun(length, concurrency=concurrency)
    covered = 0
    while harness.phase is Phase.RUNNING:
        waiting = [id for id, row in harness.rows.items() if not row.phase.terminal]
        assert concurrency is None or len(waiting) <= concurrency
        for id in waiting:
            start, end = range_of(id)
            assert start == covered
            assert 0 < end - start <= LARGEST_RANGE
            covered = end
        harness.run(*waiting)
    assert covered == length


def test_a_short_list_travels_element_by_element():
    assert list(begun(3).rows) == ["[0]", "[1]", "[2]"]


def test_only_elements_that_failed_are_tried_again():
    harness = begun(6_400, retries=1)
    fail_elements(harness, "[0:100]", (7, BOOM))
    decided = harness.look("[0:100]")
    assert launched(decided) == [("[7]", 2)]
    assert harness.rows["[0:100]"].phase is Phase.SUCCEEDED
    harness.end("[7]", BOOM)
    failed = harness.look("[7]")
    assert harness.rows["[7]"].phase is Phase.FAILED
    assert failed.abort


def test_an_element_that_may_not_be_tried_again_fails_the_map():
    harness = begun(2)
    harness.end("[0]", BOOM)
    assert [abort.id for abort in harness.look("[0]").abort] == ["[1]"]
    harness.end("[1]", phase=AttemptPhase.ABORTED)
    finish = harness.look("[1]").finish
    assert finish is not None
    assert finish.phase is Phase.FAILED
    assert finish.failure is not None
    assert (finish.failure.message, finish.failure.path) == ("boom", "[0]")


def test_a_failed_element_of_a_range_is_named():
    harness = begun(640)
    fail_elements(harness, "[0:10]", (3, BOOM))
    harness.look("[0:10]")
    assert harness.scope.failure is not None
    assert harness.scope.failure.path == "[3]"


def test_a_crash_costs_the_range_a_system_failure():
    harness = begun(640)
    harness.end("[0:10]", CRASH)
    assert launched(harness.look("[0:10]")) == [("[0:10]", 2)]


def test_a_map_may_do_with_fewer_successes():
    harness = begun(4, min_success_ratio=0.5)
    for id in ("[0]", "[1]"):
        harness.end(id, BOOM)
    harness.end("[2]")
    harness.end("[3]")
    finish = harness.look("[0]", "[1]", "[2]", "[3]").finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def test_a_map_fails_when_too_few_can_succeed():
    harness = begun(4, min_success_ratio=0.75)
    harness.end("[0]", BOOM)
    assert harness.look("[0]").abort == []
    harness.end("[1]", BOOM)
    assert len(harness.look("[1]").abort) == 2


@pytest.mark.parametrize(
    ("ratio", "least", "expected"),
    [(1.0, None, 10), (0.5, None, 5), (0.41, None, 5), (1.0, 3, 3), (0.5, 7, 7), (1.0, 99, 10)],
)
def test_how_many_have_to_succeed(ratio, least, expected):
    target = MapTarget(Ref("task", "t"), ("xs",), min_success_ratio=ratio, min_successes=least)
    assert required(target, 10) == expected


@pytest.mark.parametrize("length", [7, 10, 100, 199])
def test_a_ratio_that_is_met_exactly_is_met(length):
    """0.55 of 100 asked for 56."""
    for successes in range(1, length + 1):
        target = MapTarget(Ref("task", "t"), ("xs",), min_success_ratio=successes / length)
        assert required(target, length) == successes
    target = MapTarget(Ref("task", "t"), ("xs",), min_success_ratio=0.55)
    assert required(target, 100) == 55


def test_elements_of_a_workflow_are_scopes():
    harness = Harness(a_map(kind="workflow"))
    decided = harness.look(known={XS: 2})
    assert [child.id for child in decided.open] == ["[0]", "[1]"]
    assert decided.launch == []


def test_a_map_goes_on_from_the_rows_alone():
    harness = begun(6_400, concurrency=2)
    harness.end("[0:100]")
    assert launched(harness.look_afresh(known={XS: 6_400})) == [("[200:300]", 1)]


def test_an_aborted_map_begins_nothing_more():
    harness = begun(6_400, concurrency=2)
    harness.abort = "enough"
    assert [abort.id for abort in harness.look().abort] == ["[0:100]", "[100:200]"]
    for id in ("[0:100]", "[100:200]"):
        harness.end(id, phase=AttemptPhase.ABORTED)
    finish = harness.look("[0:100]", "[100:200]").finish
    assert finish is not None
    assert finish.phase is Phase.ABORTED
