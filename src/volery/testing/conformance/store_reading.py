"""What every store must do: its record can be read."""

from __future__ import annotations

from volery.engine.model import (
    AttemptPhase,
    Launch,
    Phase,
)
from volery.ids import ROOT
from volery.store.journal import fold
from volery.testing.conformance.store_driver import FAILURE, Driver


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
        run.end("a", attempt=2, phase=AttemptPhase.FAILED, failure=FAILURE)
        commit = run.prepare(launch=[Launch("a", 3, due=2004.25)])
        run.store.commit([commit], 2000.0)
        run.store.wake("owner", "run", 2005.0)
        run.claim()
        run.end("a", attempt=3)
        run.move("a", Phase.SUCCEEDED)
        assert run.events("a") == [
            (0, "RUNNING", ""),
            (1, "RUNNING", ""),
            (1, "FAILED", "no such column"),
            (2, "LAUNCHING", ""),
            (2, "FAILED", "no such column"),
            (3, "LAUNCHING", "in 4.2 s"),
            (3, "SUCCEEDED", ""),
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
