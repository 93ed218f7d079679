"""Several processes on one PostgreSQL database, and processes that die."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from itertools import count, pairwise
from threading import Barrier, Event, Thread

import pytest
from tests.servers.postgres import Postgres
from tests.store.test_sqlite_processes import writer

from volery.engine.model import CacheEntry, Create, Launch, Move, Phase
from volery.errors import NotFound
from volery.ids import ROOT
from volery.store import statements as sql
from volery.store.base import Claim, Commit
from volery.store.journal import fold
from volery.store.postgres import PostgresDatabase, open_postgres
from volery.store.postgres_news import OFTEN
from volery.store.sql import SqlStore
from volery.testing.conformance.store_driver import FOREVER, OUTPUTS, POOL, Driver, rooms


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.store()


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(open_postgres(url)) as opened:
        yield opened


@pytest.fixture
def other(url: str, store: SqlStore) -> Iterator[SqlStore]:
    with closing(open_postgres(url)) as opened:
        yield opened


def database(store: SqlStore) -> PostgresDatabase:
    assert isinstance(store._database, PostgresDatabase)
    return store._database


def await_somebody_who_waits(store: SqlStore) -> None:
    while not database(store).read(("SELECT 1 FROM pg_locks WHERE NOT granted", ()))[0]:
        pass


def in_threads(*works) -> None:
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# -- processes --------------------------------------------------------------------------------


def test_processes_that_write_at_once_all_succeed(url: str, store: SqlStore) -> None:
    Driver(store)  # enlists the owners
    names = [f"run{number}" for number in range(4)]
    with ExitStack() as stack:
        processes = [stack.enter_context(writer(url, name, "write")) for name in names]
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            assert process.communicate() == ("done\n", "")
    assert {each.id for each in store.executions(limit=99)} == set(names)
    lines = [line for name in names for line in store.journal(name, 0, 9999)]
    assert len({line.seq for line in lines}) == len(lines)
    assert set(fold(lines).values()) == {Phase.SUCCEEDED}


def test_what_was_acknowledged_survives_kill(url: str, store: SqlStore) -> None:
    with writer(url, "run", "commit") as process:
        process.kill()
        process.wait()
    assert Driver(store).phases() == {"a": Phase.SUCCEEDED}
    assert store.outputs("run", ["a"]) == {"a": OUTPUTS}


def test_what_was_not_acknowledged_is_gone_after_kill(url: str, store: SqlStore) -> None:
    with writer(url, "run", "hold") as process:
        process.kill()
        process.wait()
    with pytest.raises(NotFound):
        store.bundle("half")
    Driver(store).begin()


def test_reading_waits_for_nobody(url: str, store: SqlStore) -> None:
    with writer(url, "run", "hold"):
        assert store.executions(limit=1) == []
        with pytest.raises(NotFound):
            store.bundle("half")


# -- transactions side by side ----------------------------------------------------------------


def test_whoever_reads_a_journal_on_misses_no_line(store: SqlStore) -> None:
    rounds, writers = 60, 4
    barrier, ready = Barrier(writers), Event()

    def write() -> None:
        barrier.wait()
        for _ in range(rounds):
            with database(store).write("run") as cursor:
                line = ("run", 0.0, "run", "", 0, "RUNNING", "")
                cursor.executemany(sql.WRITE_LINE, [line, line])

    read: list[int] = []

    def read_on() -> None:
        while len(read) < 2 * rounds * writers:
            lines = store.journal("run", read[-1] if read else 0, 7)
            read.extend(line.seq for line in lines)
            if ready.is_set() and not lines:
                break

    reader = Thread(target=read_on)
    reader.start()
    in_threads(*[write] * writers)
    ready.set()
    reader.join()
    assert len(read) == 2 * rounds * writers
    assert read == sorted(set(read))


def test_families_do_not_wait_for_each_other(store: SqlStore) -> None:
    one, another = Driver(store, "one"), Driver(store, "another")
    one.begin()
    another.begin()
    with database(store).write("one") as cursor:
        cursor.execute(sql.WAKE, ("one", ROOT))
        assert cursor.rowcount == 1
        another.carry_out("a")
    assert another.phases() == {"a": Phase.SUCCEEDED}


def test_a_family_stands_still_while_somebody_writes_to_it(store: SqlStore) -> None:
    driver, order = Driver(store), []
    driver.begin()

    def abort() -> None:
        store.abort("run", "enough", 0.0)
        order.append("aborted")

    with database(store).write("run") as cursor:
        cursor.execute(sql.WAKE, ("run", ROOT))
        assert cursor.rowcount == 1
        thread = Thread(target=abort)
        thread.start()
        await_somebody_who_waits(store)
        order.append("written")
    thread.join()
    assert order == ["written", "aborted"]


def test_transactions_that_name_families_in_any_order_do_not_stop_each_other(
    store: SqlStore,
) -> None:
    names = [f"run{number}" for number in range(20)]

    def write(order: list[str]) -> None:
        for _ in range(30):
            with database(store).write(*order) as cursor:
                cursor.execute("SELECT 1")
                assert cursor.fetchone() == (1,)

    in_threads(lambda: write(names), lambda: write(names[::-1]))


def test_of_two_plans_for_one_version_at_once_one_is_carried_in(
    store: SqlStore, other: SqlStore
) -> None:
    driver = Driver(store)
    driver.begin()
    plans = [Commit("run", ROOT, n, 0, create=[Create(f"n{n}", "task")]) for n in range(20)]
    barrier = Barrier(2)

    def commit(opened: SqlStore) -> list[bool]:
        carried: list[bool] = []
        for plan in plans:
            barrier.wait()
            carried += opened.commit([plan], 0.0)
        return carried

    with ThreadPoolExecutor() as threads:
        one, another = threads.map(commit, [store, other])
    assert [first != second for first, second in zip(one, another, strict=True)] == [True] * 20
    assert len(driver.phases()) == 20


def test_families_that_fill_the_same_entries_of_the_cache_do_not_stop_each_other(
    store: SqlStore, other: SqlStore
) -> None:
    keys = [f"key{number}" for number in range(8)]
    barrier = Barrier(2)

    def fill(opened: SqlStore, run: str, order: list[str]) -> None:
        driver = Driver(opened, run)
        driver.begin()
        driver.launch(*(f"n{number}" for number in range(20)))
        driver.claim()
        barrier.wait()
        for number in range(20):
            entries = (CacheEntry(key, "task", (), OUTPUTS, run, f"n{number}") for key in order)
            assert driver.end(f"n{number}", cache=tuple(entries)) == 1

    in_threads(lambda: fill(store, "one", keys), lambda: fill(other, "two", keys[::-1]))
    assert store.cached(keys, 0.0).keys() == set(keys)


# -- claims -----------------------------------------------------------------------------------


def test_no_attempt_is_claimed_twice(store: SqlStore, other: SqlStore) -> None:
    driver = Driver(store)
    driver.begin()
    driver.launch(*(f"n{number}" for number in range(300)))
    barrier = Barrier(2)
    taken: dict[str, list[Claim]] = {"me": [], "you": []}

    def take(opened: SqlStore, owner: str) -> None:
        barrier.wait()
        while claims := opened.claim(owner, None, rooms(7), 0.0):
            taken[owner] += claims

    in_threads(lambda: take(store, "me"), lambda: take(other, "you"))
    assert len(taken["me"]) + len(taken["you"]) == 300
    assert not set(taken["me"]) & set(taken["you"])
    held = dict(store.held("owner", None))
    assert held == {claim: owner for owner, claims in taken.items() for claim in claims}


def test_who_claims_passes_over_what_another_is_just_claiming(
    store: SqlStore, other: SqlStore
) -> None:
    driver = Driver(store)
    driver.begin()
    driver.launch("a", "b", "c")
    with database(store).write() as cursor:
        cursor.execute(sql.OUTBOX + database(store).skip_locked, ("owner", "", 2))
        mine = {path for _, path, *_ in cursor.fetchall()}
        yours = {claim.path for claim in other.claim("you", None, rooms(9), 0.0)}
    assert (mine, yours) == ({"a", "b"}, {"c"})


def test_an_attempt_that_is_just_being_claimed_is_stopped_and_not_over(
    store: SqlStore, other: SqlStore
) -> None:
    driver = Driver(store)
    driver.begin()
    driver.launch("a")
    stopping = Thread(target=lambda: Driver(other).stop("a"))
    with database(store).write() as cursor:
        cursor.execute(sql.OUTBOX + database(store).skip_locked, ("owner", "", 1))
        cursor.execute(sql.CLAIM, ("me", "", 1.0, "run", "a", 1))
        assert cursor.rowcount == 1
        stopping.start()
        await_somebody_who_waits(store)
    stopping.join()
    assert store.flagged("me") == [(Claim("run", "a", 1), "abort")]


# -- news -------------------------------------------------------------------------------------


@pytest.fixture
def driver(store: SqlStore, other: SqlStore) -> Driver:
    """Of a family driven by an owner of `store`; another in its pool is one of `other`."""
    other.enlist("mate", POOL, FOREVER)
    driver = Driver(store)
    driver.begin()
    driver.launch("a")
    driver.claim("owner")
    other.heard()
    return driver


def has_news(store: SqlStore, patience: float = 5.0) -> bool:
    """Whether there is news, which is old from now on."""
    assert store.news is not None
    readable, _, _ = select.select([store.news], [], [], patience)
    store.heard()
    return bool(readable)


def test_without_an_owner_there_is_no_news(store: SqlStore) -> None:
    assert store.news is None
    store.heard()


@pytest.mark.parametrize(
    "change",
    [
        lambda theirs: theirs.store.abort("run", "enough", 0.0),
        lambda theirs: theirs.end("a"),
        lambda theirs: theirs.begin("new", owner="owner"),
    ],
    ids=["an abort", "a report", "a new execution"],
)
def test_who_drives_a_family_hears_what_others_do_to_it(
    change: Callable[[Driver], object], driver: Driver, other: SqlStore
) -> None:
    assert not has_news(driver.store, 0.0)
    change(Driver(other))
    assert has_news(driver.store)
    assert not has_news(driver.store, 0.0)


def test_others_of_a_pool_hear_of_work(driver: Driver, other: SqlStore) -> None:
    for number in count():
        driver.launch(f"n{number}")
        if has_news(other, 0.01):
            break


def test_nobody_hears_what_is_not_for_them(url: str, driver: Driver) -> None:
    with closing(open_postgres(url)) as stranger:
        stranger.enlist("stranger", "another pool", FOREVER)
        assert not has_news(stranger, 0.0)
        for number in range(20):
            driver.launch(f"n{number}")
        assert not has_news(stranger, 0.05)
    assert not has_news(driver.store, 0.0), "nobody needs to hear what they do themselves"


def test_nobody_hears_of_work_that_has_been_taken_already(driver: Driver, other: SqlStore) -> None:
    while has_news(other, 2 * OFTEN):  # of how it came to this
        pass
    for over, follower in pairwise("abcd"):
        create, move = [Create(follower, "task")], [Move(over, Phase.SUCCEEDED)]
        launch = [Launch(follower, 1)]
        assert driver.proceed(over, create=create, move=move, launch=launch)
        assert not has_news(other, 2 * OFTEN)
    assert driver.proceed("d", room=0, create=[Create("e", "task")], launch=[Launch("e", 1)]) == []
    assert has_news(other), "what nobody has taken may be theirs"


def test_who_has_lost_the_connection_hears_again(
    postgres: Postgres, driver: Driver, other: SqlStore
) -> None:
    assert not has_news(driver.store, 0.0)
    postgres.hang_up()
    assert has_news(driver.store), "a connection that was lost may have lost news"
    other.abort("run", "enough", 0.0)
    assert has_news(driver.store)
