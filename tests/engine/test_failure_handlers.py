from __future__ import annotations

from tests.engine.harness import BOOM, CRASH, Harness, aborted, index, launched, moved, node

from volery.engine.model import BODY, HANDLER, AttemptPhase, Phase, ScopeState
from volery.ir.failure import Failure
from volery.ir.nodes import Node, WorkflowTarget
from volery.ir.policy import Policy

CLEAN_UP = node(HANDLER)
GRAPH = index(node("a"), node("b"), on_failure=CLEAN_UP)


def failing(graph=GRAPH) -> Harness:
    """Node a has failed, and b was told to stop."""
    harness = Harness(graph)
    harness.look()
    harness.end("a", BOOM)
    harness.look("a")
    return harness


def handling(graph=GRAPH) -> Harness:
    harness = failing(graph)
    harness.end("b", phase=AttemptPhase.ABORTED)
    decided = harness.look("b")
    assert decided.finish is None
    return harness


def ended(decided, phase: Phase, code: str) -> None:
    assert decided.finish is not None
    assert decided.finish.phase is phase
    assert decided.finish.failure is not None
    assert decided.finish.failure.code == code


def test_the_handler_begins_when_all_others_have_stopped():
    harness = failing()
    assert HANDLER not in harness.rows
    harness.end("b", phase=AttemptPhase.ABORTED)
    decided = harness.look("b")
    assert launched(decided) == [(HANDLER, 1)]
    assert harness.state.handled == Failure("ValueError", "USER", "boom", path="a", execution="e")


def test_the_scope_ends_with_what_it_would_have_ended_with():
    ended(handling().run(HANDLER), Phase.FAILED, "ValueError")


def test_a_handler_that_fails_changes_nothing_but_is_seen():
    harness = handling()
    harness.end(HANDLER, Failure("OSError", "USER", "no clean-up"))
    ended(harness.look(HANDLER), Phase.FAILED, "ValueError")
    assert harness.rows[HANDLER].phase is Phase.FAILED


def test_a_scope_that_succeeds_needs_no_handler():
    harness = Harness(GRAPH)
    harness.look()
    finish = harness.run("a", "b").finish
    assert finish is not None
    assert finish.phase is Phase.SUCCEEDED
    assert HANDLER not in harness.rows


def test_the_handler_has_retries_of_its_own():
    graph = index(node("a"), on_failure=node(HANDLER, policy=Policy(retries=1)))
    harness = Harness(graph)
    harness.look()
    harness.end("a", BOOM)
    harness.look("a")
    for attempt, failure in ((2, BOOM), (3, CRASH)):
        harness.end(HANDLER, failure)
        assert launched(harness.look(HANDLER)) == [(HANDLER, attempt)]
    harness.end(HANDLER, BOOM)
    ended(harness.look(HANDLER), Phase.FAILED, "ValueError")


def test_the_handler_runs_after_an_abort_too():
    harness = Harness(index(node("a"), on_failure=CLEAN_UP))
    harness.look()
    assert aborted(harness.stop("enough")) == ["a"]
    harness.end("a", phase=AttemptPhase.ABORTED)
    assert launched(harness.look("a")) == [(HANDLER, 1)]
    ended(harness.run(HANDLER), Phase.ABORTED, "Aborted")


def test_a_second_abort_ends_the_handler():
    harness = Harness(index(node("a"), on_failure=CLEAN_UP))
    harness.look()
    harness.stop()
    harness.end("a", phase=AttemptPhase.ABORTED)
    harness.look("a")
    assert harness.look().abort == []
    assert aborted(harness.stop()) == [HANDLER]
    assert harness.look().abort == []
    harness.end(HANDLER, phase=AttemptPhase.ABORTED)
    ended(harness.look(HANDLER), Phase.ABORTED, "Aborted")


def test_one_abort_ends_the_handler_of_a_failure():
    harness = handling()
    assert aborted(harness.stop()) == [HANDLER]
    harness.end(HANDLER, phase=AttemptPhase.ABORTED)
    ended(harness.look(HANDLER), Phase.FAILED, "ValueError")


def test_an_abort_that_is_asked_for_twice_before_the_handler_leaves_it_out():
    harness = Harness(index(node("a"), on_failure=CLEAN_UP))
    harness.look()
    harness.stop()
    assert aborted(harness.stop()) == ["a"]
    harness.end("a", phase=AttemptPhase.ABORTED)
    ended(harness.look("a"), Phase.ABORTED, "Aborted")
    assert HANDLER not in harness.rows


