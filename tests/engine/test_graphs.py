from __future__ import annotations

import pytest
from tests.engine.harness import BOOM, CRASH, Harness, index, launched, moved, node

from volery.engine.model import AttemptPhase, Create, Phase
from volery.engine.retry import SYSTEM_RETRIES
from volery.ir.failure import Failure
from volery.ir.nodes import LaunchPlanTarget, Node, WorkflowTarget

CHAIN = index(node("a"), node("b", "a"), node("c", "b"))
DIAMOND = index(node("a"), node("b", "a"), node("c", "a"), node("d", "b", "c"))


def test_only_nodes_without_upstream_start_first():
    assert launched(Harness(DIAMOND).look()) == [("a", 1)]


def test_a_node_starts_when_everything_upstream_has_succeeded():
    harness = Harness(DIAMOND)
    harness.look()
    assert launched(harness.run("a")) == [("b", 1), ("c", 1)]
    assert launched(harness.run("b")) == []
    assert launched(harness.run("c")) == [("d", 1)]


def test_a_scope_succeeds_when_all_nodes_have():
    harness = Harness(CHAIN)
    harness.look()
    harness.run("a")
    harness.run("b")
    last = harness.run("c")
    assert moved(last) == {"c": Phase.SUCCEEDED}
    assert last.finish is not None
    assert last.finish.phase is Phase.SUCCEEDED


def test_an_empty_graph_succeeds_at_once():
    finish = Harness(index()).look().finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def test_order_without_data_is_honoured():
    harness = Harness(index(node("a"), node("b", after=("a",))))
    assert launched(harness.look()) == [("a", 1)]
    assert launched(harness.run("a")) == [("b", 1)]


def test_looking_again_without_news_decides_nothing():
    harness = Harness(DIAMOND)
    harness.look()
    harness.run("a")
    again = harness.look()
    assert (again.create, again.move, again.launch, again.finish) == ([], [], [], None)


def test_a_planner_that_knows_only_the_rows_decides_the_same():
    harness = Harness(DIAMOND)
    harness.look()
    harness.end("a")
    assert launched(harness.look_afresh()) == [("b", 1), ("c", 1)]
    harness.end("b")
    harness.end("c")
    assert launched(harness.look_afresh()) == [("d", 1)]
    harness.end("d")
    finish = harness.look_afresh().finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED


def test_a_failure_ends_the_scope_and_names_the_node():
    harness = Harness(CHAIN)
    harness.look()
    harness.end("a", BOOM)
    finish = harness.look("a").finish
    assert finish is not None
    assert finish.phase is Phase.FAILED
    assert finish.failure == Failure("ValueError", "USER", "boom", path="a", execution="e")


def test_a_failure_stops_siblings_and_starts_nothing_more():
    harness = Harness(index(node("a"), node("b"), node("c", "b")))
    harness.look()
    harness.end("a", BOOM)
    stopped = harness.look("a")
    assert [abort.id for abort in stopped.abort] == ["b"]
    assert stopped.finish is None
    harness.end("b")
    last = harness.look("b")
    assert launched(last) == []
    assert last.finish is not None
    assert last.finish.phase is Phase.FAILED


def test_siblings_are_told_to_stop_once():
    harness = Harness(index(node("a"), node("b"), node("c")))
    harness.look()
    harness.end("a", BOOM)
    assert len(harness.look("a").abort) == 2
    harness.end("b", phase=AttemptPhase.ABORTED)
    assert harness.look("b").abort == []


def test_nodes_that_can_run_do_run_under_the_other_failure_policy():
    graph = index(
        node("a"),
        node("b"),
        node("after_a", "a"),
        node("after_b", "b"),
        policy="fail_after_executable_nodes_complete",
    )
    harness = Harness(graph)
    harness.look()
    harness.end("a", BOOM)
    first = harness.look("a")
    assert (first.abort, first.finish) == ([], None)
    assert launched(harness.run("b")) == [("after_b", 1)]
    finish = harness.run("after_b").finish
    assert finish is not None
    assert finish.phase is Phase.FAILED
    assert "after_a" not in harness.rows


def test_user_failures_are_answered_as_often_as_retries_say():
    harness = Harness(index(node("a", task="m.stubborn")))
    harness.look()
    for attempt in (2, 3):
        harness.end("a", BOOM)
        assert launched(harness.look("a")) == [("a", attempt)]
    harness.end("a", BOOM)
    assert moved(harness.look("a")) == {"a": Phase.FAILED}


