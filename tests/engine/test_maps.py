from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from tests.engine.harness import BOOM, CRASH, Harness, launched, lookups, moved

from volery.engine.definitions import MapDefinition
from volery.engine.model import (
    AttemptPhase,
    Busy,
    Found,
    Give,
    Lookup,
    Missing,
    Phase,
    Piece,
    Reuse,
    ScopeState,
)
from volery.engine.nodes.map import required
from volery.engine.nodes.ranges import LARGEST_RANGE, WINDOW
from volery.ids import range_of
from volery.ir.bindings import InputRef
from volery.ir.failure import TIMED_OUT, Failure
from volery.ir.nodes import MapTarget
from volery.ir.policy import Backoff, Caching, Limits, Policy
from volery.ir.ref import Ref
from volery.ir.work import ElementFailure

XS, YS = InputRef("xs"), InputRef("ys")


LATE = Failure(TIMED_OUT, "USER", "too slow", retryable=False)
FOUND = Found(b"\x80", Reuse("cached", "other", "m"))
CACHED = Policy(cache=Caching(version="1"))
SERIALIZED = Policy(cache=Caching(version="1", serialize=True))


def a_map(
    *,
    retries: int = 0,
    kind: str = "task",
    over: tuple[str, ...] = ("xs",),
    policy: Policy | None = None,
    **options,
):
    target = MapTarget(Ref("workflow" if kind == "workflow" else "task", "m"), over, **options)
    return MapDefinition(target, kind, policy or Policy(retries=retries))


def begun(length: int, known: dict | None = None, **options) -> Harness:
    harness = Harness(a_map(**options))
    harness.look(known={XS: length} | (known or {}))
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
    told, hint = finish.failure.message.splitlines()
    assert told == "the lists of a map differ in length: xs has 2, ys has 3"
    assert "functools.partial" in hint


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


def test_a_range_that_crashes_is_cut_into_its_elements():
    """One bad element must not take the others with it again."""
    harness = begun(640)
    harness.end("[0:10]", CRASH)
    decided = harness.look("[0:10]")
    assert moved(decided) == {"[0:10]": Phase.SKIPPED}
    assert launched(decided) == [(f"[{index}]", 2) for index in range(10)]
    assert {launch.system_failures for launch in decided.launch} == {1}


@pytest.mark.parametrize(
    ("failure", "retries", "divided"),
    [(BOOM, 0, False), (BOOM, 1, True), (LATE, 0, True), (CRASH, 0, True)],
)
def test_elements_are_tried_alone_unless_the_failure_is_surely_theirs(failure, retries, divided):
    harness = begun(640, retries=retries)
    harness.end("[0:10]", failure)
    harness.look("[0:10]")
    assert harness.rows["[0:10]"].phase is (Phase.SKIPPED if divided else Phase.FAILED)
    assert ("[3]" in harness.rows) is divided


def test_an_element_that_was_tried_alone_for_nothing_fails_the_map():
    harness = begun(640)
    harness.end("[0:10]", LATE)
    harness.look("[0:10]")
    harness.end("[4]", LATE)
    assert moved(harness.look("[4]"))["[4]"] is Phase.FAILED


def test_a_range_that_fails_as_a_whole_counts_with_all_its_elements():
    harness = begun(640, min_successes=631)
    harness.end("[0:10]", BOOM)
    assert len(harness.look("[0:10]").abort) == 63
    harness = begun(640, min_successes=630)
    harness.end("[0:10]", BOOM)
    assert harness.look("[0:10]").abort == []


def test_elements_of_a_range_that_was_cut_count_one_by_one():
    harness = begun(640, min_successes=639)
    harness.end("[0:10]", CRASH)
    harness.look("[0:10]")
    harness.run(*(f"[{index}]" for index in range(1, 10)))
    for _ in range(3):
        harness.end("[0]", CRASH)
        harness.look("[0]")
    assert harness.rows["[0]"].phase is Phase.FAILED
    rest = [id for id in harness.rows if ":" in id and id != "[0:10]"]
    finish = harness.run(*rest).finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def test_a_lost_range_is_tried_again_as_it_is():
    harness = begun(640)
    harness.end("[0:10]", phase=AttemptPhase.LOST)
    assert launched(harness.look("[0:10]")) == [("[0:10]", 2)]


