"""Scheduling, on a real database and a clock that is moved; with deaths on every line."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from msgspec.structs import replace
from tests.servers.postgres import Postgres

from volery import (
    ConcurrencyPolicy,
    CronSchedule,
    FixedRate,
    LaunchPlan,
    task,
    workflow,
)
from volery.engine.model import Phase
from volery.errors import Busy, CallError, Forbidden, NotFound, StorageError, Unavailable
from volery.ids import scheduled_execution_id
from volery.ir.codec import canonical
from volery.ir.schedule import Cron
from volery.ir.values import Ext, split_record, unpack
from volery.sdk.compile import compile_entity
from volery.services.access import Audit
from volery.services.firing import AGAIN, LONGEST, Start
from volery.services.home import Home
from volery.services.launching import Launching
from volery.services.misfire import BATCH
from volery.services.packages import Packages
from volery.services.registration import Registration
from volery.services.scheduling import MOST_BACKFILLED, Scheduling
from volery.store.access import AuditTable
from volery.store.catalog import Catalog
from volery.store.creations import Creations
from volery.store.postgres import open_postgres
from volery.store.retention import Families
from volery.store.schedules import Schedules
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.clock import FakeClock
from volery.testing.conformance.store_driver import Driver
from volery.testing.crashes import Watched, WatchedDatabase
from volery.wire import entities
from volery.wire.access import LOCAL, Identity
from volery.wire.entities import EntityKey
from volery.wire.schedules import Backfill, Backfilled, Fire

HOUR = 3600.0
BEGIN = datetime(2026, 3, 28, 0, 30, tzinfo=UTC).timestamp()
"""Half an hour before an hour is full, and a day before the clocks of Europe change."""

Place = Callable[[], SqlStore]
"""Opens the database once more, as another process would."""


@task
def note(day: datetime | None) -> str:
    return str(day)


@workflow
def report(day: datetime | None = None) -> str:
    return note(day=day)


numbers = count()


# -- servers ----------------------------------------------------------------------------------


@pytest.fixture
def place(postgres_or_not: Postgres | None, tmp_path: Path) -> Iterator[Place]:
    url = postgres_or_not and postgres_or_not.store()
    with ExitStack() as stack:

        def opened() -> SqlStore:
            store = open_postgres(url) if url else open_sqlite(tmp_path / "home" / "volery.db")
            return stack.enter_context(closing(store))

        yield opened


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGIN)


class Server:
    """What schedules, on a database that others may have open as well.

    Args:
        store: the database.
        folder: of the home.
        clock: says when.
        befall: what happens to it, at each verb and statement.
    """

    def __init__(self, store: SqlStore, folder: Path, clock: FakeClock, befall: Any = None) -> None:
        self.store, self.clock = store, clock
        Driver(store)  # has owners that live
        home = Home(folder)
        home.make()
        storage = home.storage()
        audit = Audit(AuditTable(store.database), clock)
        packages = Packages(home, storage)
        self.registration = Registration(Catalog(store.database), packages, store, clock, audit)
        self.launch = Launching(
            store,
            self.registration,
            storage,
            owner=lambda: "owner",
            clock=clock,
            audit=audit,
            creations=Creations(store.database),
        ).start
        database: Any = store.database
        schedules: Any = Schedules(database)
        if befall is not None:
            database = WatchedDatabase(database, befall)
            schedules = Watched(Schedules(database), "schedules", befall)
        self.scheduling = Scheduling(
            schedules, self.registration, self._start, clock=clock, audit=audit
        )
        self._befall = befall

    def _start(self, start: Start) -> Any:
        if self._befall is None:
            return self.launch(start)
        return Watched(self, "launching", self._befall).launch(start)

    def register(self, *plans: LaunchPlan, version: str = "", told: bool = True) -> None:
        """Register launch plans, and make them active."""
        if told:
            self.registration.on_activation[:] = [self.scheduling.activated]
        for plan in plans:
            bundle = canonical(compile_entity(plan).bundle)
            self.registration.register(
                LOCAL,
                entities.Registration(bundle, version=version, activate=(plan.name,)),
            )

    def until(self, at: float, step: float = HOUR / 4) -> None:
        """Let time pass, and tick."""
        while self.clock.now() < at:
            self.clock.skip(min(self.clock.now() + step, at))
            self.settle()

    def settle(self) -> float | None:
        """Tick until there is nothing to do right now."""
        while (wait := self.scheduling.tick()) == 0.0:
            pass
        return wait

    def end(self, at: float, name: str) -> None:
        """The execution for an instant ends."""
        Driver(self.store, id_of(name, at)).finish(Phase.SUCCEEDED)

    @property
    def started(self) -> list[float | None]:
        """The instants that there are executions for, in order of their creation."""
        return [each.scheduled for each in reversed(self.store.executions(limit=5000))]

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Who, as the audit says, has had which executions created, the last first."""
        lines = AuditTable(self.store.database).lines(2**62, 100)
        return [(each.who, each.on) for each in lines if each.what == "executions.create"]

    @property
    def skipped(self) -> list[str]:
        """What the audit says of instants that nothing was started for, the last first."""
        lines = AuditTable(self.store.database).lines(2**62, 100)
        return [each.detail for each in lines if each.what == "schedules.skip"]


