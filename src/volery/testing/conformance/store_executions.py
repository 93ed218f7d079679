"""What every store must do: bundles and executions."""

from __future__ import annotations

import pytest
from msgspec import structs

from volery.engine.model import (
    Create,
    Phase,
    ScopeState,
)
from volery.errors import NotFound
from volery.ids import ROOT
from volery.ir.specs import WhenFull
from volery.store.base import (
    Options,
    Queue,
    Store,
)
from volery.testing.conformance.store_driver import OUTPUTS, Driver, everything


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
        new = driver.begin(
            inputs=OUTPUTS,
            labels=labels,
            state=ScopeState(arm=1),
            options=Options(priority=3, recovers="before", storage="file:///tmp"),
            max_parallelism=7,
            queue=Queue("project/domain/lp", 2, "queue"),
            version="v1",
            annotations=(("owner", "ann"),),
            marks=(("input.x", "digest"),),
            notify=True,
            scheduled=900.5,
        )
        record = store.execution("run")
        assert record is not None
        given = ("id", "project", "domain", "entity", "bundle", "root", "parent", "labels")
        added = ("options", "max_parallelism", "queue", "version", "annotations")
        for field in (*given, *added, "notify", "scheduled"):
            assert getattr(record, field) == getattr(new, field)
        assert (record.phase, record.failure, record.ended) == (Phase.RUNNING, None, None)
        assert (record.owner, record.created) == ("owner", 1000.0)
        assert store.scope_inputs("run", ROOT) == OUTPUTS
        assert store.scope_state("run", ROOT) == ScopeState(arm=1)
        assert driver.dirty() == {("run", ROOT)}
        assert driver.events(ROOT) == [(0, "RUNNING", "")]

    def test_an_id_that_is_taken_changes_nothing(self, run: Driver) -> None:
        new = Driver(run.store, "other").begin()
        before = everything(run.store, ["run", "other"])
        assert run.store.create(new, run.now()) == "taken"
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

    def test_an_abort_sets_the_reason_and_wakes(self, run: Driver) -> None:
        run.plan()
        assert run.store.abort("run", "not needed\nany more", run.now())
        assert run.store.load("run", ROOT, -1).abort == "not needed\nany more"
        assert run.dirty() == {("run", ROOT)}
        assert run.events(ROOT)[1:] == [(0, "ABORT", "not needed")]

    def test_executions_that_an_owner_drives(self, run: Driver) -> None:
        child = run.start("lp")
        Driver(run.store, "mine").begin(owner="me")
        Driver(run.store, "ended").begin(owner="me")
        Driver(run.store, "ended").finish()
        executions = run.store.executions
        assert [each.id for each in executions(limit=9, owner="owner")] == ["run"]
        assert [each.id for each in executions(limit=9, owner="me")] == ["ended", "mine"]
        running = executions(limit=9, owner="me", phases=[Phase.RUNNING])
        assert [each.id for each in running] == ["mine"]
        assert [each.id for each in executions(limit=9, owner="me", before="ended")] == ["mine"]
        assert executions(limit=9, owner="nobody") == []
        assert child in {each.id for each in executions(limit=9)}

    def test_the_first_reason_for_an_abort_stands_and_each_counts(self, run: Driver) -> None:
        run.store.abort("run", "first", run.now())
        run.plan()
        assert run.dirty() == set()
        assert run.store.abort("run", "second", run.now())
        row = run.store.load("run", ROOT, -1)
        assert (row.abort, row.aborts) == ("first", 2)
        assert run.dirty() == {("run", ROOT)}
        assert run.events(ROOT)[1:] == [(0, "ABORT", "first"), (0, "ABORT", "second")]

    def test_what_ended_or_is_unknown_cannot_be_aborted(self, run: Driver) -> None:
        run.finish()
        before = everything(run.store, ["run"])
        assert not run.store.abort("run", "late", run.now())
        assert not run.store.abort("unknown", "late", run.now())
        assert everything(run.store, ["run"]) == before