def test_an_element_of_a_range_that_was_tried_twice_has_an_attempt_of_its_own():
    harness = begun(640, retries=1)
    harness.end("[0:10]", phase=AttemptPhase.LOST)
    harness.look("[0:10]")
    fail_elements(harness, "[0:10]", (3, BOOM))
    assert launched(harness.look("[0:10]")) == [("[3]", 3)]


def given_up(harness: Harness) -> list[str]:
    return [id for id, row in harness.rows.items() if row.phase is Phase.FAILED]


def test_elements_that_would_be_tried_again_have_failed_when_the_map_stops():
    harness = begun(640, retries=1, concurrency=1)
    fail_elements(harness, "[0:10]", (2, BOOM), (5, BOOM), (7, BOOM))
    assert launched(harness.look("[0:10]")) == [("[2]", 2)]
    harness.end("[2]", BOOM)
    finish = harness.look("[2]").finish
    assert finish is not None
    assert finish.phase is Phase.FAILED
    assert sorted(given_up(harness)) == ["[2]", "[5]", "[7]"]


def test_elements_that_would_be_tried_again_have_failed_when_the_map_is_aborted():
    harness = begun(640, retries=1, concurrency=1)
    fail_elements(harness, "[0:10]", (2, BOOM), (5, BOOM))
    harness.look("[0:10]")
    harness.stop()
    assert given_up(harness) == ["[5]"]
    harness.end("[2]", phase=AttemptPhase.ABORTED)
    finish = harness.look("[2]").finish
    assert finish is not None
    assert finish.phase is Phase.ABORTED


def test_elements_that_would_be_tried_again_have_failed_when_another_fails_in_the_same_look():
    harness = begun(640, retries=1)
    final = Failure("ValueError", "USER", "boom", retryable=False)
    fail_elements(harness, "[0:10]", (2, BOOM), (5, final))
    harness.look("[0:10]")
    assert sorted(given_up(harness)) == ["[2]", "[5]"]


def test_elements_that_are_tried_again_keep_to_the_concurrency():
    harness = begun(640, retries=1, concurrency=2)
    fail_elements(harness, "[0:10]", (2, BOOM), (5, BOOM), (7, BOOM))
    assert launched(harness.look("[0:10]")) == [("[2]", 2)]
    assert len(harness.open()) == 2
    assert launched(harness.look_afresh()) == []
    assert launched(harness.run("[2]")) == [("[5]", 2)]
    harness.end("[5]")
    assert launched(harness.look_afresh()) == [("[7]", 2)]


def test_a_range_that_was_cut_goes_on_from_the_rows_alone():
    harness = begun(640, concurrency=2)
    harness.end("[0:10]", CRASH)
    assert launched(harness.look("[0:10]")) == [("[0]", 2)]
    harness.end("[0]")
    [launch] = harness.look_afresh().launch
    assert (launch.id, launch.attempt, launch.system_failures) == ("[1]", 2, 1)


def test_an_element_waits_before_it_is_tried_again():
    policy = Policy(retries=1, backoff=Backoff(first=8))
    harness = begun(640, policy=policy)
    fail_elements(harness, "[0:10]", (7, BOOM))
    [launch] = harness.look("[0:10]").launch
    assert (launch.id, launch.due) == ("[7]", harness.now + 8)


@pytest.mark.parametrize("policy", [SERIALIZED, Policy(limits=Limits(total=60))])
def test_elements_that_need_to_stand_alone_do(policy):
    known = {Lookup(f"[{index}]"): Missing() for index in range(640)}
    harness = begun(640, known, policy=policy)
    assert len(harness.rows) == 640


