"""Delivering, with real servers on loopback and a clock that is moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.servers.hooks import Hooks, hooks, status
from tests.servers.mail import Mail, mail_server

from volery.clock import SystemClock
from volery.config import Smtp
from volery.engine.model import Phase
from volery.errors import NotFound, StoreError
from volery.ir.codec import canonical
from volery.ir.failure import Failure
from volery.ir.interface import Interface
from volery.ir.notification import Notification
from volery.ir.ref import Ref
from volery.ir.specs import Bundle, LaunchPlanSpec
from volery.notify.channel import Means
from volery.services import delivering as module
from volery.services.delivering import CLAIM, SENDERS, TRIES, Delivering
from volery.store.notices import Notices
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.clock import FakeClock
from volery.testing.conformance.store_driver import Driver

SECRET = "hu5h-hush"
BUNDLE = "plans"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with closing(open_sqlite(tmp_path / "volery.db")) as opened:
        yield opened


@pytest.fixture
def server() -> Iterator[Hooks]:
    with hooks() as running:
        yield running


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as running:
        yield running


def secret(group: str, key: str) -> str:
    if (group, key) != ("hooks", "path"):
        raise NotFound(f"there is no secret {group}/{key}")
    return SECRET


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(5000.0)


@pytest.fixture
def delivering(store: SqlStore, clock: FakeClock) -> Delivering:
    return made(store, clock)


def made(store: SqlStore, clock, smtp: Smtp | None = None) -> Delivering:
    means, url = Means(secret, smtp), "https://volery.example.org"
    return Delivering(Notices(store.database), store, means, clock, url)


def end(
    store: SqlStore,
    *notifications: Notification,
    name: str = "run",
    phase: Phase = Phase.FAILED,
    failure: Failure | None = None,
) -> None:
    """An execution of a launch plan with these notifications has ended."""
    plan = LaunchPlanSpec("daily", "w", Interface(), notifications=notifications)
    bundle = f"{BUNDLE} of {name}"
    store.put_bundle(bundle, canonical(Bundle(launch_plans=(plan,))))
    driver = Driver(store, name)
    new = driver.new(notify=True, version="v7")
    new = replace(new, entity=Ref("launch_plan", "daily"), bundle=bundle)
    assert store.create(new, driver.now()) == "created"
    if failure is None:
        driver.finish(phase)
    else:
        driver.plan(finish_phase=phase, finish_failure=failure)


def hook(server: Hooks, *phases: str, path: str = "") -> Notification:
    return Notification(phases or ("FAILED",), "webhook", (f"{server.url}/{path}",))


def told(delivering: Delivering, name: str = "run") -> list[tuple[str, int, str]]:
    return [(each.phase, each.attempts, each.error) for each in delivering.notices(name)]


def settle(delivering: Delivering) -> float | None:
    """Tick, and wait for what is being sent."""
    wait = delivering.tick()
    delivering.close(30)
    return wait


def test_whoever_asked_is_told(store, server, delivering):
    end(store, hook(server))
    settle(delivering)
    (received,) = server.received
    assert received.json["data"]["execution"] == "run"
    assert received.json["data"]["entity"]["version"] == "v7"
    assert received.json["data"]["link"] == "https://volery.example.org/executions/run"
    assert received.headers["Idempotency-Key"] == "run/1"
    assert told(delivering) == [("sent", 1, "")]
    assert settle(delivering) is None
    assert len(server.received) == 1


LATE = Failure("TimedOut", "SYSTEM", "it took longer than 5 s")


@pytest.mark.parametrize(
    ("phases", "phase", "told"),
    [
        ("SUCCEEDED", "SUCCEEDED", True),
        ("SUCCEEDED", "FAILED", False),
        ("FAILED", "FAILED", True),
        ("FAILED", "TIMED_OUT", True),
        ("TIMED_OUT", "TIMED_OUT", True),
        ("TIMED_OUT FAILED", "TIMED_OUT", True),
        ("TIMED_OUT", "FAILED", False),
        ("ABORTED SUCCEEDED", "ABORTED", True),
        ("FAILED TIMED_OUT", "ABORTED", False),
    ],
)
def test_of_the_ends_that_were_asked_for(store, delivering, phases, phase, told):
    with hooks() as server:
        failure = LATE if phase == "TIMED_OUT" else None
        ended = Phase.FAILED if failure else Phase(phase)
        end(store, hook(server, *phases.split()), phase=ended, failure=failure)
        settle(delivering)
        sent = [each.json["data"]["phase"] for each in server.received]
    assert sent == ([phase] if told else [])
    assert settle(delivering) is None


def test_each_address_has_a_notice_of_its_own(store, server, mail, clock):
    delivering = made(store, clock, Smtp("127.0.0.1", mail.port))
    people = Notification(("FAILED",), "email", ("a@example.org", "b@example.org"), "{entity}!")
    end(store, people, hook(server))
    settle(delivering)
    assert sorted(mail.to) == ["a@example.org", "b@example.org"]
    assert {each["Subject"] for each in mail.taken} == {"daily!"}
    assert [each.to for each in delivering.notices("run")] == [
        "email a@example.org",
        "email b@example.org",
        f"webhook {server.url}/",
    ]
    assert told(delivering) == [("sent", 1, "")] * 3


def test_what_fails_is_tried_again_after_longer_and_longer_waits(store, server, delivering, clock):
    server.answer(*[500] * TRIES)
    end(store, hook(server))
    settle(delivering)
    waits: list[float | None] = []
    while (wait := settle(delivering)) is not None:
        waits.append(wait)
        clock.advance(wait)
    assert waits[:2] == [1.0, CLAIM]  # what is being sent is somebody's for so long
    assert len(server.received) == TRIES
    assert {each.headers["Idempotency-Key"] for each in server.received} == {"run/1"}
    assert [each[:2] for each in told(delivering)] == [("failed", TRIES)]


def test_a_wait_is_at_most_an_hour(store, server, delivering, clock):
    server.answer(status(503, retry_after="90000"))
    end(store, hook(server))
    settle(delivering)
    (notice,) = delivering.notices("run")
    assert notice.due == clock.now() + 3600


def test_what_cannot_become_better_is_tried_once(store, server, delivering):
    server.answer(404)
    end(store, hook(server), hook(server, path="${secret:hooks/typo}"))
    settle(delivering)
    (refused, missing) = delivering.notices("run")
    assert (refused.phase, refused.attempts) == ("failed", 1)
    assert "404" in refused.error
    assert missing.phase == "failed"
    assert "hooks/typo" in missing.error
    assert settle(delivering) is None


def test_who_dies_after_sending_and_before_saying_so_is_followed_by_another(
    store, server, delivering, clock, monkeypatch
):
    def die(*_):
        raise StoreError("the database is gone")

    end(store, hook(server))
    monkeypatch.setattr(Notices, "sent", die)
    settle(delivering)
    monkeypatch.undo()
    assert told(delivering) == [("waiting", 1, "")]

    other = made(store, clock)
    settle(other)
    assert len(server.received) == 1  # it may still be at it
    clock.advance(CLAIM)
    settle(other)
    assert [each.headers["Idempotency-Key"] for each in server.received] == ["run/1"] * 2
    assert told(other) == [("sent", 2, "")]


def test_who_dies_before_sending_is_followed_by_another(store, server, delivering, clock):
    end(store, hook(server))
    delivering.tick()
    delivering.close(30)
    end(store, hook(server), name="other")
    notices = Notices(store.database)
    notices.expand("other", "other", [], clock.now())
    with store.database.write() as cursor:
        cursor.execute(
            "UPDATE notices SET phase = 'waiting', sent = NULL, due = ?", (clock.now() + 5,)
        )
    assert settle(delivering) == 5.0
    clock.advance(5.0)
    settle(delivering)
    assert len(server.received) == 2


def test_two_servers_send_it_once(store, server, clock):
    one, two = made(store, clock), made(store, clock)
    for number in range(20):
        end(store, hook(server), name=f"run{number}")
    for _ in range(4):
        one.tick()
        two.tick()
        one.close(30)
        two.close(30)
    keys = [each.headers["Idempotency-Key"] for each in server.received]
    assert sorted(keys) == sorted(f"run{number}/1" for number in range(20))


def test_who_does_not_answer_keeps_no_others_waiting(store, server, delivering):
    with hooks() as silent:
        silent.answer(*[silent.hang] * (SENDERS - 1))
        end(store, *[hook(silent)] * (SENDERS - 1), name="stuck")
        delivering.tick()
        end(store, hook(server), name="run")
        delivering.tick()
        delivering.tick()  # returns at once, although nobody is free
        for each in delivering._senders[SENDERS - 1 :]:
            each.join(30)
        assert told(delivering) == [("sent", 1, "")]
        assert {phase for phase, *_ in told(delivering, "stuck")} == {"waiting"}
        silent.released.set()
        delivering.close(30)
    assert {phase for phase, *_ in told(delivering, "stuck")} == {"waiting"}


def test_a_mistake_of_a_channel_is_recorded(store, server, delivering, monkeypatch):
    def broken(*_):
        raise RuntimeError(SECRET)

    monkeypatch.setitem(module.channels.CHANNELS, "webhook", broken)
    end(store, hook(server))
    settle(delivering)
    assert told(delivering) == [("waiting", 1, "the channel webhook failed: RuntimeError")]


def test_one_that_nobody_can_read_keeps_no_others_waiting(store, server, delivering):
    end(store, hook(server), name="spoilt")
    with store.database.write() as cursor:
        cursor.execute("UPDATE bundles SET data = ?", (b"{",))
    end(store, hook(server), name="good")
    settle(delivering)
    assert [each.json["data"]["execution"] for each in server.received] == ["good"]
    assert settle(delivering) is None


def test_as_many_as_a_page_has_that_nobody_can_read_keep_no_others_waiting(
    store, server, delivering, monkeypatch
):
    """They were looked at again and again without a pause, and nobody else was told."""
    monkeypatch.setattr(module, "PAGE", 2)
    for number in range(3):
        end(store, hook(server), name=f"spoilt{number}")
    with store.database.write() as cursor:
        cursor.execute("UPDATE bundles SET data = ?", (b"{",))
    end(store, hook(server), name="good")
    for _ in range(3):
        settle(delivering)
    assert [each.json["data"]["execution"] for each in server.received] == ["good"]
    assert settle(delivering) is None


def test_no_secret_is_in_the_database(store, server, delivering, tmp_path):
    server.answer(status(500, f"{SECRET} is no path of mine"))
    end(store, hook(server, path="${secret:hooks/path}"))
    settle(delivering)
    assert server.received[0].path == f"/{SECRET}"
    ((*_, error),) = told(delivering)
    assert "[secret hooks/path] is no path" in error
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert not [each for each in files if SECRET.encode() in each]
    (notice,) = delivering.notices("run")
    assert notice.to == f"webhook {server.url}/${{secret:hooks/path}}"


def test_a_secret_that_was_written_out_is_not_shown(store, server, delivering):
    server.answer(404)
    to = server.url.replace("://", f"://me:{SECRET}@")
    end(store, Notification(("FAILED",), "webhook", (to,)))
    settle(delivering)
    (notice,) = delivering.notices("run")
    assert notice.to == "webhook http://..."


def test_before_a_program_ends_it_sends_what_it_can(store, server, monkeypatch):
    monkeypatch.setattr(module, "FIRST", 0.05)
    delivering = made(store, SystemClock())
    server.answer(503)  # a moment later it is taken
    end(store, hook(server))
    assert delivering.finish(20.0)
    assert told(delivering) == [("sent", 2, "")]


def test_a_program_that_ends_does_not_wait_for_ever(store, server):
    delivering = made(store, SystemClock())
    server.answer(server.hang)
    end(store, hook(server))
    assert not delivering.finish(0.1)
    server.released.set()
    delivering.close(30)


def test_nothing_to_do_writes_nothing(store, delivering):
    end(store, phase=Phase.SUCCEEDED)
    assert settle(delivering) is None

    def writes() -> int:
        return store.database._connection.total_changes

    before = writes()
    assert settle(delivering) is None
    assert writes() == before


def test_many_are_told_of_in_one_go_after_another(store, server, delivering, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    for number in range(7):
        end(store, hook(server), name=f"run{number}")
    waits = [settle(delivering) for _ in range(3)]
    assert waits[:2] == [0.0, 0.0]
    assert len(server.received) == 7
