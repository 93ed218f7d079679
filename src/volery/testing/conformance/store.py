"""What every store must do.

Subclass `StoreConformance` in a test module and give it two fixtures: ``store``, a new and empty
store, and ``other``, a second way to the same one (another connection; the store itself where
there is only one way).
"""

from __future__ import annotations

import pytest

from volery.engine.model import (
    Abort,
    AttemptPhase,
    Create,
    Launch,
    Move,
    Phase,
    ScopeState,
)
from volery.errors import NotFound
from volery.ids import ROOT
from volery.ir.values import pack
from volery.ir.work import ElementFailure
from volery.store.base import Claim, Commit, NewScope, Store
from volery.store.journal import fold
from volery.store.moves import IllegalMove
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, everything


class Bundles:
    """Bundles are kept by digest."""

    def test_a_bundle_comes_back(self, store: Store) -> None:
        store.put_bundle("d1", b"content")
        assert store.bundle("d1") == b"content"

    def test_a_bundle_with_a_known_digest_changes_nothing(self, store: Store) -> None:
        store.put_bundle("d1", b"content")
        store.put_bundle("d1", b"other")
        assert store.bundle("d1") == b"content"

    def test_an_unknown_digest_is_not_found(self, store: Store) -> None:
        with pytest.raises(NotFound, match="d1"):
            store.bundle("d1")


