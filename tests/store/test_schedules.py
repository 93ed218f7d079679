"""The tables of schedules, on both databases."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from msgspec.structs import replace

from volery.engine.model import Phase
from volery.ids import digest
from volery.ir.ref import Ref
from volery.ir.schedule import Cron, Rate, Schedule
from volery.store.catalog import Catalog, NewVersions, Version
from volery.store.database import Database
from volery.store.schedules import ScheduleRecord, Schedules
from volery.store.sql import SqlStore
from volery.testing.conformance.store_driver import Driver
from volery.wire.entities import EntityKey

DAILY = EntityKey("launch_plan", "daily", "v1")
NIGHTLY = EntityKey("launch_plan", "nightly", "v1")
HOURLY = Schedule(Rate(3600))


@pytest.fixture
def catalog(database: Database) -> Catalog:
    made = Catalog(database)
    register(made, "v1", activate=["daily", "nightly"])
    return made


@pytest.fixture
def schedules(database: Database, catalog: Catalog) -> Schedules:
    return Schedules(database)


def register(catalog: Catalog, version: str, activate: list[str]) -> None:
    plans = [Ref("launch_plan", name) for name in ("daily", "nightly")]
    data = version.encode()
    catalog.add(
        NewVersions(
            "default",
            "development",
            version,
            [Version(each, digest(data), "") for each in plans],
            digest(data),
            data,
            "",
            1.0,
            "ada",
            activate,
        )
    )


def of(schedules: Schedules, plan: EntityKey = DAILY) -> ScheduleRecord:
    return next(each for each in schedules.all() if each.plan.name == plan.name)


# -- as launch plans are activated ------------------------------------------------------------


def test_active_launch_plans_are_behind_until_their_schedule_is_known(schedules, catalog):
    assert schedules.behind(10) == [DAILY, NIGHTLY]
    assert schedules.behind(1) == [DAILY]
    assert schedules.put(DAILY, HOURLY, 3600.0)
    assert schedules.put(NIGHTLY, None, None)  # that it has none is known, too
    assert schedules.behind(10) == []
    register(catalog, "v2", ["daily"])
    assert schedules.behind(10) == [replace(DAILY, version="v2")]


def test_a_launch_plan_without_a_schedule_is_not_listed(schedules):
    schedules.put(NIGHTLY, None, None)
    assert schedules.all() == []
    assert schedules.next(0.0) is None


def test_what_is_not_active_has_no_schedule(schedules, catalog):
    assert not schedules.put(replace(DAILY, name="weekly"), HOURLY, 3600.0)
    catalog.deactivate(NIGHTLY)
    assert not schedules.put(NIGHTLY, HOURLY, 3600.0)


def test_a_schedule_and_what_is_due_go_with_the_activation(schedules, catalog):
    schedules.put(DAILY, HOURLY, 3600.0)
    schedules.move_on(of(schedules), [3600.0], 7200.0)
    catalog.deactivate(DAILY)
    assert schedules.all() == []
    catalog.activate(DAILY)
    assert schedules.behind(10) == [DAILY, NIGHTLY]
    schedules.put(DAILY, HOURLY, 10_800.0)
    assert schedules.due(DAILY, 10) == []
    assert of(schedules).next == 10_800.0


def test_a_version_with_the_same_schedule_goes_on_where_the_one_before_was(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    schedules.put(replace(DAILY, version="v2"), HOURLY, 10_800.0)
    assert of(schedules) == ScheduleRecord(
        replace(DAILY, version="v2"), HOURLY, 3600.0, None, "", revision=1
    )


def test_a_version_that_comes_at_the_same_times_goes_on_where_the_one_before_was(schedules):
    """What had passed while no server was there was dropped when its `misfire` was changed."""
    schedules.put(DAILY, HOURLY, 3600.0)
    changed = replace(HOURLY, misfire="all", overlap="queue")
    schedules.put(replace(DAILY, version="v2"), changed, 10_800.0)
    assert of(schedules) == ScheduleRecord(
        replace(DAILY, version="v2"), changed, 3600.0, None, "", revision=1
    )


def test_a_version_with_another_schedule_begins_anew_and_remembers_what_was_last(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    schedules.started(DAILY, 3600.0, "first")
    other = Schedule(Cron("0 9 * * *"))
    schedules.put(DAILY, other, 32_400.0)
    assert of(schedules) == ScheduleRecord(DAILY, other, 32_400.0, 3600.0, "first", revision=1)


def test_a_version_without_a_schedule_has_nothing_due(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    schedules.move_on(of(schedules), [3600.0], 7200.0)
    schedules.put(DAILY, None, None)
    assert schedules.due_plans() == []
    assert schedules.due(DAILY, 10) == []


# -- as time goes by --------------------------------------------------------------------------


def test_those_that_have_come_are_found_longest_ago_first(schedules):
    schedules.put(DAILY, HOURLY, 7200.0)
    schedules.put(NIGHTLY, HOURLY, 3600.0)
    assert schedules.next(0.0) == 3600.0
    assert schedules.next(3600.0) == 7200.0
    assert [each.plan for each in schedules.come(3599.9, 10)] == []
    assert [each.plan for each in schedules.come(3600.0, 10)] == [NIGHTLY]
    assert [each.plan for each in schedules.come(9000.0, 10)] == [NIGHTLY, DAILY]
    assert [each.plan for each in schedules.come(9000.0, 1)] == [NIGHTLY]


def test_who_moves_on_from_an_old_look_changes_nothing(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    seen = of(schedules)
    assert schedules.move_on(seen, [3600.0], 7200.0)
    assert not schedules.move_on(seen, [3600.0, 7200.0], 10_800.0)
    assert of(schedules).next == 7200.0
    assert schedules.due(DAILY, 10) == [3600.0]


def test_nothing_comes_any_more(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    schedules.move_on(of(schedules), [3600.0], None)
    assert schedules.come(1e12, 10) == []
    assert of(schedules).next is None


# -- what is due ------------------------------------------------------------------------------


def test_what_is_due_is_found_by_launch_plan_and_in_order(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    schedules.put(NIGHTLY, HOURLY, 3600.0)
    schedules.move_on(of(schedules), [7200.0, 3600.0], 10_800.0)
    assert schedules.due_plans() == [(DAILY, HOURLY)]
    assert schedules.due(DAILY, 10) == [3600.0, 7200.0]
    assert schedules.due(DAILY, 1) == [3600.0]


def test_what_was_started_is_due_no_longer_and_the_newest_is_remembered(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    schedules.move_on(of(schedules), [3600.0, 7200.0], 10_800.0)
    schedules.started(DAILY, 7200.0, "second")
    schedules.started(DAILY, 3600.0, "first")  # late, and not the newest
    assert schedules.due(DAILY, 10) == []
    assert (of(schedules).last, of(schedules).execution) == (7200.0, "second")


def test_an_instant_is_dropped_once(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    schedules.move_on(of(schedules), [3600.0], 7200.0)
    assert schedules.dropped(DAILY, 3600.0)
    assert not schedules.dropped(DAILY, 3600.0)
    assert of(schedules).last is None


def test_the_newest_execution_goes_on_until_it_has_ended(schedules, sql_store: SqlStore):
    schedules.put(DAILY, HOURLY, 3600.0)
    assert schedules.goes_on(DAILY) is None
    driver = Driver(sql_store, "first")
    driver.begin()
    schedules.started(DAILY, 3600.0, "first")
    assert schedules.goes_on(DAILY) == "first"
    driver.finish(Phase.SUCCEEDED)
    assert schedules.goes_on(DAILY) is None


def test_executions_that_exist_are_found_by_their_ids(schedules, sql_store: SqlStore):
    Driver(sql_store, "first").begin()
    assert schedules.existing(["first", "second"]) == {"first"}
    assert schedules.existing([]) == set()


def test_of_many_that_move_on_at_once_one_does(schedules):
    schedules.put(DAILY, HOURLY, 3600.0)
    seen, start = of(schedules), Barrier(8)
    moved: list[bool] = []

    def move(number: int) -> None:
        start.wait()
        moved.append(schedules.move_on(seen, [3600.0 + number], 7200.0))

    threads = [Thread(target=move, args=[number]) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(moved) == [False] * 7 + [True]
    assert len(schedules.due(DAILY, 10)) == 1


def test_activating_and_starting_at_once_hold_each_other_up_for_a_moment_only(schedules, catalog):
    """Whoever deactivates takes the same rows in the same order as whoever has just started."""
    start = Barrier(2)

    def toggle() -> None:
        start.wait()
        for _ in range(30):
            catalog.deactivate(DAILY)
            catalog.activate(DAILY)
            schedules.put(DAILY, HOURLY, 3600.0)

    def fire() -> None:
        start.wait()
        for number in range(60):
            for record in schedules.come(1e9, 10):
                schedules.move_on(record, [float(number)], 3600.0)
            schedules.started(DAILY, float(number), "some")

    failed: list[BaseException] = []

    def watched(work) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the other thread has to hear of it
            failed.append(error)

    threads = [Thread(target=watched, args=[work]) for work in (toggle, fire)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
