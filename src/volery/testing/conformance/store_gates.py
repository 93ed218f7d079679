"""What every store must do: gates, calls of eager tasks, graphs of dynamic ones."""

from __future__ import annotations

import pytest

from volery.engine.model import (
    BODY,
    AttemptPhase,
    Called,
    CallState,
    Create,
    Fact,
    Move,
    Phase,
)
from volery.ids import ROOT, digest
from volery.ir.ref import Ref
from volery.ir.values import pack
from volery.store.base import (
    CallRecord,
    Claim,
)
from volery.store.moves import IllegalMove
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, everything


class Gates:
    """A gate waits for one signal."""

    def test_a_signal_is_kept_and_wakes_the_scope(self, run: Driver) -> None:
        run.plan(create=[Create("g", "gate")])
        seq = run.store.load("run", ROOT, -1).wake_seq
        assert run.store.signal("run", "g", pack(1), run.now()) == "taken"
        assert run.children(seq)["g"].signal == pack(1)
        assert run.dirty() == {("run", ROOT)}
        assert run.store.nodes("run")[0].signalled
        assert run.events("g") == [(0, "RUNNING", ""), (0, "SIGNAL", "")]

    def test_the_first_signal_counts(self, run: Driver) -> None:
        run.plan(create=[Create("g", "gate")])
        run.store.signal("run", "g", pack(1), run.now())
        before = everything(run.store, ["run"])
        assert run.store.signal("run", "g", pack(2), run.now()) == "already"
        assert everything(run.store, ["run"]) == before
        run.plan(move=[Move("g", Phase.SUCCEEDED)], give=[("g", OUTPUTS, None)])
        assert run.store.signal("run", "g", pack(2), run.now()) == "already"

    def test_what_does_not_wait_for_a_signal_takes_none(self, run: Driver) -> None:
        run.launch("a")
        run.plan(create=[Create("g", "gate", Phase.FAILED, FAILURE)])
        before = everything(run.store, ["run"])
        for execution, path in [("run", "a"), ("run", "g"), ("run", "x"), ("unknown", "g")]:
            assert run.store.signal(execution, path, pack(1), run.now()) == "not waiting"
        assert everything(run.store, ["run"]) == before
        assert not any(node.signalled for node in run.store.nodes("run"))


class Calls:
    """What the function of an eager task calls is known from then on."""

    @pytest.fixture
    def eager(self, run: Driver) -> Driver:
        """A run in which the function of the eager task ``e`` is under way."""
        run.open("e", kind="eager")
        run.launch(BODY, path="e")
        run.claim()
        run.plan()
        return run

    @staticmethod
    def called(*calls: str, owner: str = "owner", attempt: int = 1) -> list[Fact]:
        """The facts that these were called."""
        entity = Ref("task", "t")
        return [
            Called("run", "e", attempt, owner, call, "task", entity, "bundle", OUTPUTS)
            for call in calls
        ]

    def test_calls_are_told_in_order_and_wake_the_scope_once(self, eager: Driver) -> None:
        eager.plan("e")
        seq = eager.store.load("run", "e", -1).wake_seq
        assert eager.store.record(self.called("c2", "c1"), eager.now()) == 2
        row = eager.store.load("run", "e", seq)
        assert row.calls == [CallState("c2", "task"), CallState("c1", "task")]
        assert (row.wake_seq, row.children) == (seq + 1, [])
        assert eager.dirty() == {("run", "e")}
        eager.store.record(self.called("c3"), eager.now())
        assert eager.store.load("run", "e", seq + 1).calls == [CallState("c3", "task")]
        assert len(eager.store.load("run", "e", -1).calls) == 3
        assert eager.store.load("run", ROOT, -1).calls == []

    def test_a_call_is_found_by_its_path(self, eager: Driver) -> None:
        eager.store.record(self.called("c1"), eager.now())
        record = CallRecord("c1", "task", Ref("task", "t"), "bundle", OUTPUTS)
        assert eager.store.call("run", "e/c1") == record
        assert eager.store.call("run", "e/c2") is None
        assert eager.store.call("unknown", "e/c1") is None

    def test_a_call_that_is_there_already_counts_and_changes_nothing(self, eager: Driver) -> None:
        eager.store.record(self.called("c1"), eager.now())
        before = everything(eager.store, ["run"])
        assert eager.store.record(self.called("c1", "c1"), eager.now()) == 2
        assert everything(eager.store, ["run"]) == before

    def test_calls_by_others_than_the_open_attempts_owner_are_stale(self, eager: Driver) -> None:
        eager.launch("other")
        eager.claim("me")
        facts = [*self.called("c1", owner="me"), *self.called("c2", attempt=2)]
        assert eager.store.record(facts, eager.now()) == 0
        eager.store.retire("owner")
        assert eager.store.record(self.called("c3"), eager.now()) == 0
        assert eager.store.load("run", "e", -1).calls == []
        stale = [detail for _, event, detail in eager.events(f"e/{BODY}") if event == "STALE"]
        assert stale == ["call c1", "call c2", "call c3"]

    def test_calls_after_the_end_are_stale(self, eager: Driver) -> None:
        eager.end(f"e/{BODY}")
        assert eager.store.record(self.called("c1"), eager.now()) == 0

    def test_a_call_becomes_a_node_execution_as_any(self, eager: Driver) -> None:
        eager.store.record(self.called("c1"), eager.now())
        eager.launch("c1", path="e")
        assert eager.claim() == [Claim("run", "e/c1", 1)]


class Graphs:
    """The function of a dynamic task gives a graph in place of outputs."""

    def test_a_graph_is_kept_among_the_bundles(self, run: Driver) -> None:
        run.open("d", kind="dynamic")
        run.launch(BODY, path="d")
        run.claim()
        assert run.end(f"d/{BODY}", outputs=None, graph=b"graph") == 1
        key = digest(b"graph")
        assert run.store.bundle(key) == b"graph"
        assert run.children(path="d")[BODY].graph == key
        assert [each.graph for each in run.store.attempts("run")] == [key]
        assert run.store.outputs("run", [f"d/{BODY}"]) == {}

    def test_other_attempts_have_none(self, run: Driver) -> None:
        run.carry_out("a")
        assert run.children()["a"].graph == run.store.attempts("run")[0].graph == ""

    @pytest.mark.parametrize("phase", [AttemptPhase.SUCCEEDED, AttemptPhase.FAILED])
    def test_an_attempt_ends_with_one_of_both_if_it_succeeded(
        self, run: Driver, phase: AttemptPhase
    ) -> None:
        run.launch("a")
        run.claim()
        before = everything(run.store, ["run"])
        with pytest.raises(IllegalMove):
            run.end("a", phase=phase, graph=b"graph")
        assert everything(run.store, ["run"]) == before
