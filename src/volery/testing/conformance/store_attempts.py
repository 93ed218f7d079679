"""What every store must do: attempts and outputs."""

from __future__ import annotations

from volery.engine.model import (
    AttemptPhase,
    Create,
    Launch,
    Phase,
)
from volery.ids import ROOT
from volery.ir.values import pack
from volery.store.base import (
    Claim,
    Options,
    Store,
)
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, rooms


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

    def test_an_attempt_keeps_its_times(self, run: Driver) -> None:
        run.launch("a", "b")
        [before, _] = run.store.attempts("run")
        assert (before.taken, before.started, before.returned) == (None, None, None)
        run.claim()
        began = run.now()
        run.end("a", started=began, returned=began + 1, ended=began + 2)
        run.end("b")
        known, unknown = run.store.attempts("run")
        assert known.taken is not None
        assert known.created <= known.taken <= began
        assert (known.started, known.returned, known.ended) == (began, began + 1, began + 2)
        assert unknown.returned is None

    def test_outputs_of_a_child_execution_are_those_of_its_node(self, run: Driver) -> None:
        run.finish(execution=run.start("lp"))
        run.finish(Phase.FAILED, execution=run.start("bad"))
        assert run.store.outputs("run", ["lp", "bad"]) == {"lp": OUTPUTS}

    def test_outputs_of_a_map_come_in_the_order_of_its_elements(self, run: Driver) -> None:
        run.open("m", kind="map")
        ids = ["[0:9]", "[0]", "[9:100]", "[100]", "[1000:1001]"]
        run.launch(*reversed(ids), "[5]", path="m")
        run.claim()
        run.end(*(f"m{id}" for id in ids))
        page = run.store.children_outputs
        assert page("run", "m", "", 9) == [(id, OUTPUTS) for id in ids]
        assert [id for id, _ in page("run", "m", "", 2)] == ids[:2]
        assert [id for id, _ in page("run", "m", ids[1], 2)] == ids[2:4]
        assert page("run", "m", ids[-1], 2) == []
        assert set(run.children(path="m")) == {*ids, "[5]"}

    def test_outputs_of_elements_that_are_scopes_and_executions(self, run: Driver) -> None:
        run.open("m", kind="map")
        run.finish(path=run.open("[1]", "m"))
        run.finish(execution=run.start("[0]", "m"))
        assert run.store.children_outputs("run", "m", "", 9) == [("[0]", OUTPUTS), ("[1]", OUTPUTS)]

    def test_what_is_no_map_has_no_elements(self, run: Driver) -> None:
        run.carry_out("a")
        assert run.store.children_outputs("run", ROOT, "", 9) == []
        assert run.store.children_outputs("run", "unknown", "", 9) == []

    def test_those_that_have_ended(self, run: Driver) -> None:
        run.carry_out("a")
        run.launch("b")
        run.plan(create=[Create("c", "task", Phase.FAILED, FAILURE)])
        ended = run.store.ended("run", ["a", "b", "c", "unknown"])
        assert ended == {node.path: node for node in run.store.nodes("run") if node.path != "b"}
        assert run.store.ended("unknown", ["a"]) == run.store.ended("run", []) == {}


class Attempts:
    """Attempts are taken by one, and reported on by the same."""

    def test_attempts_are_taken_oldest_first(self, run: Driver) -> None:
        run.launch("n10", "n9", "a")
        run.launch("b")
        assert [claim.path for claim in run.claim(limit=3)] == ["n10", "n9", "a"]
        assert [claim.path for claim in run.claim(limit=3)] == ["b"]
        assert run.claim() == []

    def test_attempts_of_higher_priority_are_taken_first(self, store: Store) -> None:
        driver = Driver(store)
        driver.begin(options=Options(priority=2))
        given = {"a": None, "b": 9, "c": -1, "d": 2}
        create = [Create(id, "task") for id in given]
        launch = [Launch(id, 1, priority=priority) for id, priority in given.items()]
        driver.plan(create=create, launch=launch)
        driver.launch("e")
        other = Driver(store, "other")
        other.begin()
        other.plan(create=[Create("x", "task")], launch=[Launch("x", 1, priority=5)])
        claims = store.claim("owner", None, rooms(9), driver.now())
        assert [claim.path for claim in claims] == ["b", "x", "a", "d", "e", "c"]

    def test_an_attempt_is_taken_by_one(self, run: Driver, other: Store) -> None:
        run.launch(*(f"n{index}" for index in range(10)))
        mine = run.claim("me", limit=4)
        yours = other.claim("you", None, rooms(4), run.now())
        rest = run.claim("me")
        assert len({*mine, *yours, *rest}) == len(mine) + len(yours) + len(rest) == 10
        held = run.store.held("owner", "run")
        assert {claim for claim, owner in held if owner == "you"} == set(yours)

    def test_attempts_are_taken_of_one_family_or_of_all(self, run: Driver) -> None:
        other = Driver(run.store, "other")
        other.begin()
        run.launch("a")
        other.launch("a")
        run.launch("b")
        assert run.store.claim("me", "other", rooms(9), run.now()) == [Claim("other", "a", 1)]
        assert run.store.claim("me", "unknown", rooms(9), run.now()) == []
        paths = [claim.path for claim in run.store.claim("me", None, rooms(9), run.now())]
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
        held = run.store.held
        assert set(held("owner", "run")) == set(held("owner", None)) == expected
        assert held("owner", "other") == held("me", None) == []
        run.end("a", owner="me")
        assert held("owner", "run") == [(Claim("run", "b", 1), "you")]

    def test_an_attempt_knows_how_many_before_it_were_nobodys_fault(self, run: Driver) -> None:
        launch = [Launch("a", 3, user_failures=1, system_failures=2)]
        run.plan(create=[Create("a", "task")], launch=launch)
        (claim,) = run.claim()
        assert run.store.crashes(claim) == 2
        assert run.store.attempt(claim) == run.store.attempts("run")[0]
        assert run.store.attempt(Claim("run", "a", 2)) is None
        assert run.store.attempt(Claim("unknown", "a", 3)) is None
        assert run.store.crashes(Claim("run", "nowhere", 1)) == 0

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
