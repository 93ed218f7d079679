"""What every store must do: how scopes and executions end, by themselves and when aborted."""

from __future__ import annotations

from volery.engine.model import Abort, AttemptPhase, Create, Phase
from volery.ids import ROOT
from volery.store.base import Claim
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, everything


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
        assert run.commit(commit)
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
        assert run.store.flagged("owner") == [(Claim("run", "a", 1), "abort")]
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

    def test_a_child_hears_as_often_as_the_scope_above_has(self, run: Driver) -> None:
        sub = run.open("sub")
        child = run.start("lp")
        run.stop("sub", "lp")
        run.store.abort("run", "now", run.now())
        run.stop("sub", "lp")
        assert [run.store.load(*each, -1).aborts for each in (("run", sub), (child, ROOT))] == [
            1,
            1,
        ]
        run.store.abort("run", "at once", run.now())
        run.plan(sub)
        run.plan(execution=child)
        run.stop("sub", "lp", reason="again")
        for scope in (("run", sub), (child, ROOT)):
            row = run.store.load(*scope, -1)
            assert (row.abort, row.aborts) == ("enough", 2)
            assert scope in run.dirty()

    def test_what_ended_or_does_not_exist_is_not_asked(self, run: Driver) -> None:
        run.carry_out("a")
        run.finish(path=run.open("sub"))
        run.finish(execution=run.start("lp"))
        run.plan()
        lines = run.lines()
        run.plan(abort=[Abort(id, "late") for id in ("a", "sub", "lp", "unknown")])
        assert run.lines() == lines
        assert run.dirty() == set()

    def test_a_gate_and_a_task_without_an_attempt_are_left_to_the_planner(
        self, run: Driver
    ) -> None:
        run.plan(create=[Create("a", "task"), Create("g", "gate")])
        lines = run.lines()
        run.stop("a", "g")
        assert run.lines() == lines
        assert run.dirty() == set()

    def test_an_attempt_that_is_over_is_not_asked(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.end("a")
        run.stop("a")
        assert run.store.flagged("owner") == []
        assert run.children()["a"].attempt_phase is AttemptPhase.SUCCEEDED