class Executions:
    """Executions begin, are listed, owned and aborted."""

    def test_a_new_execution_runs_with_all_that_was_given(self, store: Store) -> None:
        driver = Driver(store)
        labels = (("team", "a"), ("team", "b"))
        new = driver.begin(inputs=OUTPUTS, owner="me", labels=labels, state=ScopeState(arm=1))
        record = store.execution("run")
        assert record is not None
        for field in ("id", "project", "domain", "entity", "bundle", "root", "parent", "labels"):
            assert getattr(record, field) == getattr(new, field)
        assert (record.phase, record.failure, record.ended) == (Phase.RUNNING, None, None)
        assert (record.owner, record.created) == ("me", 1000.0)
        assert store.scope_inputs("run", ROOT) == OUTPUTS
        assert store.scope_state("run", ROOT) == ScopeState(arm=1)
        assert driver.dirty() == {("run", ROOT)}
        assert driver.events(ROOT) == [(0, "RUNNING", "")]

    def test_an_id_that_is_taken_changes_nothing(self, run: Driver) -> None:
        new = Driver(run.store, "other").begin()
        before = everything(run.store, ["run", "other"])
        assert not run.store.create(new, run.now())
        assert everything(run.store, ["run", "other"]) == before

    def test_an_unknown_execution_is_none(self, store: Store) -> None:
        assert store.execution("run") is None

    def test_executions_come_newest_first_in_pages(self, store: Store) -> None:
        driver = Driver(store)
        for name in "abcde":
            driver.begin(name)
        first = [each.id for each in store.executions(limit=2)]
        second = [each.id for each in store.executions(limit=2, before=first[-1])]
        third = [each.id for each in store.executions(limit=2, before=second[-1])]
        assert (first, second, third) == (["e", "d"], ["c", "b"], ["a"])
        assert store.executions(limit=2, before="unknown") == []

    def test_executions_of_some_phases(self, store: Store) -> None:
        for name, phase in [("a", None), ("b", Phase.FAILED), ("c", None), ("d", Phase.ABORTED)]:
            driver = Driver(store, name)
            driver.begin()
            if phase is not None:
                driver.finish(phase)
        ended = (Phase.FAILED, Phase.ABORTED)
        assert [each.id for each in store.executions(limit=9, phases=ended)] == ["d", "b"]
        running = store.executions(limit=9, before="c", phases=[Phase.RUNNING])
        assert [each.id for each in running] == ["a"]

    def test_whoever_names_the_owner_rightly_takes_the_family(self, run: Driver) -> None:
        child = run.start("lp")
        assert run.store.take("run", None, "me")
        assert not run.store.take("run", None, "you")
        assert not run.store.take(child, "you", None)
        assert [_owner(run.store, each) for each in ("run", child)] == ["me", "me"]
        assert run.store.take(child, "me", "you")
        assert [_owner(run.store, each) for each in ("run", child)] == ["you", "you"]
        assert run.store.take("run", "you", None)
        assert [_owner(run.store, each) for each in ("run", child)] == [None, None]

    def test_an_unknown_execution_cannot_be_taken(self, store: Store) -> None:
        assert not store.take("run", None, "me")

    def test_a_family_has_one_owner_whoever_starts_a_child(self, run: Driver) -> None:
        assert run.store.take("run", None, "me")
        assert _owner(run.store, run.start("lp", owner="you")) == "me"

    def test_an_abort_sets_the_reason_and_wakes(self, run: Driver) -> None:
        run.plan()
        assert run.store.abort("run", "not needed\nany more", run.now())
        assert run.store.load("run", ROOT, -1).abort == "not needed\nany more"
        assert run.dirty() == {("run", ROOT)}
        assert run.events(ROOT)[1:] == [(0, "ABORT", "not needed")]

    def test_the_first_reason_for_an_abort_stands(self, run: Driver) -> None:
        run.store.abort("run", "first", run.now())
        before = everything(run.store, ["run"])
        assert run.store.abort("run", "second", run.now())
        assert everything(run.store, ["run"]) == before

    def test_what_ended_or_is_unknown_cannot_be_aborted(self, run: Driver) -> None:
        run.finish()
        before = everything(run.store, ["run"])
        assert not run.store.abort("run", "late", run.now())
        assert not run.store.abort("unknown", "late", run.now())
        assert everything(run.store, ["run"]) == before


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
        assert len(run.store.dirty(None, 10)) == 3
        assert len(run.store.dirty(None, 2)) == 2
        run.plan("sub")
        run.plan("more")
        run.store.abort("run", "enough", run.now())
        assert [each.path for each in run.store.dirty("run", 9)] == [ROOT]

    def test_of_two_plans_for_one_version_one_is_carried_in(
        self, run: Driver, other: Store
    ) -> None:
        first = run.prepare(create=[Create("a", "task")], launch=[Launch("a", 1)])
        second = run.prepare(create=[Create("b", "task")], launch=[Launch("b", 1)])
        assert run.store.commit(first, run.now())
        before = everything(run.store, ["run"])
        assert not other.commit(second, run.now())
        assert everything(run.store, ["run"]) == before

    def test_a_plan_for_an_unknown_scope_is_not_carried_in(self, run: Driver) -> None:
        assert not run.store.commit(Commit("run", "sub", 0, 1), run.now())
        assert not run.store.commit(Commit("unknown", ROOT, 0, 1), run.now())

    def test_a_fact_between_look_and_commit_keeps_the_scope_dirty(
        self, run: Driver, other: Store
    ) -> None:
        run.launch("a", "b")
        run.claim()
        run.end("a")
        row = run.store.load("run", ROOT, -1)
        commit = run.prepare(move=[Move("a", Phase.SUCCEEDED)])
        other.record([run.ended("b")], run.now())
        assert run.store.commit(commit, run.now())
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


