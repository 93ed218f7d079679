"""Deadlines of scopes, and the turn of executions that share a limit."""

from __future__ import annotations

from tests.engine.harness import START, Harness, aborted, index, launched, node

from volery.engine.look import POLL
from volery.engine.model import AttemptPhase, Phase, ScopeState, Turn
from volery.ir.failure import Failure
from volery.ir.nodes import Node, WorkflowTarget
from volery.ir.policy import Limits, Policy

GRAPH = index(node("a"), node("b", "a"), limits=Limits(running=30))


def failed(decided, code: str) -> None:
    assert decided.finish is not None
    assert decided.finish.phase is Phase.FAILED
    assert decided.finish.failure is not None
    assert (decided.finish.failure.code, decided.finish.failure.kind) == (code, "USER")
    assert not decided.finish.failure.retryable


def test_a_scope_wakes_at_its_deadline_and_stops():
    harness = Harness(GRAPH, ScopeState(deadline=START + 60))
    assert harness.look().wake_at == START + 60
    assert harness.run("a").wake_at == START + 60
    decided = harness.wait(60)
    assert aborted(decided) == ["b"]
    assert decided.wake_at is None
    harness.end("b", phase=AttemptPhase.ABORTED)
    failed(harness.look("b"), "TimedOut")


def test_what_succeeds_after_the_deadline_begins_nothing_more():
    harness = Harness(GRAPH, ScopeState(deadline=START + 60))
    harness.look()
    harness.now += 60
    decided = harness.run("a")
    assert decided.create == []
    failed(decided, "TimedOut")


def test_a_deadline_that_has_passed_once_stays_passed_when_the_clock_is_set_back():
    harness = Harness(GRAPH, ScopeState(deadline=START + 60))
    harness.look()
    harness.wait(60)
    harness.now -= 10
    failed(harness.run("a"), "TimedOut")


def test_a_child_scope_has_to_end_in_its_time():
    child = Node("w", WorkflowTarget("m.workflow"))
    [opened] = Harness(index(child)).look().open
    assert opened.deadline == START + 30
    own = Node("w", WorkflowTarget("m.workflow"), policy=Policy(limits=Limits(total=5)))
    [opened] = Harness(index(own)).look().open
    assert opened.deadline == START + 5


WAITING = ScopeState(begun=False, turn_by=START + 20)


def test_an_execution_waits_for_its_turn():
    harness = Harness(GRAPH, WAITING)
    assert harness.look().wants == (Turn(),)
    decided = harness.look(known={Turn(): False})
    assert (decided.create, decided.finish) == ([], None)
    assert decided.wake_at == START + POLL


def test_its_time_runs_from_its_turn():
    harness = Harness(GRAPH, WAITING)
    harness.look(known={Turn(): False})
    harness.answers[Turn()] = True
    decided = harness.wait(10)
    assert launched(decided) == [("a", 1)]
    assert harness.state == ScopeState(begun=True, turn_by=START + 20, deadline=START + 40)
    assert decided.wake_at == START + 40
    assert harness.look_afresh().wants == ()


def test_the_time_of_a_turn_does_not_put_off_a_deadline():
    state = ScopeState(begun=False, deadline=START + 5)
    harness = Harness(GRAPH, state)
    harness.look(known={Turn(): True})
    assert harness.state.deadline == START + 5


def test_an_execution_whose_turn_does_not_come_in_time_fails():
    harness = Harness(GRAPH, WAITING)
    harness.answers[Turn()] = False
    assert harness.wait(18).wake_at == START + 20
    failed(harness.wait(2), "TimedOut")


def test_an_execution_can_be_aborted_while_it_waits():
    harness = Harness(GRAPH, WAITING)
    finish = harness.stop().finish
    assert finish is not None
    assert finish.phase is Phase.ABORTED


def test_a_deadline_counts_while_an_execution_waits():
    harness = Harness(GRAPH, ScopeState(begun=False, deadline=START + 3))
    harness.answers[Turn()] = False
    assert harness.look().wake_at == START + 3
    failed(harness.wait(3), "TimedOut")


REFUSED = Failure("Unresolved", "USER", "no such key", retryable=False)


def test_a_scope_that_is_refused_stops_its_children_first():
    harness = Harness(GRAPH)
    harness.look()
    harness.state = ScopeState(refused=REFUSED)
    assert aborted(harness.look_afresh()) == ["a"]
    harness.end("a", phase=AttemptPhase.ABORTED)
    failed(harness.look("a"), "Unresolved")
