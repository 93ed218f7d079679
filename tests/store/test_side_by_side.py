"""Any sequence of verbs leaves the same in both stores."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from volery.engine.model import AttemptPhase, Create, Launch, Move, NodeKind, Phase
from volery.ids import ROOT, join, split
from volery.store.base import NewScope
from volery.store.journal import fold
from volery.store.memory import MemoryStore
from volery.store.moves import IllegalMove
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, everything

OWNERS = st.sampled_from(["owner", "another"])
ENDS = [phase for phase in AttemptPhase if phase.terminal]
TERMINAL = [phase for phase in Phase if phase.terminal]
IDS = [f"n{number}" for number in range(12)]


class SideBySide(RuleBasedStateMachine):
    """Each step is taken on both stores; what it gives back has to be the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        sqlite = open_sqlite(Path(self.folder.name) / "volery.db")
        self.drivers = (Driver(MemoryStore()), Driver(sqlite))

    def teardown(self) -> None:
        self.drivers[1].store.close()
        self.folder.cleanup()

    def both(self, step: Callable[[Driver], Any]) -> Any:
        def outcome(driver: Driver) -> Any:
            try:
                return step(driver)
            except IllegalMove:
                return IllegalMove

        memory, sqlite = map(outcome, self.drivers)
        assert memory == sqlite
        return memory

    @property
    def nodes(self) -> dict[str, tuple[NodeKind, int]]:
        return {node.path: (node.kind, node.attempt) for node in self.drivers[0].store.nodes("run")}

    def scopes(self) -> list[str]:
        return [ROOT, *(path for path, (kind, _) in self.nodes.items() if kind == "workflow")]

    def tasks(self) -> list[str]:
        return [path for path, (kind, _) in self.nodes.items() if kind == "task"]

    @initialize()
    def begin(self) -> None:
        self.both(lambda driver: driver.begin(owner="owner"))

    @rule(data=st.data(), ids=st.sets(st.sampled_from(IDS), min_size=1, max_size=4))
    def launch(self, data: st.DataObject, ids: set[str]) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        create = [Create(id, "task") for id in sorted(ids)]
        launch = [Launch(id, 1) for id in sorted(ids)]
        self.both(lambda driver: driver.plan(scope, create=create, launch=launch))

    @rule(data=st.data(), id=st.sampled_from(["s1", "s2"]))
    def open(self, data: st.DataObject, id: str) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        create, opened = [Create(id, "workflow")], [NewScope(id, OUTPUTS)]
        self.both(lambda driver: driver.plan(scope, create=create, scopes=opened))

    @rule(data=st.data(), id=st.sampled_from(["lp1", "lp2"]))
    def start(self, data: st.DataObject, id: str) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        self.both(
            lambda driver: driver.plan(
                scope, create=[Create(id, "launch_plan")], executions=[driver.child(id, scope)]
            )
        )

    @rule(owner=OWNERS, limit=st.integers(1, 5))
    def claim(self, owner: str, limit: int) -> None:
        self.both(lambda driver: driver.claim(owner, limit))

    @precondition(tasks)
    @rule(data=st.data(), offset=st.sampled_from([0, 0, 0, 1]))
    def begin_attempt(self, data: st.DataObject, offset: int) -> None:
        path = data.draw(st.sampled_from(self.tasks()))
        attempt = self.nodes[path][1] - offset
        self.both(lambda driver: driver.started(path, attempt))

    @precondition(tasks)
    @rule(data=st.data(), owner=OWNERS, phase=st.sampled_from(ENDS))
    def end_attempts(self, data: st.DataObject, owner: str, phase: AttemptPhase) -> None:
        paths = data.draw(st.lists(st.sampled_from(self.tasks()), min_size=1, max_size=5))
        failure = None if phase is AttemptPhase.SUCCEEDED else FAILURE

        newest = {path: attempt for path, (_, attempt) in self.nodes.items()}

        def report(driver: Driver) -> int:
            facts = [
                driver.ended(path, newest[path], phase, owner, failure=failure) for path in paths
            ]
            return driver.store.record(facts, driver.now())

        self.both(report)

    @precondition(tasks)
    @rule(data=st.data())
    def relaunch(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(self.tasks()))
        scope, id = split(path)
        attempt = self.nodes[path][1] + 1
        self.both(lambda driver: driver.relaunch(id, attempt, scope))

    @precondition(tasks)
    @rule(data=st.data(), phase=st.sampled_from(TERMINAL))
    def move(self, data: st.DataObject, phase: Phase) -> None:
        scope, id = split(data.draw(st.sampled_from(self.tasks())))
        self.both(lambda driver: driver.move(id, phase, scope))

    @rule(data=st.data())
    def plan_what_ended(self, data: st.DataObject) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        over = [
            child.id
            for child in self.drivers[0].children(path=scope).values()
            if child.phase is Phase.RUNNING and child.attempt_phase is AttemptPhase.SUCCEEDED
        ]
        moves = [Move(id, Phase.SUCCEEDED) for id in sorted(over)]
        self.both(lambda driver: driver.plan(scope, move=moves))

    @precondition(lambda self: self.nodes)
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        scope = data.draw(st.sampled_from(self.scopes()))
        inside = [split(path)[1] for path in self.nodes if split(path)[0] == scope]
        self.both(lambda driver: driver.stop(*inside, path=scope))

    @rule(data=st.data(), phase=st.sampled_from([Phase.SUCCEEDED, Phase.FAILED]))
    def finish(self, data: st.DataObject, phase: Phase) -> None:
        scope = data.draw(st.sampled_from(self.scopes()[1:] or [ROOT]))
        self.both(lambda driver: driver.finish(phase, scope))

    @precondition(lambda self: self.children())
    @rule(data=st.data(), phase=st.sampled_from([Phase.SUCCEEDED, Phase.ABORTED]))
    def finish_child(self, data: st.DataObject, phase: Phase) -> None:
        child = data.draw(st.sampled_from(self.children()))
        self.both(lambda driver: driver.finish(phase, execution=child))

    @rule(reason=st.sampled_from(["enough", "too long\nby far"]))
    def abort(self, reason: str) -> None:
        self.both(lambda driver: driver.store.abort("run", reason, driver.now()))

    @rule(old=st.none() | OWNERS, new=st.none() | OWNERS)
    def take(self, old: str | None, new: str | None) -> None:
        self.both(lambda driver: driver.store.take("run", old, new))

    def children(self) -> list[str]:
        return [each.child for each in self.drivers[0].store.nodes("run") if each.child]

    @invariant()
    def both_tell_the_same(self) -> None:
        executions = ["run", *self.children()]
        told = [everything(driver.store, executions) for driver in self.drivers]
        assert told[0] == told[1]
        for owner in ("owner", "another"):
            flagged = [set(driver.store.flagged(owner)) for driver in self.drivers]
            assert flagged[0] == flagged[1]

    @invariant()
    def the_journal_folds_to_the_tables(self) -> None:
        driver = self.drivers[1]
        folded = fold(driver.lines())
        for execution in ("run", *self.children()):
            record = driver.store.execution(execution)
            if record is not None:
                assert folded[execution, ROOT] is record.phase
            for node in driver.store.nodes(execution):
                assert folded[execution, node.path] is node.phase


SideBySide.TestCase.settings = settings(max_examples=30, stateful_step_count=25)
TestSideBySide = SideBySide.TestCase


def test_a_path_leads_back_to_its_scope() -> None:
    for scope, id in [(ROOT, "a"), ("a", "b"), ("a", "[3]"), ("a[3]", "b"), ("a[0:2]", "[1]")]:
        assert split(join(scope, id)) == (scope, id)