def test_the_handler_is_not_held_to_the_scopes_time():
    harness = Harness(index(node("a"), on_failure=CLEAN_UP), ScopeState(deadline=1_060.0))
    harness.look()
    assert aborted(harness.wait(60)) == ["a"]
    harness.end("a", phase=AttemptPhase.ABORTED)
    decided = harness.look("a")
    assert launched(decided) == [(HANDLER, 1)]
    assert decided.wake_at is None
    assert harness.wait(600).abort == []
    ended(harness.run(HANDLER), Phase.FAILED, "TimedOut")


def test_a_scope_does_not_look_at_itself_without_end_while_its_handler_is_late():
    graph = index(node("a"), policy="fail_after_executable_nodes_complete", on_failure=CLEAN_UP)
    harness = Harness(graph, ScopeState(deadline=1_060.0))
    harness.look()
    assert harness.look().wake_at == 1_060.0
    harness.end("a", BOOM)
    assert launched(harness.look("a")) == [(HANDLER, 1)]
    assert harness.wait(60).wake_at is None
    ended(harness.run(HANDLER), Phase.FAILED, "ValueError")


def test_the_handler_of_a_failure_is_not_held_to_a_time_that_passes_later():
    harness = Harness(index(node("a"), on_failure=CLEAN_UP), ScopeState(deadline=1_060.0))
    harness.look()
    harness.end("a", BOOM)
    harness.look("a")
    assert harness.wait(60).abort == []
    ended(harness.run(HANDLER), Phase.FAILED, "ValueError")


def test_the_handler_goes_on_from_the_rows_alone():
    harness = handling()
    assert harness.look_afresh().launch == []
    harness.end(HANDLER)
    ended(harness.look_afresh(), Phase.FAILED, "ValueError")


def test_a_handler_may_be_a_workflow():
    handler = Node(HANDLER, WorkflowTarget("m.workflow"))
    harness = Harness(index(node("a"), on_failure=handler))
    harness.look()
    harness.end("a", BOOM)
    [opened] = harness.look("a").open
    assert (opened.id, opened.kind) == (HANDLER, "workflow")
    harness.close(HANDLER, Phase.SUCCEEDED)
    ended(harness.look(HANDLER), Phase.FAILED, "ValueError")


def test_the_failure_of_a_child_that_was_aborted_by_itself_is_no_abort_of_the_scope():
    harness = Harness(index(node("a"), on_failure=CLEAN_UP))
    harness.look()
    harness.end("a", phase=AttemptPhase.ABORTED)
    harness.look("a")
    ended(harness.run(HANDLER), Phase.FAILED, "Aborted")


def test_the_handler_comes_last_under_the_other_failure_policy_too():
    graph = index(
        node("a"),
        node("b"),
        policy="fail_after_executable_nodes_complete",
        on_failure=CLEAN_UP,
    )
    harness = failing(graph)
    assert moved(harness.look()) == {}
    assert HANDLER not in harness.rows
    assert launched(harness.run("b")) == [(HANDLER, 1)]
    assert BODY not in harness.rows


REFUSED = Failure("MissingPart", "USER", "no such key", execution="e")


def test_a_scope_that_cannot_go_on_stops_first_and_then_runs_its_handler():
    harness = Harness(GRAPH)
    harness.look()
    harness.run("a")
    harness.state = ScopeState(refused=REFUSED)
    assert aborted(harness.look_afresh()) == ["b"]
    harness.end("b", phase=AttemptPhase.ABORTED)
    assert launched(harness.look("b")) == [(HANDLER, 1)]
    assert launched(harness.look_afresh()) == []
    ended(harness.run(HANDLER), Phase.FAILED, "MissingPart")


def test_a_scope_that_could_not_begin_has_no_use_for_its_handler():
    harness = Harness(GRAPH, ScopeState(refused=REFUSED))
    ended(harness.look(), Phase.FAILED, "MissingPart")


def test_nothing_begins_in_a_scope_that_cannot_go_on_while_its_handler_runs():
    graph = index(node("a"), node("b", "a"), on_failure=CLEAN_UP)
    harness = Harness(graph)
    harness.look()
    harness.state = ScopeState(refused=REFUSED)
    harness.look_afresh()
    harness.end("a")
    assert launched(harness.look("a")) == [(HANDLER, 1)]
    assert launched(harness.look_afresh()) == []
    ended(harness.run(HANDLER), Phase.FAILED, "MissingPart")