def test_cached_ranges_are_asked_for_at_once_and_cut_where_hits_and_misses_meet():
    pieces = (Piece("[0:4]", FOUND), Piece("[4]", Missing()), Piece("[5:10]", FOUND))
    known = {Lookup(f"[{start}:{start + 10}]"): pieces_of(start) for start in range(10, 640, 10)}
    harness = begun(640, known | {Lookup("[0:10]"): pieces}, policy=CACHED)
    assert [len(wants) for wants in harness.asked] == [1, 64]
    assert harness.open() == ["[4]"]
    assert harness.outputs["[5:10]"] == b"\x80"
    finish = harness.run("[4]").finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def pieces_of(start: int) -> tuple[Piece, ...]:
    return (Piece(f"[{start}:{start + 10}]", FOUND),)


def test_a_map_of_which_all_is_cached_is_one_plan():
    known = {Lookup(f"[{start}:{start + 10}]"): pieces_of(start) for start in range(0, 640, 10)}
    harness = begun(640, known, policy=CACHED)
    assert harness.phase is Phase.SUCCEEDED
    assert harness.version == 1


def test_pieces_keep_to_the_concurrency_and_what_is_left_is_asked_for_again():
    pieces = tuple(Piece(f"[{index}]", Missing()) for index in range(320))
    known = {Lookup("[0:10]"): pieces[:10], Lookup("[10:20]"): pieces[10:20]}
    harness = begun(640, known, policy=CACHED, concurrency=2)
    assert harness.open() == ["[0]", "[1]"]
    assert launched(harness.run("[0]")) == [("[2]", 1)]
    harness.end("[1]")
    decided = harness.look_afresh(known={Lookup("[3:13]"): pieces[3:13]})
    assert launched(decided) == [("[3]", 1)]


def test_a_range_whose_inputs_cannot_be_made_fails_all_its_elements():
    known = {
        Lookup(f"[{start}:{start + 10}]"): (Piece(f"[{start}:{start + 10}]", BOOM),)
        for start in range(0, 640, 10)
    }
    harness = begun(640, known, policy=CACHED, min_success_ratio=0.5)
    assert harness.phase is Phase.FAILED


def test_an_element_waits_while_others_fill_the_cache():
    known = {Lookup("[0]"): Busy("key"), Lookup("[1]"): (Piece("[1]", Missing("other")),)}
    harness = begun(2, known, policy=SERIALIZED)
    assert harness.open() == ["[0]", "[1]"]
    assert [launch.reserve for launch in harness.run("[1]").launch] == []
    decided = harness.look_afresh(known={Lookup("[0]"): FOUND})
    assert decided.finish is not None
    assert harness.outputs == {"[0]": b"\x80"}


def test_a_recovered_map_asks_for_elements_of_any_kind():
    harness = Harness(a_map(kind="workflow"), ScopeState(recovers=True))
    known = {XS: 2, Lookup("[0]"): FOUND, Lookup("[1]"): Missing()}
    decided = harness.look(known=known)
    assert harness.asked[1] == lookups("[0]", "[1]")
    assert decided.give == [Give("[0]", b"\x80", FOUND.reuse)]
    assert [opened.id for opened in decided.open] == ["[1]"]


def test_elements_of_a_dynamic_task_are_scopes_with_a_time():
    policy = Policy(limits=Limits(running=5, total=60))
    harness = Harness(a_map(kind="dynamic", policy=policy))
    decided = harness.look(known={XS: 2})
    assert [(child.id, child.kind) for child in decided.open] == [
        ("[0]", "dynamic"),
        ("[1]", "dynamic"),
    ]
    assert {child.deadline for child in decided.open} == {harness.now + 60}


def test_no_more_than_a_window_is_open_at_once():
    harness = begun(3 * WINDOW, kind="workflow")
    assert len(harness.open()) == WINDOW
    harness.close("[0]", Phase.SUCCEEDED)
    assert [opened.id for opened in harness.look("[0]").open] == [f"[{WINDOW}]"]


def test_a_map_keeps_nothing_of_what_has_succeeded():
    harness = begun(1_000_000)
    assert len(harness.rows) <= 1_000
    harness.run(*list(harness.rows)[:500])
    assert len(harness.scope.children) == len(harness.open())


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