class Queues:
    """Executions that share a limit take turns, are left out, or make room."""

    @staticmethod
    def begin(store: Store, *names: str, most: int = 1, when_full: WhenFull = "queue") -> Driver:
        """Begin executions of one queue; those beyond its limit wait."""
        driver = Driver(store, names[0])
        for name in names:
            waits = ScopeState(begun=False)
            driver.begin(name, queue=Queue("lp", most, when_full), state=waits)
        return driver

    def test_the_oldest_have_their_turn(self, store: Store) -> None:
        self.begin(store, "a", "b", "c", most=2)
        Driver(store, "alone").begin()
        turns = [store.its_turn(each) for each in ("a", "b", "c", "alone")]
        assert turns == [True, True, False, True]

    def test_the_end_of_one_wakes_those_whose_turn_it_is_and_who_have_not_begun(
        self, store: Store
    ) -> None:
        driver = self.begin(store, "a", "b", "c", "d", most=2)
        for name in "abcd":
            driver.plan(execution=name, state=ScopeState(begun=name in "ab"))
        assert store.dirty("owner", None, 9) == []
        driver.finish(execution="a")
        assert {each.execution for each in store.dirty("owner", None, 9)} == {"c"}
        assert [store.its_turn(each) for each in "bcd"] == [True, True, False]

    def test_other_queues_are_not_concerned(self, store: Store) -> None:
        self.begin(store, "a")
        other = Driver(store, "b")
        other.begin(queue=Queue("another", 1, "skip"), state=ScopeState(begun=False))
        other.plan()
        assert store.its_turn("b")
        Driver(store, "a").finish()
        assert other.dirty() == set()

    def test_a_full_queue_that_skips_refuses(self, store: Store) -> None:
        driver = self.begin(store, "a", "b", most=2, when_full="skip")
        new = driver.new("c", queue=Queue("lp", 2, "skip"))
        before = everything(store, ["a", "b", "c"])
        assert store.create(new, driver.now()) == "full"
        assert everything(store, ["a", "b", "c"]) == before
        driver.finish(execution="a")
        assert store.create(new, driver.now()) == "created"

    def test_an_id_that_is_taken_is_so_whether_the_queue_is_full_or_not(self, store: Store) -> None:
        driver = self.begin(store, "a", when_full="skip")
        new = driver.new("a", queue=Queue("lp", 1, "skip"))
        assert store.create(new, driver.now()) == "taken"

    def test_a_full_queue_that_replaces_asks_the_oldest_to_stop_once(self, store: Store) -> None:
        driver = self.begin(store, "a", "b", most=2, when_full="replace")
        driver.begin("c", queue=Queue("lp", 2, "replace"))
        loads = [store.load(each, ROOT, -1) for each in "abc"]
        assert [row.abort for row in loads] == ["replaced by c", None, None]
        driver.begin("d", queue=Queue("lp", 2, "replace"))
        loads = [store.load(each, ROOT, -1) for each in "abcd"]
        assert [row.aborts for row in loads] == [1, 1, 0, 0]
        assert not store.its_turn("d")
        driver.finish(Phase.ABORTED, execution="a")
        driver.finish(Phase.ABORTED, execution="b")
        assert store.its_turn("d")

    def test_a_child_execution_whose_queue_is_full_is_left_out_and_its_node_fails(
        self, store: Store
    ) -> None:
        self.begin(store, "a", when_full="skip")
        run = Driver(store)
        run.begin()
        new = structs.replace(run.child("lp"), queue=Queue("lp", 1, "skip"))
        seq = store.load("run", ROOT, -1).wake_seq
        run.plan(create=[Create("lp", "launch_plan")], executions=[new])
        (node,) = store.nodes("run")
        assert (node.phase, node.child) == (Phase.FAILED, None)
        assert node.failure is not None
        assert (node.failure.code, node.failure.path) == ("Skipped", "lp")
        assert node.ended is not None
        assert store.execution(new.id) is None
        assert set(run.children(seq)) == {"lp"}
        assert run.dirty() == {("run", ROOT)}
        assert [event for _, event, _ in run.events("lp")] == ["RUNNING", "FAILED"]