@pytest.fixture
def server(place: Place, tmp_path: Path, clock: FakeClock) -> Server:
    return Server(place(), tmp_path / "home", clock)


def planned(schedule: Any, **options: Any) -> LaunchPlan:
    """A launch plan, each of another name."""
    return LaunchPlan.get_or_create(report, f"plan-{next(numbers)}", schedule=schedule, **options)


def key(plan: LaunchPlan) -> EntityKey:
    return EntityKey("launch_plan", plan.name)


def id_of(name: str, at: float) -> str:
    return scheduled_execution_id("default", "development", name, at)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


FIRST = at("2026-03-28T01:00Z")
HOURS = [FIRST + number * HOUR for number in range(100)]


# -- time goes by -----------------------------------------------------------------------------


def test_each_instant_gets_an_execution_with_a_name_of_its_own(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    server.until(HOURS[2])
    assert server.started == HOURS[:3]
    found = server.store.execution(id_of(plan.name, HOURS[0]))
    assert (found.entity.name, found.scheduled) == (plan.name, HOURS[0])


def test_a_tick_says_when_the_next_is_needed(server):
    assert server.scheduling.tick() is None
    server.register(planned(FixedRate(HOUR)))
    assert server.scheduling.tick() == HOUR / 2
    server.until(FIRST)
    assert server.scheduling.tick() == HOUR


def test_the_instant_is_given_in_the_zone_of_the_schedule(server):
    plan = planned(CronSchedule("30 2 * * *", "Europe/Berlin", "day"))
    server.register(plan)
    server.until(at("2026-03-29T12:00Z"))
    given = [
        unpack(split_record(server.store.scope_inputs(id_of(plan.name, each), ""))["day"])
        for each in server.started
    ]
    assert given == [
        Ext(2, b"2026-03-28T02:30:00+01:00[Europe/Berlin]"),
        Ext(2, b"2026-03-29T03:00:00+02:00[Europe/Berlin]"),
    ]


def test_a_clock_that_is_set_back_starts_nothing_twice(server, place, tmp_path):
    server.register(planned(FixedRate(HOUR)))
    server.until(HOURS[2])
    earlier = Server(place(), tmp_path / "home", FakeClock(BEGIN))
    earlier.until(HOURS[3])
    assert earlier.started == HOURS[:4]


# -- activation -------------------------------------------------------------------------------


def test_a_tick_learns_of_an_activation_that_nobody_has_told(server):
    server.register(planned(FixedRate(HOUR)), told=False)
    server.until(FIRST)
    assert server.started == [FIRST]


def test_a_version_with_the_same_schedule_takes_over_without_a_gap(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan, version="v1")
    server.clock.skip(HOURS[0] + 1)  # it has come, and nobody has looked
    server.register(plan, version="v2")
    server.settle()
    (found,) = server.store.executions(limit=10)
    assert (found.scheduled, found.version) == (HOURS[0], "v2")


def test_what_is_deactivated_starts_no_more(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    server.until(HOURS[1])
    server.registration.deactivate(LOCAL, key(plan))
    server.until(HOURS[4])
    server.registration.activate(LOCAL, key(plan))
    server.until(HOURS[5])
    assert server.started == [HOURS[0], HOURS[1], HOURS[5]]


# -- misfires ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("misfire", "made_up"),
    [
        ("last", HOURS[4:5]),
        ("all", HOURS[:5]),
        ("skip", []),
        (2, HOURS[3:5]),
        (100, HOURS[:5]),
    ],
)
def test_instants_that_nobody_was_there_for_are_made_up_for_as_the_policy_says(
    server, misfire, made_up
):
    server.register(planned(FixedRate(HOUR, misfire=misfire)))
    server.clock.skip(HOURS[4] + 120)
    server.settle()
    assert server.started == made_up
    server.until(HOURS[5])
    assert server.started == [*made_up, HOURS[5]]


@pytest.mark.parametrize("misfire", ["last", "all", "skip", 2])
def test_who_is_a_moment_late_is_on_time(server, misfire):
    server.register(planned(FixedRate(10, misfire=misfire)))
    server.clock.skip(BEGIN + 31)
    server.settle()
    assert server.started == [BEGIN + 10, BEGIN + 20, BEGIN + 30]


@pytest.mark.parametrize(("misfire", "made_up"), [("last", 1), (300, 300), ("skip", 0)])
def test_of_very_many_missed_instants_the_last_are_made_up_for(server, misfire, made_up):
    server.register(planned(FixedRate(100, misfire=misfire)))
    server.clock.skip(BEGIN + 100 * (3 * BATCH + 2) + 80)
    server.settle()
    last = [BEGIN + 100 * (3 * BATCH + 2 - number) for number in range(made_up)]
    assert server.started == last[::-1]


def test_very_many_are_made_up_for_one_batch_after_the_other(server):
    server.register(planned(FixedRate(100, misfire="all")))
    server.clock.skip(BEGIN + 100 * (BATCH + 10))
    assert server.scheduling.tick() == 0.0
    assert len(server.started) == BATCH
    server.settle()
    assert server.started == [BEGIN + 100 * number for number in range(1, BATCH + 11)]


# -- overlap ----------------------------------------------------------------------------------


def test_what_overlaps_is_skipped_and_that_is_told(server):
    plan = planned(FixedRate(HOUR, overlap="skip"))
    server.register(plan)
    server.until(HOURS[1])
    assert server.started == HOURS[:1]
    server.end(HOURS[0], plan.name)
    server.until(HOURS[2])
    assert server.started == [HOURS[0], HOURS[2]]
    before = id_of(plan.name, HOURS[0])
    assert server.skipped == [
        f"2026-03-28T02:00:00+00:00: {before}, of the instant before, goes on"
    ]


def test_what_overlaps_waits_for_its_turn(server):
    plan = planned(FixedRate(HOUR, overlap="queue"))
    server.register(plan)
    server.until(HOURS[2] + 1)
    assert server.started == HOURS[:1]
    assert server.scheduling.tick() == AGAIN
    for number in range(2):
        server.end(HOURS[number], plan.name)
        server.settle()
        assert server.started == HOURS[: number + 2]


def test_one_that_waits_keeps_no_other_from_its_turn(server):
    waits, goes = planned(FixedRate(HOUR, overlap="queue")), planned(FixedRate(HOUR))
    server.register(waits, goes)
    server.until(HOURS[2])
    names = [each.entity.name for each in server.store.executions(limit=10)]
    assert sorted(names) == sorted([waits.name, goes.name, goes.name, goes.name])


def test_an_execution_that_somebody_else_has_started_is_no_overlap(server):
    plan = planned(FixedRate(HOUR, overlap="skip"))
    server.register(plan)
    Driver(server.store, "by-hand").begin()
    server.until(HOURS[0])
    assert HOURS[0] in server.started


def test_a_launch_plan_that_is_full_skips_the_instant(server):
    plan = planned(FixedRate(HOUR), concurrency=ConcurrencyPolicy(1))
    server.register(plan)
    server.until(HOURS[1])
    assert server.started == HOURS[:1]
    assert server.skipped == [
        "2026-03-28T02:00:00+00:00: as many executions are under way as may be"
    ]


# -- trouble ----------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [Unavailable("no engine"), StorageError("no bucket")])
def test_what_cannot_be_started_now_is_started_later(server, trouble):
    server.register(planned(FixedRate(HOUR)))
    launch = server.launch
    server.launch = lambda start: (_ for _ in ()).throw(trouble)
    server.until(HOURS[1])
    assert server.scheduling.tick() == AGAIN
    server.launch = launch
    server.until(HOURS[2])
    assert server.started == HOURS[:3]


def test_what_can_never_be_started_is_dropped_and_that_is_told(server):
    server.register(planned(FixedRate(HOUR)))
    launch = server.launch
    server.launch = lambda start: (_ for _ in ()).throw(CallError("it takes more"))
    server.until(HOURS[0])
    assert server.skipped == ["2026-03-28T01:00:00+00:00: it takes more"]
    server.launch = launch
    server.until(HOURS[1])
    assert server.started == [HOURS[1]]


def test_whoever_takes_the_name_of_an_instant_is_not_taken_for_it(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    Driver(server.store, id_of(plan.name, HOURS[0])).begin()
    server.until(HOURS[1])
    assert server.started == [None, HOURS[1]]
    assert "there is another execution named" in server.skipped[0]


class Trouble(Exception):
    """What nobody has thought of."""


def failing(server: Server, plan: LaunchPlan) -> Callable[[Start], Any]:
    """Launches, but for one launch plan."""
    launch = server.launch

    def start(start: Start) -> Any:
        if start.plan.name == plan.name:
            raise Trouble(plan.name)
        return launch(start)

    return start


def test_one_that_fails_keeps_no_other_from_its_turn(server, caplog):
    fails, goes = planned(FixedRate(HOUR, misfire="all")), planned(FixedRate(HOUR))
    server.register(fails, goes)
    launch, server.launch = server.launch, failing(server, fails)
    server.until(HOURS[1])
    assert server.started == HOURS[:2]
    assert server.scheduling.check().detail.startswith("1 cannot be started now")
    assert f"launch plan {fails.name} cannot be started" in caplog.text
    server.launch = launch
    server.until(HOURS[1] + LONGEST)
    assert sorted(server.started) == sorted(2 * HOURS[:2])
    assert server.scheduling.check().detail == ""


def test_one_that_fails_is_tried_after_longer_and_longer_waits(server):
    fails = planned(FixedRate(HOUR))
    server.register(fails)
    server.launch = failing(server, fails)
    server.clock.skip(HOURS[0])
    waits = []
    for _ in range(11):
        waits.append(server.settle())
        server.clock.skip(server.clock.now() + waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_one_whose_time_zone_is_gone_keeps_no_other_from_its_turn(server):
    fails, goes = planned(CronSchedule("0 * * * *", "Europe/Berlin")), planned(FixedRate(HOUR))
    server.register(fails, goes)
    schedules = Schedules(server.store.database)
    (known,) = [each for each in schedules.all() if each.plan.name == fails.name]
    lost = replace(known.schedule, when=Cron("0 * * * *", "Europe/Nowhere"))
    schedules.put(known.plan, lost, HOURS[0])
    server.until(HOURS[1])
    assert server.started == HOURS[:2]
    server.register(fails, version="mended")
    server.until(HOURS[2])
    assert server.started.count(HOURS[2]) == 2


class Death(BaseException):
    """The process dies."""


@pytest.mark.parametrize(
    ("postgres_or_not", "overlap"),
    [("sqlite", "allow"), ("sqlite", "skip"), ("sqlite", "queue"), ("postgres", "queue")],
    indirect=["postgres_or_not"],
)  # PostgreSQL takes its time for a new connection, and "queue" asks it the most
def test_whoever_dies_on_any_line_is_followed_by_one_who_finishes(place, tmp_path, clock, overlap):
    """A death before and after each verb, and after each statement inside of it."""
    store = place()
    for dies_at in count():
        points = count()

        def befall(point: Any, answer: Any) -> None:
            if next(points) == dies_at:  # noqa: B023 - called before the next round
                raise Death(str(point))

        plan = planned(FixedRate(HOUR, misfire="all", overlap=overlap))
        mortal = Server(store, tmp_path / "home", clock, befall)
        survivor = Server(store, tmp_path / "home", clock)
        mortal.register(plan, told=False)
        survivor.settle()
        due = clock.now() - clock.now() % HOUR + HOUR
        clock.skip(due + HOUR)
        died = False
        try:
            mortal.settle()
        except Death:
            died = True
        survivor.settle()
        if overlap == "queue":
            survivor.end(due, plan.name)
            survivor.settle()
        mine = [each for each in store.executions(limit=9) if each.entity.name == plan.name]
        expected = [due] if overlap == "skip" else [due, due + HOUR]
        assert sorted(each.scheduled for each in mine) == expected
        survivor.registration.deactivate(LOCAL, key(plan))
        if not died:
            break
    assert dies_at > 10


def test_what_was_started_and_not_crossed_off_yet_is_not_removed_for_its_age(
    place, tmp_path, clock
):
    plan = planned(FixedRate(HOUR))
    store = place()
    server = Server(store, tmp_path / "home", clock, dying_before("schedules.started"))
    server.register(plan)
    clock.skip(HOURS[0])
    with pytest.raises(Death):
        server.settle()
    server.end(HOURS[0], plan.name)
    families = Families(store.database)
    assert families.remove(id_of(plan.name, HOURS[0]), math.inf) == 0
    survivor = Server(store, tmp_path / "home", clock)
    survivor.settle()
    assert families.remove(id_of(plan.name, HOURS[0]), math.inf) == 1
    survivor.until(HOURS[1])
    assert survivor.started == [HOURS[1]]


def test_what_somebody_else_has_started_before_its_turn_is_not_removed_either(server):
    plan = planned(FixedRate(HOUR, misfire="all"))
    server.register(plan)
    server.clock.skip(HOURS[0] + 1)
    server.scheduling.backfill(LOCAL, Backfill(key(plan), HOURS[0], HOURS[0] + 1))
    server.end(HOURS[0], plan.name)
    families = Families(server.store.database)
    assert families.remove(id_of(plan.name, HOURS[0]), math.inf) == 0
    server.settle()
    assert families.remove(id_of(plan.name, HOURS[0]), math.inf) == 1


def dying_before(name: str) -> Callable[[Any, Any], None]:
    """Lets somebody die before the first verb of this name."""

    def befall(point: Any, answer: Any) -> None:
        if str(point).startswith(f"{name} before"):
            raise Death(name)

    return befall


@pytest.mark.parametrize("seed", range(3))
def test_servers_that_race_and_die_start_each_instant_once(place, tmp_path, clock, seed):
    plans = [
        planned(FixedRate(HOUR, misfire="all")),
        planned(CronSchedule("*/20 * * * *", misfire="all")),
    ]
    Server(place(), tmp_path / "home", clock).register(*plans)
    end = HOURS[5]

    def serve(number: int) -> None:
        chance = random.Random(f"{seed}/{number}")

        def befall(point: Any, answer: Any) -> None:
            if chance.random() < 0.05:
                raise Death(str(point))

        racing = Server(place(), tmp_path / "home", clock, befall)
        while clock.now() < end:
            clock.skip(clock.now() + chance.choice([30, 300, HOUR]))
            try:
                racing.settle()
            except Death:
                continue  # and is started anew

    threads = [Thread(target=serve, args=[number]) for number in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    last = Server(place(), tmp_path / "home", clock)
    last.settle()
    for plan, period in zip(plans, [HOUR, HOUR / 3], strict=True):
        found = last.store.executions(limit=5000)
        started = sorted(each.scheduled for each in found if each.entity.name == plan.name)
        first = BEGIN - BEGIN % period + period
        assert started == [first + period * number for number in range(len(started))]
        assert started[-1] == clock.now() - clock.now() % period


# -- whoever asks -----------------------------------------------------------------------------

NOBODY = Identity("nobody", "operator", ("elsewhere",))
VIEWER = Identity("viewer", "viewer")


def test_schedules_are_listed_by_their_next_instant(server):
    later, sooner = planned(CronSchedule("daily", "Europe/Berlin")), planned(FixedRate(HOUR))
    server.register(later, sooner, planned(None))
    found = server.scheduling.schedules(VIEWER)
    assert [(each.plan.name, each.told, each.next) for each in found] == [
        (sooner.name, "every 1h", FIRST),
        (later.name, "0 0 * * * (Europe/Berlin)", at("2026-03-29T00:00+01:00")),
    ]
    server.until(FIRST)
    found = server.scheduling.schedules(VIEWER, "default", "development")
    assert (found[0].last, found[0].execution) == (FIRST, id_of(sooner.name, FIRST))


def test_who_asks_sees_what_no_tick_has_learned_yet(server):
    server.register(planned(FixedRate(HOUR)), told=False)
    assert [each.next for each in server.scheduling.schedules(VIEWER)] == [FIRST]


def test_schedules_of_others_are_not_seen(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    assert server.scheduling.schedules(NOBODY) == ()
    assert server.scheduling.schedules(VIEWER, domain="production") == ()
    with pytest.raises(NotFound):
        server.scheduling.schedules(NOBODY, "default")
    with pytest.raises(NotFound):
        server.scheduling.fires(NOBODY, key(plan))


def test_fires_tell_what_a_change_of_the_clocks_does(server):
    plan = planned(CronSchedule("30 2 * * *", "Europe/Berlin"))
    server.register(plan)
    assert server.scheduling.fires(VIEWER, key(plan), 2) == (
        Fire(at("2026-03-28T02:30+01:00"), "2026-03-28T02:30:00+01:00"),
        Fire(
            at("2026-03-29T03:00+02:00"),
            "2026-03-29T03:00:00+02:00",
            "the clocks go forward: 02:30 does not exist, fires at 03:00",
        ),
    )


def test_what_has_no_schedule_never_fires(server):
    plan = planned(None)
    server.register(plan)
    with pytest.raises(NotFound, match=f"launch plan {plan.name} has no schedule"):
        server.scheduling.fires(LOCAL, key(plan))
    with pytest.raises(CallError, match="is a task"):
        server.scheduling.fires(LOCAL, EntityKey("task", note.name))
    hourly = planned(FixedRate(HOUR))
    server.register(hourly)
    with pytest.raises(CallError, match="count from 1 to"):
        server.scheduling.fires(LOCAL, key(hourly), 0)


# -- backfills --------------------------------------------------------------------------------


def test_a_backfill_starts_what_is_missing_and_never_twice(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    server.until(FIRST + 1)
    stretch = Backfill(key(plan), FIRST - 2 * HOUR, FIRST + 1)
    expected = [FIRST - 2 * HOUR, FIRST - HOUR, FIRST]
    ids = [id_of(plan.name, each) for each in expected]
    dry = server.scheduling.backfill(
        LOCAL, Backfill(key(plan), FIRST - 2 * HOUR, FIRST + 1, dry=True)
    )
    assert dry == tuple(map(Backfilled, expected, ids, [True, True, False]))
    assert server.started == [FIRST]
    made = server.scheduling.backfill(LOCAL, stretch)
    assert made == dry
    assert [each.made for each in server.scheduling.backfill(LOCAL, stretch)] == [False] * 3
    assert sorted(server.started) == expected


def test_the_audit_has_all_that_schedules_and_backfills_start(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    server.until(FIRST + 1)
    ada = Identity("ada", "operator")
    server.scheduling.backfill(ada, Backfill(key(plan), FIRST - HOUR, FIRST + 1))
    before, by_itself = id_of(plan.name, FIRST - HOUR), id_of(plan.name, FIRST)
    assert server.lines == [("ada", before), ("schedule", by_itself)]
    asked = {id: server.store.execution(id).options.by for id in (before, by_itself)}
    assert asked == {before: "ada", by_itself: ""}


def test_a_stretch_is_half_open(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    server.until(HOURS[4] + 1)
    found = server.scheduling.backfill(LOCAL, Backfill(key(plan), HOURS[1], HOURS[3], dry=True))
    assert [each.at for each in found] == HOURS[1:3]


def test_a_backfill_of_a_full_launch_plan_goes_on_when_it_is_repeated(server):
    plan = planned(FixedRate(HOUR), concurrency=ConcurrencyPolicy(1))
    server.register(plan)
    server.clock.skip(HOURS[1] + 1)
    stretch = Backfill(key(plan), HOURS[0], HOURS[1] + 1)
    with pytest.raises(Busy, match="as many executions under way"):
        server.scheduling.backfill(LOCAL, stretch)
    server.end(HOURS[0], plan.name)
    assert [each.made for each in server.scheduling.backfill(LOCAL, stretch)] == [False, True]


def test_what_is_still_to_come_is_left_to_the_schedule(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    server.clock.skip(HOURS[1] + 1)
    found = server.scheduling.backfill(LOCAL, Backfill(key(plan), HOURS[1], 1e300))
    assert [each.at for each in found] == [HOURS[1]]


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (HOURS[1], HOURS[1]),
        (HOURS[1], HOURS[0]),
        (HOURS[8], HOURS[9]),
        (-1.0, HOURS[0]),
        (math.nan, HOURS[0]),
        (0.0, math.nan),
    ],
)
def test_a_stretch_that_is_none_is_refused(server, since, until):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    server.clock.skip(HOURS[2])
    with pytest.raises(CallError, match="a stretch of the past"):
        server.scheduling.backfill(LOCAL, Backfill(key(plan), since, until))


def test_a_stretch_with_too_much_in_it_is_refused_with_where_to_end_it(server):
    plan = planned(FixedRate(10))
    server.register(plan)
    end = datetime.fromtimestamp(10.0 * MOST_BACKFILLED, UTC).isoformat()
    with pytest.raises(CallError) as caught:
        server.scheduling.backfill(LOCAL, Backfill(key(plan), 0.0, BEGIN))
    assert end in caught.value.hint


def test_who_only_looks_starts_nothing(server):
    plan = planned(FixedRate(HOUR))
    server.register(plan)
    with pytest.raises(Forbidden):
        server.scheduling.backfill(VIEWER, Backfill(key(plan), 0.0, HOUR * 2))
