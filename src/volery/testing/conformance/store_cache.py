"""What every store must do: the cache, and who fills it."""

from __future__ import annotations

from typing import Any

import pytest

from volery.engine.model import (
    AttemptPhase,
    CacheEntry,
    Create,
    Launch,
    Phase,
)
from volery.ids import ROOT
from volery.ir.values import pack
from volery.store.base import (
    CacheRecord,
)
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, everything


def entry(key: str = "k", task: str = "task", **fields: Any) -> CacheEntry:
    """An entry of the cache."""
    given: dict[str, Any] = {"outputs": OUTPUTS, "execution": "run", "path": "a", **fields}
    return CacheEntry(key, task, (("task", task), ("code", "f00")), **given)


class Cache:
    """What was made once is found again."""

    def test_an_entry_is_known_from_when_its_attempt_succeeded(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        assert run.store.cached(["k"], run.now()) == {}
        run.end("a", cache=(entry("k"), entry("l")))
        found = run.store.cached(["l", "k", "unknown"], run.now())
        assert {key: record.entry for key, record in found.items()} == {
            "k": entry("k"),
            "l": entry("l"),
        }
        assert all(record.created >= 1000.0 for record in found.values())

    def test_a_report_that_is_stale_leaves_no_entry(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.end("a", owner="another", cache=(entry(),))
        assert run.store.cached(["k"], run.now()) == {}

    def test_the_end_of_a_scope_makes_entries_known(self, run: Driver) -> None:
        sub = run.open("sub")
        commit = run.prepare(
            sub,
            finish_phase=Phase.SUCCEEDED,
            finish_outputs=OUTPUTS,
            finish_cache=(entry(path="sub"),),
        )
        run.store.commit([commit], 5000.0)
        assert run.store.cached(["k"], 1.0) == {"k": CacheRecord(entry(path="sub"), 5000.0)}

    def test_a_newer_entry_replaces_an_older_one(self, run: Driver) -> None:
        run.launch("a", "b")
        run.claim()
        run.end("a", cache=(entry(),))
        newer = entry(path="b", outputs=pack({"o0": 2}))
        run.end("b", cache=(newer,))
        assert run.store.cached(["k"], 0.0)["k"].entry == newer
        assert [each.entry for each in run.store.nearest("task", 9)] == [newer]

    def test_an_entry_counts_until_it_expires(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.end("a", cache=(entry(expires=50.0),))
        assert set(run.store.cached(["k"], 49.0)) == {"k"}
        assert run.store.cached(["k"], 50.0) == {}
        assert [each.entry.key for each in run.store.nearest("task", 9)] == ["k"]

    def test_entries_of_a_task_come_newest_first(self, run: Driver) -> None:
        run.launch("a", "b", "c")
        run.claim()
        for id, keys in [("a", "m"), ("b", "zk"), ("c", "x")]:
            run.end(id, cache=tuple(entry(key) for key in keys))
        assert [each.entry.key for each in run.store.nearest("task", 9)] == ["x", "k", "z", "m"]
        assert [each.entry.key for each in run.store.nearest("task", 2)] == ["x", "k"]
        assert run.store.nearest("other", 9) == []

    def test_entries_are_forgotten_by_task_or_all(self, run: Driver) -> None:
        run.launch("a")
        run.claim()
        run.end("a", cache=(entry("k"), entry("l"), entry("m", "other")))
        assert run.store.clear_cache("task") == 2
        assert set(run.store.cached(["k", "l", "m"], 0.0)) == {"m"}
        assert run.store.clear_cache() == 1
        assert run.store.clear_cache() == 0


class Reservations:
    """Of equal work at the same time one runs, and the others wait for it."""

    @staticmethod
    def reserve(driver: Driver, id: str = "a", key: str = "k") -> bool:
        """Launch a task that fills an entry of the cache."""
        return driver.plan(create=[Create(id, "task")], launch=[Launch(id, 1, reserve=key)])

    @pytest.fixture
    def rival(self, run: Driver) -> Driver:
        """Another family, which `me` drives, waiting for what ``run`` fills."""
        driver = Driver(run.store, "other")
        driver.begin(owner="me")
        assert self.reserve(run)
        assert driver.plan(create=[Create("b", "task")], wait=["k"])
        assert driver.dirty() == set()
        return driver

    def test_a_reservation_is_held_by_a_node_execution(self, run: Driver) -> None:
        assert self.reserve(run)
        assert run.store.reserved(["k", "l"]) == {"k": ("run", "a")}

    def test_a_plan_that_reserves_what_another_holds_is_refused(
        self, run: Driver, rival: Driver
    ) -> None:
        before = everything(run.store, ["run", "other"])
        assert not self.reserve(rival, "c")
        assert everything(run.store, ["run", "other"]) == before
        assert run.store.reserved(["k"]) == {"k": ("run", "a")}

    def test_of_two_that_reserve_in_one_call_the_first_does(self, run: Driver) -> None:
        second = Driver(run.store, "other")
        second.begin()
        commits = [
            each.prepare(create=[Create("a", "task")], launch=[Launch("a", 1, reserve="k")])
            for each in (run, second)
        ]
        assert run.store.commit(commits, run.now()) == [True, False]

    def test_another_attempt_holds_on_to_it(self, run: Driver) -> None:
        self.reserve(run)
        run.claim()
        run.end("a", phase=AttemptPhase.FAILED, failure=FAILURE)
        assert run.plan(launch=[Launch("a", 2, reserve="k")])

    def test_the_end_of_a_reservation_wakes_whoever_waits_once(
        self, run: Driver, rival: Driver
    ) -> None:
        run.plan(release=["a"])
        assert run.store.reserved(["k"]) == {}
        assert rival.dirty() == {("other", ROOT)}
        rival.plan()
        self.reserve(run, "c")
        run.plan(release=["c"])
        assert rival.dirty() == set()

    def test_a_child_without_a_reservation_has_nothing_to_release(self, run: Driver) -> None:
        run.launch("a")
        assert run.plan(release=["a"])

    def test_whoever_waits_for_nothing_is_woken_at_once(self, run: Driver) -> None:
        run.plan(create=[Create("b", "task")], wait=["k"])
        assert run.dirty() == {("run", ROOT)}

    def test_the_end_of_an_execution_ends_its_reservations(
        self, run: Driver, rival: Driver
    ) -> None:
        run.finish(Phase.ABORTED)
        assert run.store.reserved(["k"]) == {}
        assert rival.dirty() == {("other", ROOT)}

    def test_what_has_ended_is_not_woken(self, run: Driver, rival: Driver) -> None:
        rival.finish(Phase.ABORTED)
        run.plan(release=["a"])
        assert rival.dirty() == set()

    @pytest.mark.parametrize("how", ["retire", "bury", "take"])
    def test_a_reservation_does_not_count_while_nobody_drives_its_family(
        self, run: Driver, rival: Driver, how: str
    ) -> None:
        match how:
            case "retire":
                run.store.retire("owner")
            case "bury":
                run.store.enlist("mortal", "pool", 5.0)
                run.store.take("run", "owner", "mortal")
                run.store.bury(5.0)
            case _:
                run.store.take("run", "owner", None)
        assert run.store.reserved(["k"]) == {}
        assert rival.dirty() == {("other", ROOT)}
        assert self.reserve(rival, "c")
        assert run.store.reserved(["k"]) == {"k": ("other", "c")}

    def test_a_reservation_counts_again_when_its_family_is_taken_over(
        self, run: Driver, rival: Driver
    ) -> None:
        run.store.retire("owner")
        rival.plan()
        assert run.store.adopt("you", 9) == ["run"]
        assert run.store.reserved(["k"]) == {"k": ("run", "a")}
        assert not self.reserve(rival, "c")