class Finishing:
    """The end of a scope goes to all places that it concerns, at once."""

    def test_the_end_of_a_scope_ends_its_node_execution_and_wakes_above(self, run: Driver) -> None:
        sub = run.open("sub")
        run.plan()
        seq = run.store.load("run", ROOT, -1).wake_seq
        run.finish(path=sub)
        assert run.phases() == {"sub": Phase.SUCCEEDED}
        assert run.store.outputs("run", ["sub"]) == {"sub": OUTPUTS}
        assert set(run.children(seq)) == {"sub"}
        assert run.dirty() == {("run", ROOT)}
        assert run.events("sub") == [(0, "RUNNING", ""), (0, "SUCCEEDED", "")]

    def test_a_failure_goes_up_with_the_end(self, run: Driver) -> None:
        run.finish(Phase.FAILED, path=run.open("sub"))
        child = run.children()["sub"]
        assert (child.phase, child.failure) == (Phase.FAILED, FAILURE)
        assert run.events("sub")[-1] == (0, "FAILED", "no such column")

    def test_the_end_of_the_outermost_scope_ends_the_execution(self, run: Driver) -> None:
        run.finish(Phase.FAILED)
        record = run.store.execution("run")
        assert record is not None
        assert (record.phase, record.failure) == (Phase.FAILED, FAILURE)
        assert record.ended is not None
        assert run.store.outputs("run", [ROOT]) == {}
        assert run.events(ROOT)[-1] == (0, "FAILED", "no such column")

    def test_a_child_execution_belongs_to_its_launch_plan_node(self, run: Driver) -> None:
        child = run.start("lp")
        (node,) = run.store.nodes("run")
        assert (node.kind, node.child, node.phase) == ("launch_plan", child, Phase.RUNNING)
        record = run.store.execution(child)
        assert record is not None
        assert (record.root, record.parent) == ("run", ("run", "lp"))
        assert (child, ROOT) in run.dirty()

    def test_the_end_of_a_child_execution_ends_the_node_that_started_it(self, run: Driver) -> None:
        child = run.start("lp")
        run.plan()
        seq = run.store.load("run", ROOT, -1).wake_seq
        run.finish(execution=child)
        assert run.phases() == {"lp": Phase.SUCCEEDED}
        assert run.store.outputs("run", ["lp"]) == {"lp": OUTPUTS}
        assert run.store.outputs(child, [ROOT]) == {ROOT: OUTPUTS}
        assert set(run.children(seq)) == {"lp"}
        assert run.dirty() == {("run", ROOT)}

    def test_a_child_execution_that_exists_is_left_alone(self, run: Driver) -> None:
        new = run.child("lp")
        run.plan(create=[Create("lp", "launch_plan")], executions=[new])
        before = everything(run.store, [new.id])
        run.plan(executions=[new])
        assert everything(run.store, [new.id])[3:] == before[3:]

    def test_a_scope_that_ended_is_not_dirty(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        commit = run.prepare(finish_phase=Phase.ABORTED)
        run.store.abort("run", "late", run.now())
        assert run.store.commit(commit, run.now())
        assert run.dirty() == set()


class Aborting:
    """Children are asked to stop, each in its own way."""

    def test_an_attempt_that_nobody_owns_is_over_at_once(self, run: Driver) -> None:
        run.launch("a", "b")
        seq = run.store.load("run", ROOT, -1).wake_seq
        run.stop("a", "b")
        assert {each.phase for each in run.store.attempts("run")} == {AttemptPhase.ABORTED}
        assert all(each.ended is not None for each in run.store.attempts("run"))
        assert set(run.children(seq)) == {"a", "b"}
        assert run.store.load("run", ROOT, -1).wake_seq == seq + 1
        assert run.dirty() == {("run", ROOT)}
        assert run.claim() == []
        assert run.events("a")[1:] == [(1, "ABORTED", "enough")]

    def test_an_attempt_that_somebody_owns_is_flagged_once(self, run: Driver) -> None:
        run.launch("a", "b")
        run.claim()
        run.plan()
        for _ in range(2):
            run.stop("a")
        assert run.store.flagged("owner") == [Claim("run", "a", 1)]
        assert run.store.flagged("another") == []
        assert run.children()["a"].attempt_phase is AttemptPhase.LAUNCHING
        assert run.dirty() == set()
        assert run.events("a")[1:] == [(1, "ABORT", "enough")]

    def test_a_flagged_attempt_ends_as_its_owner_says(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.stop("a")
        assert run.end("a", phase=AttemptPhase.ABORTED) == 1
        assert run.store.flagged("owner") == []
        assert run.children()["a"].attempt_phase is AttemptPhase.ABORTED

    def test_a_child_scope_gets_the_reason_and_is_woken(self, run: Driver) -> None:
        sub = run.open("sub")
        run.plan(sub)
        for reason in ("first", "second"):
            run.stop("sub", reason=reason)
        row = run.store.load("run", sub, -1)
        assert (row.abort, row.wake_seq) == ("first", 2)
        assert run.dirty() == {("run", sub)}
        assert run.events(sub)[1:] == [(0, "ABORT", "first")]

    def test_a_child_execution_gets_the_reason_and_is_woken(self, run: Driver) -> None:
        child = run.start("lp")
        run.plan(execution=child)
        run.stop("lp")
        assert run.store.load(child, ROOT, -1).abort == "enough"
        assert run.dirty() == {(child, ROOT)}
        asked = [line for line in run.lines() if line.event == "ABORT"]
        assert [(line.execution, line.path) for line in asked] == [(child, ROOT)]

    def test_what_ended_or_does_not_exist_is_not_asked(self, run: Driver) -> None:
        run.carry_out("a")
        run.finish(path=run.open("sub"))
        run.finish(execution=run.start("lp"))
        run.plan()
        lines = run.lines()
        run.plan(abort=[Abort(id, "late") for id in ("a", "sub", "lp", "unknown")])
        assert run.lines() == lines
        assert run.dirty() == set()

    def test_a_task_that_has_no_attempt_yet_has_nothing_to_be_asked(self, run: Driver) -> None:
        run.plan(create=[Create("a", "task")])
        lines = run.lines()
        run.stop("a")
        assert run.lines() == lines
        assert run.dirty() == set()

    def test_an_attempt_that_is_over_is_not_asked(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.end("a")
        run.stop("a")
        assert run.store.flagged("owner") == []
        assert run.children()["a"].attempt_phase is AttemptPhase.SUCCEEDED


class Outputs:
    """Outputs are found by the node execution that they belong to."""

    def test_outputs_of_a_task_are_there_from_when_its_attempt_succeeded(self, run: Driver) -> None:
        run.launch("a", "b")
        run.claim()
        record = pack({"o0": [1.5, None]})
        run.end("a", outputs=record)
        run.end("b", phase=AttemptPhase.FAILED, failure=FAILURE)
        assert run.store.outputs("run", ["a", "b", "unknown"]) == {"a": record}
        run.move("a", Phase.SUCCEEDED)
        assert run.store.outputs("run", ["a"]) == {"a": record}
        assert run.store.outputs("unknown", ["a"]) == {}

    def test_outputs_of_all_children_of_a_scope(self, run: Driver) -> None:
        run.carry_out("a", "b")
        run.launch("c")
        sub = run.open("sub")
        run.launch("a", path=sub)
        run.finish(execution=run.start("lp"))
        run.finish(Phase.FAILED, execution=run.start("bad"))
        assert dict(run.store.children_outputs("run", ROOT)) == {
            "a": OUTPUTS,
            "b": OUTPUTS,
            "lp": OUTPUTS,
        }
        assert run.store.children_outputs("run", sub) == []
        assert run.store.children_outputs("run", "unknown") == []

    def test_elements_of_a_map_are_told_by_their_ids(self, run: Driver) -> None:
        run.plan(create=[Create("m", "map")], scopes=[NewScope("m", OUTPUTS)])
        run.launch("[0:2]", "[2]", path="m")
        assert {claim.path for claim in run.claim()} == {"m[0:2]", "m[2]"}
        run.end("m[0:2]")
        assert run.store.children_outputs("run", "m") == [("[0:2]", OUTPUTS)]
        assert set(run.children(path="m")) == {"[0:2]", "[2]"}


class Attempts:
    """Attempts are taken by one, and reported on by the same."""

    def test_attempts_are_taken_oldest_first(self, run: Driver) -> None:
        run.launch("n10", "n9", "a")
        run.launch("b")
        assert [claim.path for claim in run.claim(limit=3)] == ["n10", "n9", "a"]
        assert [claim.path for claim in run.claim(limit=3)] == ["b"]
        assert run.claim() == []

    def test_an_attempt_is_taken_by_one(self, run: Driver, other: Store) -> None:
        run.launch(*(f"n{index}" for index in range(10)))
        mine = run.claim("me", limit=4)
        yours = other.claim(None, "you", 4, run.now())
        rest = run.claim("me")
        assert len({*mine, *yours, *rest}) == len(mine) + len(yours) + len(rest) == 10
        held = run.store.held("run")
        assert {claim for claim, owner in held if owner == "you"} == set(yours)

    def test_attempts_are_taken_of_one_family_or_of_all(self, run: Driver) -> None:
        other = Driver(run.store, "other")
        other.begin()
        run.launch("a")
        other.launch("a")
        run.launch("b")
        assert run.store.claim("other", "me", 9, run.now()) == [Claim("other", "a", 1)]
        assert run.store.claim("unknown", "me", 9, run.now()) == []
        paths = [claim.path for claim in run.store.claim(None, "me", 9, run.now())]
        assert paths == ["a", "b"]

    def test_attempts_of_child_executions_belong_to_the_family(self, run: Driver) -> None:
        child = run.start("lp")
        run.launch("a", execution=child)
        assert run.claim() == [Claim(child, "a", 1)]

    def test_held_are_the_open_ones_that_somebody_owns(self, run: Driver) -> None:
        run.launch("a", "b", "c")
        run.claim("me", limit=1)
        run.claim("you", limit=1)
        run.started("b")
        expected = {(Claim("run", "a", 1), "me"), (Claim("run", "b", 1), "you")}
        assert set(run.store.held("run")) == set(run.store.held(None)) == expected
        assert run.store.held("other") == []
        run.end("a", owner="me")
        assert run.store.held("run") == [(Claim("run", "b", 1), "you")]

    def test_a_start_is_recorded_once(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        dirty = run.dirty()
        assert run.started("a") == 1
        assert run.started("a") == 0
        (attempt,) = run.store.attempts("run")
        assert (attempt.phase, attempt.owner) == (AttemptPhase.RUNNING, "owner")
        assert attempt.started is not None
        assert run.dirty() == dirty, "a start needs no plan"
        assert run.events("a")[1:] == [(1, "RUNNING", ""), (1, "STALE", "RUNNING")]

    def test_an_attempt_that_nobody_owns_cannot_start(self, run: Driver) -> None:
        run.launch("a")
        assert run.started("a") == 0
        assert run.claim() == [Claim("run", "a", 1)]

    def test_an_end_is_recorded_with_its_times_and_failure(self, run: Driver) -> None:
        run.launch("a", "b")
        run.claim()
        run.end("a", started=5.0, ended=6.5)
        run.end("b", phase=AttemptPhase.LOST, failure=FAILURE)
        a, b = run.store.attempts("run")
        assert (a.phase, a.started, a.ended) == (AttemptPhase.SUCCEEDED, 5.0, 6.5)
        assert (b.phase, b.failure, b.started) == (AttemptPhase.LOST, FAILURE, None)
        assert b.ended is not None
        assert run.events("b")[1:] == [(1, "LOST", "no such column")]

    def test_a_reported_start_outlives_the_report_of_the_end(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.started("a")
        started = run.store.attempts("run")[0].started
        run.end("a", started=1.0)
        assert run.store.attempts("run")[0].started == started

    def test_ends_wake_a_scope_once_a_call(self, run: Driver) -> None:
        sub = run.open("sub")
        run.launch("a", "b", "c")
        run.launch("a", path=sub)
        run.claim()
        seqs = [run.store.load("run", path, -1).wake_seq for path in (ROOT, sub)]
        assert run.end("a", "b", "sub/a") == 3
        later = [run.store.load("run", path, -1).wake_seq for path in (ROOT, sub)]
        assert later == [seq + 1 for seq in seqs]
        assert set(run.children(seqs[0])) == {"a", "b"}

    def test_a_second_report_of_an_end_is_stale(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        assert run.end("a", "a") == 1
        seq = run.store.load("run", ROOT, -1).wake_seq
        assert run.end("a", phase=AttemptPhase.FAILED, failure=FAILURE) == 0
        assert run.store.load("run", ROOT, -1).wake_seq == seq
        assert [event for _, event, _ in run.events("a")[1:]] == ["SUCCEEDED", "STALE", "STALE"]

    def test_a_report_by_somebody_else_is_stale(self, run: Driver) -> None:
        run.launch("a")
        assert run.end("a") == 0
        run.claim()
        assert run.end("a", owner="another") == 0
        assert run.children()["a"].attempt_phase is AttemptPhase.LAUNCHING
        assert run.events("a")[1:] == [(1, "STALE", "SUCCEEDED")] * 2

    def test_a_report_on_an_older_attempt_is_stale(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.end("a", phase=AttemptPhase.LOST)
        run.relaunch("a", 2)
        run.claim()
        assert run.end("a", attempt=1) == 0
        assert run.end("a", attempt=3) == 0
        assert run.end("a", attempt=2) == 1

    def test_a_report_on_a_node_execution_that_ended_is_stale(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.move("a", Phase.ABORTED)
        assert run.end("a") == 0
        assert run.store.outputs("run", ["a"]) == {}
        assert run.dirty() == set()

    def test_a_report_on_what_is_unknown_changes_nothing(self, run: Driver) -> None:
        assert run.end("nowhere") == 0
        assert Driver(run.store, "unknown").end("a") == 0
        assert run.events("nowhere") == [(1, "STALE", "SUCCEEDED")]
        assert run.store.record([], run.now()) == 0


class Reading:
    """The record tells what happened, in order."""

    def test_node_executions_and_attempts_come_by_path(self, run: Driver) -> None:
        run.launch("c", "a")
        run.launch("b")
        run.claim()
        run.end("a", phase=AttemptPhase.LOST)
        run.relaunch("a", 2)
        assert [node.path for node in run.store.nodes("run")] == ["a", "b", "c"]
        numbers = [(each.path, each.number) for each in run.store.attempts("run")]
        assert numbers == [("a", 1), ("a", 2), ("b", 1), ("c", 1)]
        assert run.store.nodes("unknown") == []
        assert run.store.attempts("unknown") == []

    def test_the_journal_comes_by_family_in_order_and_in_pages(self, run: Driver) -> None:
        run.carry_out("a")
        Driver(run.store, "other").begin()
        run.finish(execution=run.start("lp"))
        lines = run.lines()
        assert [line.seq for line in lines] == sorted(line.seq for line in lines)
        assert {line.execution for line in lines} == {"run", run.child("lp").id}
        page = run.store.journal("run", lines[1].seq, 2)
        assert page == lines[2:4]
        assert run.store.journal("run", lines[-1].seq, 2) == []
        assert run.store.journal("unknown", 0, 2) == []

    def test_the_journal_is_numbered_across_the_store(self, run: Driver) -> None:
        other = Driver(run.store, "other")
        other.begin()
        run.carry_out("a")
        seqs = sorted(line.seq for line in run.lines() + other.lines())
        assert seqs == list(range(1, len(seqs) + 1))

    def test_the_journal_tells_each_try(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.started("a")
        run.end("a", phase=AttemptPhase.FAILED, failure=FAILURE)
        run.relaunch("a", 2)
        run.claim()
        run.end("a", attempt=2)
        run.move("a", Phase.SUCCEEDED)
        assert run.events("a") == [
            (0, "RUNNING", ""),
            (1, "RUNNING", ""),
            (1, "FAILED", "no such column"),
            (2, "LAUNCHING", ""),
            (2, "SUCCEEDED", ""),
            (0, "SUCCEEDED", ""),
        ]

    def test_the_journal_folds_to_the_tables(self, run: Driver) -> None:
        run.carry_out("a", "b")
        run.launch("c")
        run.stop("c")
        run.move("c", Phase.ABORTED)
        child = run.start("lp")
        run.finish(Phase.FAILED, execution=child)
        run.open("sub")
        run.stop("sub")
        run.end("a")
        run.finish(Phase.FAILED)
        folded = fold(run.lines())
        assert folded.pop(("run", ROOT)) is folded.pop((child, ROOT)) is Phase.FAILED
        assert {path: phase for (_, path), phase in folded.items()} == run.phases()

    def test_what_is_read_does_not_change_what_is_stored(self, run: Driver) -> None:
        run.launch("a")
        run.store.load("run", ROOT, -1).children[0].phase = Phase.FAILED
        assert run.children()["a"].phase is Phase.RUNNING


class StoreConformance(
    Bundles, Executions, Planning, Rules, Finishing, Aborting, Outputs, Attempts, Reading
):
    """For every store."""

    @pytest.fixture
    def run(self, store: Store) -> Driver:
        """A store with an execution that has just begun."""
        driver = Driver(store)
        driver.begin()
        return driver


def _owner(store: Store, execution: str) -> str | None:
    record = store.execution(execution)
    assert record is not None
    return record.owner
