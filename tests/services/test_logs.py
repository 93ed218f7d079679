"""Logs: live in the home, then in the storage; read by parts; bounded."""

from __future__ import annotations

import msgspec
import pytest

from volery.data.storage import Storage
from volery.engine.model import AttemptPhase, Phase
from volery.errors import NotFound
from volery.ids import ROOT
from volery.ir.ref import Ref
from volery.services import log_keeper
from volery.services.home import Home
from volery.services.log_keeper import LogKeeper
from volery.services.logs import PART, SETTLED, Logs, growing_as, stored_as
from volery.store.base import Claim, NewExecution
from volery.store.memory import MemoryStore
from volery.testing.clock import FakeClock
from volery.testing.conformance.store_driver import FAILURE, Driver
from volery.wire.logs import Log, LogRecord

CLAIM = Claim("execution", "train/fold[3]/fit", 2)


@pytest.fixture
def home(volery_home):
    home = Home(volery_home)
    home.make()
    return home


@pytest.fixture
def store():
    store = MemoryStore()
    store.put_bundle("b", b"")
    store.create(
        NewExecution(
            "execution", "p", "d", Ref("task", "t"), "b", b"\x80", "execution", owner="me"
        ),
        1.0,
    )
    return store


@pytest.fixture
def keeper(home, store):
    keeper = LogKeeper(home, home.storage(), store)
    yield keeper
    keeper.close()


@pytest.fixture
def logs(home, store):
    return Logs(home, home.storage(), store)


def lines(*texts):
    return [LogRecord(1.5, "stdout", each) for each in texts]


def read(logs, start=0):
    return logs.log(CLAIM.execution, CLAIM.path, CLAIM.attempt, start)


def texts(log):
    return [each.text for each in log.records]


def file_of(home):
    return home.log(CLAIM.execution, CLAIM.path, CLAIM.attempt)


def test_a_log_is_read_on_while_it_grows(keeper, logs):
    keeper.keep(CLAIM, lines("one", "two"))
    first = read(logs)
    assert (texts(first), first.complete) == (["one", "two"], False)
    assert read(logs, first.next) == msgspec.structs.replace(first, records=())
    keeper.keep(CLAIM, lines("three"))
    assert texts(read(logs, first.next)) == ["three"]


def test_a_log_that_is_over_is_in_the_storage_alone(keeper, logs, home):
    keeper.keep(CLAIM, lines("one"))
    part = read(logs)
    keeper.keep(CLAIM, lines("two"))
    keeper.keep(CLAIM, ())
    keeper.close()
    rest = read(logs, part.next)
    assert (texts(rest), rest.complete) == (["two"], True)
    assert list(home.logs.iterdir()) == []
    assert home.storage().get_named(stored_as(file_of(home))) is not None


def test_a_log_grows_though_its_folder_has_been_taken_away(keeper, logs, home):
    keeper.keep(CLAIM, lines("one"))
    file_of(home).unlink()
    file_of(home).parent.rmdir()
    keeper.keep(CLAIM, lines("two"))
    assert texts(read(logs)) == ["two"]


def test_records_come_back_as_they_were(keeper, logs):
    record = LogRecord(1.5, "log", "careful\nhere", "WARNING", "flows.stats")
    keeper.keep(CLAIM, [record])
    assert read(logs).records == (record,)


def test_an_attempt_that_printed_nothing_has_an_empty_log(logs, store):
    assert read(logs) == Log((), 0, complete=False)
    store.abort("execution", "enough", 2.0)
    assert not read(logs).complete


@pytest.fixture
def tried():
    """A node whose first attempt is under way."""
    driver = Driver(MemoryStore())
    driver.begin()
    driver.launch("a")
    driver.claim()
    return driver


def test_an_attempt_that_printed_nothing_is_over_though_its_node_goes_on(home, tried):
    logs = Logs(home, home.storage(), tried.store)
    assert not logs.log("run", "a", 1).complete
    assert tried.end("a", phase=AttemptPhase.FAILED, failure=FAILURE)
    assert tried.relaunch("a", 2)
    assert logs.log("run", "a", 1).complete
    assert not logs.log("run", "a", 2).complete


def test_elsewhere_the_last_lines_of_an_attempt_are_waited_for_until_they_are_stored(
    home, tried, tmp_path
):
    assert tried.end("a", ended=5.0)
    elsewhere = Home(tmp_path / "elsewhere", "postgresql://db/volery")
    logs = Logs(elsewhere, home.storage(), tried.store, FakeClock(6.0))
    line = b'{"at":1,"stream":"log","text":"end"}\n'
    for name in (growing_as, stored_as):
        assert not logs.log("run", "a", 1).complete
        home.storage().put_named(name(home.log("run", "a", 1)), line)
    assert logs.log("run", "a", 1).complete


def test_elsewhere_an_attempt_that_printed_nothing_is_over_after_a_moment(home, tried, tmp_path):
    assert tried.end("a", ended=5.0)
    elsewhere = Home(tmp_path / "elsewhere", "postgresql://db/volery")
    clock = FakeClock(6.0)
    logs = Logs(elsewhere, home.storage(), tried.store, clock)
    assert not logs.log("run", "a", 1).complete
    clock.advance(SETTLED)
    assert logs.log("run", "a", 1).complete


