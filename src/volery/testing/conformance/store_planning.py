"""What every store must do: scopes, plans, and the rules that they keep."""

from __future__ import annotations

import pytest

from volery.engine.model import (
    AttemptPhase,
    Create,
    Launch,
    Move,
    Phase,
    Reuse,
    ScopeState,
)
from volery.errors import NotFound
from volery.ids import ROOT
from volery.ir.work import ElementFailure
from volery.store.base import Claim, Commit, NewScope, Store
from volery.store.moves import IllegalMove
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, everything


class Planning:
    """Plans are carried in for the version that they were made for, and nothing is lost."""

    def test_a_plan_without_news_leaves_the_scope_clean(self, run: Driver) -> None:
        assert run.plan()
        row = run.store.load("run", ROOT, -1)
        assert (row.version, row.planned_seq) == (1, row.wake_seq)
        assert run.dirty() == set()

    def test_dirty_scopes_are_told_by_family_and_with_their_version(self, run: Driver) -> None:
        Driver(run.store, "other").begin()
        run.open("sub")
        run.open("more")
        assert run.dirty() == {("run", "sub"), ("run", "more")}
        assert len(run.store.dirty("owner", None, 10)) == 3
        assert len(run.store.dirty("owner", None, 2)) == 2
        run.plan("sub")
        run.plan("more")
        run.store.abort("run", "enough", run.now())
        assert [each.path for each in run.store.dirty("owner", "run", 9)] == [ROOT]

    def test_of_two_plans_for_one_version_one_is_carried_in(
        self, run: Driver, other: Store
    ) -> None:
        first = run.prepare(create=[Create("a", "task")], launch=[Launch("a", 1)])
        second = run.prepare(create=[Create("b", "task")], launch=[Launch("b", 1)])
        assert run.commit(first)
        before = everything(run.store, ["run"])
        assert other.commit([second], run.now()) == [False]
        assert everything(run.store, ["run"]) == before

    def test_a_plan_for_an_unknown_scope_is_not_carried_in(self, run: Driver) -> None:
        assert not run.commit(Commit("run", "sub", 0, 1))
        assert not run.commit(Commit("unknown", ROOT, 0, 1))
        assert run.store.commit([], run.now()) == []

    def test_plans_for_several_scopes_are_carried_in_together(self, run: Driver) -> None:
        sub = run.open("sub")
        Driver(run.store, "other").begin()
        a = run.prepare(create=[Create("a", "task")], launch=[Launch("a", 1)])
        late = run.prepare(create=[Create("late", "task")])
        b = run.prepare(sub, create=[Create("b", "task")], launch=[Launch("b", 1)])
        c = run.prepare(execution="other", finish_phase=Phase.ABORTED)
        assert run.store.commit([a, late, b, c], run.now()) == [True, False, True, True]
        assert set(run.phases()) == {"a", "sub", "sub/b"}
        assert run.claim() == [Claim("run", "a", 1), Claim("run", "sub/b", 1)]
        ended = run.store.execution("other")
        assert ended is not None
        assert ended.phase is Phase.ABORTED

    def test_a_plan_that_breaks_a_rule_takes_the_others_with_it(self, run: Driver) -> None:
        sub = run.open("sub")
        before = everything(run.store, ["run"])
        good = run.prepare(create=[Create("a", "task")], launch=[Launch("a", 1)])
        bad = run.prepare(sub, move=[Move("b", Phase.FAILED)])
        with pytest.raises(IllegalMove):
            run.store.commit([good, bad], run.now())
        assert everything(run.store, ["run"]) == before

    def test_outputs_are_given_to_what_succeeds_without_an_attempt(self, run: Driver) -> None:
        origin = Reuse("cached", "before", "x/y")
        run.plan(create=[Create("b", "task")])
        run.plan(
            create=[Create("a", "task", Phase.SUCCEEDED)],
            move=[Move("b", Phase.SUCCEEDED)],
            give=[("a", OUTPUTS, origin), ("b", OUTPUTS, None)],
        )
        assert run.store.outputs("run", ["a", "b"]) == {"a": OUTPUTS, "b": OUTPUTS}
        assert [node.reuse for node in run.store.nodes("run")] == [origin, None]
        assert run.events("a") == [(0, "SUCCEEDED", "cached from before:x/y")]
        assert run.events("b") == [(0, "RUNNING", ""), (0, "SUCCEEDED", "")]

    def test_a_child_is_told_with_the_time_that_it_has(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task", until=5.5), Create("b", "gate")])
        children = run.children()
        assert (children["a"].until, children["b"].until) == (5.5, None)
        assert [node.until for node in run.store.nodes("run")] == [5.5, None]

    def test_a_fact_between_look_and_commit_keeps_the_scope_dirty(
        self, run: Driver, other: Store
    ) -> None:
        run.launch("a", "b")
        run.claim()
        run.end("a")
        row = run.store.load("run", ROOT, -1)
        commit = run.prepare(move=[Move("a", Phase.SUCCEEDED)])
        other.record([run.ended("b")], run.now())
        assert run.commit(commit)
        assert run.dirty() == {("run", ROOT)}
        assert set(run.children(row.wake_seq)) == {"b"}

    def test_a_look_tells_what_facts_changed_since_and_not_what_plans_did(
        self, run: Driver
    ) -> None:
        run.launch("a", "b", "c")
        run.claim()
        seq = run.store.load("run", ROOT, -1).wake_seq
        assert set(run.children(seq)) == set()
        run.end("b")
        run.plan(move=[Move("b", Phase.SUCCEEDED)])
        assert set(run.children(seq)) == {"b"}
        assert set(run.children(run.store.load("run", ROOT, -1).wake_seq)) == set()
        assert set(run.children()) == {"a", "b", "c"}

    def test_a_child_is_told_with_its_newest_attempt(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        elements = (ElementFailure(3, FAILURE),)
        run.end("a", phase=AttemptPhase.FAILED, failure=FAILURE)
        run.relaunch("a", 2)
        child = run.children()["a"]
        assert (child.attempt, child.attempt_phase) == (2, AttemptPhase.LAUNCHING)
        assert (child.attempt_failure, child.elements, child.user_failures) == (None, (), 1)
        run.claim()
        run.end("a", attempt=2, elements=elements)
        child = run.children()["a"]
        assert (child.kind, child.phase, child.failure) == ("task", Phase.RUNNING, None)
        assert (child.attempt, child.attempt_phase) == (2, AttemptPhase.SUCCEEDED)
        assert child.elements == elements

    def test_counters_of_failures_are_those_of_the_last_decision(self, run: Driver) -> None:
        create = Create("a", "task", user_failures=2, system_failures=3)
        run.plan(create=[create, Create("b", "task")], launch=[Launch("b", 1, 4, 5)])
        a, b = run.children()["a"], run.children()["b"]
        assert (a.user_failures, a.system_failures, a.attempt) == (2, 3, 0)
        assert (b.user_failures, b.system_failures, b.attempt) == (4, 5, 1)

    def test_a_state_stays_until_another_is_set(self, run: Driver) -> None:
        run.plan(state=ScopeState(length=7))
        run.plan()
        assert run.store.load("run", ROOT, -1).state == ScopeState(length=7)
        run.plan(state=ScopeState(refused=FAILURE))
        assert run.store.scope_state("run", ROOT) == ScopeState(refused=FAILURE)

    def test_an_unknown_scope_is_not_found(self, run: Driver) -> None:
        for look in (run.store.scope_inputs, run.store.scope_state):
            with pytest.raises(NotFound, match="sub"):
                look("run", "sub")
        with pytest.raises(NotFound, match="unknown"):
            run.store.load("unknown", ROOT, -1)

    def test_a_node_execution_created_in_a_terminal_phase_has_ended(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task", Phase.FAILED, FAILURE), Create("b", "branch")])
        a, b = run.store.nodes("run")
        assert (a.phase, a.failure, a.ended) == (Phase.FAILED, FAILURE, a.created)
        assert (b.phase, b.failure, b.ended) == (Phase.RUNNING, None, None)

    def test_a_move_is_recorded_with_failure_and_time(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.end("a", phase=AttemptPhase.FAILED, failure=FAILURE)
        run.move("a", Phase.FAILED)
        (node,) = run.store.nodes("run")
        assert (node.phase, node.failure) == (Phase.FAILED, FAILURE)
        assert node.ended is not None
        assert node.ended > node.created

    def test_a_child_scope_begins_dirty_with_its_inputs_and_state(self, run: Driver) -> None:
        scope = NewScope("sub", OUTPUTS, ScopeState(refused=FAILURE))
        run.plan(create=[Create("sub", "workflow")], scopes=[scope])
        assert ("run", "sub") in run.dirty()
        assert run.store.scope_inputs("run", "sub") == OUTPUTS
        assert run.store.scope_state("run", "sub") == ScopeState(refused=FAILURE)
        row = run.store.load("run", "sub", -1)
        assert (row.phase, row.version, row.abort, row.children) == (Phase.RUNNING, 0, None, [])

    def test_scopes_keep_their_children_apart(self, run: Driver) -> None:
        sub = run.open("sub")
        run.launch("a")
        run.launch("a", path=sub)
        run.claim()
        run.end("sub/a")
        run.plan(sub, move=[Move("a", Phase.SUCCEEDED)])
        assert run.phases() == {
            "a": Phase.RUNNING,
            "sub": Phase.RUNNING,
            "sub/a": Phase.SUCCEEDED,
        }
        assert set(run.children()) == {"a", "sub"}
        assert set(run.children(path=sub)) == {"a"}


class Rules:
    """A plan or a report that breaks a rule is a bug: it is refused, and nothing changes."""

    def test_what_ended_cannot_move_and_the_error_tells_the_story(self, run: Driver) -> None:
        run.carry_out("a")
        before = everything(run.store, ["run"])
        with pytest.raises(IllegalMove, match="SUCCEEDED -> FAILED") as caught:
            run.plan(create=[Create("b", "task")], move=[Move("a", Phase.FAILED)])
        assert "RUNNING" in str(caught.value)
        assert everything(run.store, ["run"]) == before

    def test_what_does_not_exist_cannot_move(self, run: Driver) -> None:
        with pytest.raises(IllegalMove, match="run:a None -> SUCCEEDED"):
            run.move("a", Phase.SUCCEEDED)

    def test_what_exists_cannot_be_created(self, run: Driver) -> None:
        run.launch("a")
        before = everything(run.store, ["run"])
        with pytest.raises(IllegalMove):
            run.plan(create=[Create("a", "task")])
        assert everything(run.store, ["run"]) == before

    def test_an_attempt_cannot_follow_one_that_is_open(self, run: Driver) -> None:
        run.launch("a")
        with pytest.raises(IllegalMove, match="attempt 2"):
            run.relaunch("a", 2)

    def test_an_attempt_cannot_follow_one_that_succeeded(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.end("a")
        before = everything(run.store, ["run"])
        with pytest.raises(IllegalMove, match="attempt 2"):
            run.relaunch("a", 2)
        assert everything(run.store, ["run"]) == before

    def test_attempts_are_numbered_without_gaps_after_the_first(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task")], launch=[Launch("a", 3)])
        assert run.claim() == [Claim("run", "a", 3)]
        run.end("a", attempt=3, phase=AttemptPhase.LOST)
        with pytest.raises(IllegalMove, match="attempt 5"):
            run.relaunch("a", 5)
        assert run.relaunch("a", 4)
        assert [each.number for each in run.store.attempts("run")] == [3, 4]

    @pytest.mark.parametrize("phase", [Phase.SUCCEEDED, Phase.FAILED])
    def test_a_scope_ends_with_outputs_if_and_only_if_it_succeeded(
        self, run: Driver, phase: Phase
    ) -> None:
        before = everything(run.store, ["run"])
        outputs = None if phase is Phase.SUCCEEDED else OUTPUTS
        with pytest.raises(IllegalMove, match="outputs"):
            run.plan(finish_phase=phase, finish_outputs=outputs)
        assert everything(run.store, ["run"]) == before

    def test_a_scope_ends_once(self, run: Driver) -> None:
        run.finish()
        with pytest.raises(IllegalMove, match="SUCCEEDED -> FAILED"):
            run.finish(Phase.FAILED)

    @pytest.mark.parametrize("phase", [AttemptPhase.SUCCEEDED, AttemptPhase.FAILED])
    def test_an_attempt_ends_with_outputs_if_and_only_if_it_succeeded(
        self, run: Driver, phase: AttemptPhase
    ) -> None:
        run.launch("a", "b")
        run.claim()
        before = everything(run.store, ["run"])
        outputs = None if phase is AttemptPhase.SUCCEEDED else OUTPUTS
        facts = [run.ended("b"), run.ended("a", phase=phase, outputs=outputs)]
        with pytest.raises(IllegalMove, match="outputs"):
            run.store.record(facts, run.now())
        assert everything(run.store, ["run"]) == before

    def test_an_attempt_ends_in_a_terminal_phase(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        with pytest.raises(IllegalMove, match="RUNNING"):
            run.end("a", phase=AttemptPhase.RUNNING)