def test_system_failures_have_a_budget_of_their_own():
    harness = Harness(index(node("a", task="m.stubborn")))
    harness.look()
    for _ in range(SYSTEM_RETRIES):
        harness.end("a", CRASH)
        assert len(launched(harness.look("a"))) == 1
    for _ in range(2):
        harness.end("a", BOOM)
        assert len(launched(harness.look("a"))) == 1
    harness.end("a", CRASH)
    assert moved(harness.look("a")) == {"a": Phase.FAILED}


def test_lost_attempts_cost_a_task_none_of_its_tries():
    """Killing the driver four times failed the user's task."""
    harness = Harness(index(node("a")))
    harness.look()
    for attempt in range(2, 10):
        harness.end("a", phase=AttemptPhase.LOST)
        assert launched(harness.look("a")) == [("a", attempt)]
    assert harness.rows["a"].system_failures == 0


def test_a_lost_attempt_in_a_scope_that_stops_is_not_tried_again():
    harness = Harness(index(node("a"), node("b")))
    harness.look()
    harness.end("b", BOOM)
    harness.look("b")
    harness.end("a", phase=AttemptPhase.LOST)
    assert moved(harness.look("a")) == {"a": Phase.ABORTED}


def test_a_failure_that_retries_cannot_help_is_final():
    harness = Harness(index(node("a", task="m.stubborn")))
    harness.look()
    harness.end("a", Failure("TypeMismatch", "USER", "no", retryable=False))
    assert moved(harness.look("a")) == {"a": Phase.FAILED}


def test_nothing_is_retried_in_a_scope_that_stops():
    harness = Harness(index(node("a"), node("b", task="m.stubborn")))
    harness.look()
    harness.end("a", BOOM)
    harness.look("a")
    harness.end("b", BOOM)
    assert moved(harness.look("b")) == {"b": Phase.FAILED}


def test_an_abort_stops_children_and_ends_the_scope_as_aborted():
    harness = Harness(CHAIN)
    harness.look()
    harness.abort = "enough"
    assert [(abort.id, abort.reason) for abort in harness.look().abort] == [("a", "enough")]
    harness.end("a", phase=AttemptPhase.ABORTED)
    finish = harness.look("a").finish
    assert finish is not None
    assert finish.phase is Phase.ABORTED
    assert finish.failure is not None
    assert "enough" in finish.failure.message


@pytest.mark.parametrize("target", [WorkflowTarget("m.workflow"), LaunchPlanTarget("m.plan")])
def test_what_goes_on_elsewhere_is_told_of_an_abort_and_waited_for(target):
    harness = Harness(index(Node("child", target), node("after", after=("child",))))
    harness.look()
    decided = harness.stop()
    assert [(abort.id, abort.reason) for abort in decided.abort] == [("child", "enough")]
    assert (moved(decided), decided.finish) == ({}, None)
    harness.close("child", Phase.ABORTED)
    finish = harness.look("child").finish
    assert finish is not None
    assert finish.phase is Phase.ABORTED


def test_an_abort_before_the_first_plan_starts_nothing():
    harness = Harness(CHAIN)
    harness.abort = "too late"
    decided = harness.look()
    assert decided.create == []
    assert decided.finish is not None
    assert decided.finish.phase is Phase.ABORTED


def test_a_node_whose_data_was_skipped_is_skipped_and_one_that_only_waits_runs():
    harness = Harness(index(node("a"), node("uses", "a"), node("waits", after=("a",))))
    harness.look()
    harness.close("a", Phase.SKIPPED)
    decided = harness.look("a")
    assert Create("uses", "task", Phase.SKIPPED) in decided.create
    assert launched(decided) == [("waits", 1)]


def test_the_cost_of_a_look_follows_what_changed():
    wide = index(node("first"), *(node(f"n{number}", "first") for number in range(2_000)))
    harness = Harness(wide)
    harness.look()
    harness.run("first")
    seen: list[str] = []
    harness.scope.children = Watched(harness.scope.children, seen)
    harness.run("n7")
    assert set(seen) == {"n7"}


class Watched(dict):
    """A dict that notes which keys are looked up, and refuses to be walked."""

    def __init__(self, items, seen):
        super().__init__(items)
        self._seen = seen

    def __getitem__(self, key):
        self._seen.append(key)
        return super().__getitem__(key)

    def __iter__(self):
        raise AssertionError("walked over all children")

    def values(self):
        raise AssertionError("walked over all children")