def test_there_is_no_log_of_an_unknown_execution(logs):
    with pytest.raises(NotFound, match="no execution other"):
        logs.log("other", "n0", 1)


def test_a_part_is_bounded_and_begins_anywhere(keeper, logs):
    keeper.keep(CLAIM, lines(*(f"{number} " + "x" * 1000 for number in range(3_000))))
    found, start = [], 0
    for _ in range(4):
        part = read(logs, start)
        assert part.next - start <= PART
        found += texts(part)
        start = part.next
    assert [int(each.split()[0]) for each in found] == list(range(3_000))
    assert texts(read(logs, 10))[0].startswith("1 ")


def test_of_a_long_log_the_beginning_and_the_end_are_kept(keeper, logs, home, monkeypatch):
    monkeypatch.setattr(log_keeper, "HEAD", 10_000)
    monkeypatch.setattr(log_keeper, "TAIL", 5_000)
    for number in range(1_000):
        keeper.keep(CLAIM, lines(f"line {number} " + "." * 50))
    keeper.keep(CLAIM, ())
    keeper.close()
    first, *_, last = found = texts(read(logs))
    assert first.startswith("line 0 ")
    assert last.startswith("line 999 ")
    (note,) = [each for each in found if "left out" in each]
    assert int(note.split()[1]) + len(found) - 2 == 1_000  # and a note that there is an end
    assert len(home.storage().get_named(stored_as(file_of(home)))) < 16_000


def test_a_long_log_that_stands_still_says_that_the_rest_comes_at_the_end(
    keeper, logs, monkeypatch
):
    monkeypatch.setattr(log_keeper, "HEAD", 100)
    keeper.keep(CLAIM, lines("x" * 100))
    assert texts(read(logs)) == ["x" * 100]
    keeper.keep(CLAIM, lines("rest"))
    keeper.keep(CLAIM, lines("of it"))
    first = read(logs)
    assert (texts(first), first.complete) == (["x" * 100, log_keeper.WAITS], False)
    keeper.keep(CLAIM, ())
    keeper.close()
    rest = read(logs, first.next)
    assert (texts(rest), rest.complete) == (["rest", "of it"], True)


def test_who_listens_hears_each_stream_in_order(home, store):
    heard = []
    keeper = LogKeeper(home, home.storage(), store, lambda *told: heard.append(told))
    warning = LogRecord(2.0, "log", "careful", "WARNING", "flows")
    keeper.keep(CLAIM, [*lines("one", "two"), warning])
    keeper.close()
    assert heard == [
        (CLAIM.path, "stdout", "one\ntwo\n"),
        (CLAIM.path, "log", "WARNING flows: careful\n"),
    ]


def test_what_a_dead_engine_has_left_is_put_into_the_storage(home, store, logs, monkeypatch):
    dead = LogKeeper(home, home.storage(), store)
    dead.keep(CLAIM, lines("last words"))
    dead.close()
    monkeypatch.setattr(log_keeper, "STALE", 0.0)
    heir = LogKeeper(home, home.storage(), store)
    heir.sweep()
    heir.close()
    assert file_of(home).exists()  # the execution goes on
    monkeypatch.setattr(store, "execution", lambda id: _ended(MemoryStore.execution(store, id)))
    heir = LogKeeper(home, home.storage(), store)
    heir.sweep()
    heir.close()
    assert not file_of(home).exists()
    assert (texts(read(logs)), read(logs).complete) == (["last words"], True)


def _ended(record):
    return msgspec.structs.replace(record, phase=Phase.FAILED)


def test_a_growing_log_can_be_read_on_another_machine(home, store, tmp_path, monkeypatch):
    monkeypatch.setattr(log_keeper, "PERIOD", 0.01)
    elsewhere = Logs(Home(tmp_path / "elsewhere"), home.storage(), store)
    keeper = LogKeeper(home, home.storage(), store, shared=True)
    try:
        keeper.keep(CLAIM, lines("one"))
        while not (part := read(elsewhere)).records:
            pass
        assert (texts(part), part.complete) == (["one"], False)
        keeper.keep(CLAIM, lines("two"))
        keeper.keep(CLAIM, ())
    finally:
        keeper.close()
    rest = read(elsewhere, part.next)
    assert (texts(rest), rest.complete) == (["two"], True)


def test_a_storage_that_fails_leaves_the_log_in_the_home(home, store, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    broken = Storage((tmp_path / "file" / "storage").as_uri())
    keeper = LogKeeper(home, broken, store)
    keeper.keep(CLAIM, lines("kept"))
    keeper.keep(CLAIM, ())
    keeper.close()
    assert "stays where it is" in caplog.text
    assert texts(read(Logs(home, home.storage(), store))) == ["kept"]


@pytest.mark.parametrize("path", [ROOT, "n0", "a/b[3]/c", "/".join(["station"] * 60)])
def test_every_path_has_a_name_of_its_own_in_the_storage(home, path):
    file = home.log("execution", path, 3)
    assert stored_as(file).startswith("logs/execution/")
    assert stored_as(file).endswith("/3")
    assert len({stored_as(file), growing_as(file), stored_as(home.log("e", path, 3))}) == 3
