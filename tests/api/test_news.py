"""News of all executions: what is read for all streams, and what each client gets."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import pytest
from tests.api.served import Served

from volery.api import news, waiting
from volery.api.news import RESET, Bulletin, Reading
from volery.clock import SystemClock
from volery.errors import StoreError, Unavailable
from volery.store.execution_lines import ExecutionLines
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.backend_driver import Driver
from volery.testing.conformance.backend_flows import gated, sums
from volery.testing.conformance.store_driver import Driver as StoreDriver
from volery.wire.news import ExecutionEvent

pytestmark = pytest.mark.keeps_running("threads that answer belong to the server")

WRITE = """
    INSERT INTO journal (seq, root, execution, path, attempt, event, at, detail)
    VALUES (?, 'run', 'run', '', 0, ?, 1.0, '')"""


class Journal:
    """The lines of a real journal, which the test writes to.

    Attributes:
        in_order: whether it says that lines appear in the order of their numbers.
        fails: so many looks fail.
    """

    def __init__(self, path: Path) -> None:
        self.store = open_sqlite(path)
        self.in_order = True
        self.fails = 0
        self._lines = ExecutionLines(self.store.database)
        StoreDriver(self.store).begin()

    def write(self, *seqs: int, event: str = "SUCCEEDED") -> None:
        with self.store.database.write() as cursor:
            cursor.executemany(WRITE, [(seq, event) for seq in seqs])

    def latest(self) -> int:
        return self._lines.latest()

    def after(self, seq: int, limit: int) -> list[ExecutionEvent]:
        if self.fails:
            self.fails -= 1
            raise StoreError("the database is away")
        return self._lines.after(seq, limit)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "volery.db")
    with closing(journal.store):
        yield journal


@pytest.fixture
def bulletin(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bulletin]:
    monkeypatch.setattr(news, "PERIOD", 0.01)
    monkeypatch.setattr(waiting, "AGAIN", 0.01)
    bulletin = Bulletin(journal, SystemClock())
    bulletin.start()
    yield bulletin
    bulletin.stop()


def seqs(found: list[news.News]) -> list[int]:
    return [each.event.seq for each in found]


# -- reading on -------------------------------------------------------------------------------


def test_where_one_writes_at_a_time_each_line_is_read_once(journal):
    reading = Reading(journal, 0.0)
    journal.write(10, 11)
    new = reading.look(0.0)
    assert seqs(new) == [10, 11]
    assert new[-1].data.startswith(b'id: 11\ndata: {"seq":11,')
    assert reading.look(0.1) == []
    assert (reading.settled, reading.last) == (11, 11)


def test_elsewhere_a_line_that_comes_late_is_read_too(journal):
    journal.in_order = False
    journal.write(10)
    reading = Reading(journal, 0.0)
    journal.write(12)
    assert seqs(reading.look(0.1)) == [12]
    journal.write(11)
    new = reading.look(0.2)
    assert seqs(new) == [11]
    assert (reading.settled, reading.last) == (0, 12)
    assert new[0].data.startswith(b"id: 0\n")  # whoever comes back hears of all again
    assert reading.look(news.OVERLAP + 0.15) == []
    assert reading.settled == 12
    journal.write(13)
    assert reading.look(news.OVERLAP + 0.3)[0].data.startswith(b"id: 12\n")


def test_more_lines_than_a_page_are_read_at_once(journal, monkeypatch):
    monkeypatch.setattr(news, "PAGE", 2)
    reading = Reading(journal, 0.0)
    journal.write(*range(10, 15))
    assert seqs(reading.look(0.0)) == [10, 11, 12, 13, 14]


# -- following --------------------------------------------------------------------------------


def anything(_: ExecutionEvent) -> bool:
    return True


async def pieces(bulletin: Bulletin, after: int | None, count: int, wanted=anything) -> list[bytes]:
    """The first that a stream sends."""
    found: list[bytes] = []
    async with aclosing(bulletin.follow(after, wanted, lambda: None)) as stream:
        async for piece in stream:
            found.append(piece)
            if len(found) == count:
                return found
    return found


def test_a_stream_begins_with_a_greeting_and_what_was_missed(journal, bulletin):
    journal.write(10, 11, 12)
    hello, missed = asyncio.run(pieces(bulletin, 10, 2))
    id, event, data = hello.decode().strip().split("\n")
    assert (id, event) == ("id: 10", "event: hello")
    assert json.loads(data.removeprefix("data: "))["seq"] == 12
    assert [line for line in missed.decode().split("\n") if line.startswith("id")] == [
        "id: 11",
        "id: 12",
    ]


def test_what_comes_is_sent_to_who_wants_it(journal, bulletin):
    async def scene() -> None:
        async def written() -> None:
            await asyncio.to_thread(journal.write, 10, event="ABORT")
            await asyncio.to_thread(journal.write, 11)

        def wanted(event: ExecutionEvent) -> bool:
            return event.event == "SUCCEEDED"

        async with aclosing(bulletin.follow(None, wanted, lambda: None)) as stream:
            assert b"event: hello" in await anext(stream)
            journal.fails = 2
            await written()
            assert (await anext(stream)).startswith(b"id: 11\n")

    asyncio.run(scene())


def test_who_has_missed_too_much_begins_anew(journal, bulletin, monkeypatch):
    monkeypatch.setattr(news, "MOST_BEHIND", 2)
    journal.write(10, 11, 12, 13)
    assert asyncio.run(pieces(bulletin, 1, 2))[1] == RESET
    assert asyncio.run(pieces(bulletin, 0, 2))[1] == RESET
    assert b"id: 13" in asyncio.run(pieces(bulletin, 11, 2))[1]


def test_a_quiet_stream_says_that_it_is_still_there(bulletin, monkeypatch):
    monkeypatch.setattr("volery.api.waiting.QUIET", 0.01)
    _, quiet = asyncio.run(pieces(bulletin, None, 2))
    assert quiet == b""


def test_the_end_of_the_server_ends_streams(bulletin):
    async def scene() -> None:
        cut = asyncio.Event()
        async with aclosing(bulletin.follow(None, anything, cut.set)) as stream:
            await anext(stream)
            await asyncio.to_thread(bulletin.stop)
            await cut.wait()
        with pytest.raises(Unavailable):
            await pieces(bulletin, None, 1)

    asyncio.run(scene())


def test_nothing_is_read_when_nobody_follows(journal, bulletin):
    asyncio.run(pieces(bulletin, None, 1))
    bulletin._look()
    journal.fails = 1
    bulletin._look()
    assert journal.fails == 1


# -- over HTTP --------------------------------------------------------------------------------


class Stream:
    """An open stream of news."""

    def __init__(self, api: Served, query: str = "", token: str = "", **headers: str) -> None:
        said = {"authorization": f"Bearer {token}"} if token else {}
        url = f"{api.url}/api/v1/events{query}"
        self.answer = api.http.request(
            "GET", url, headers={**said, **headers}, preload_content=False
        )
        assert self.answer.headers["content-type"] == "text/event-stream"
        self.lines = (line.decode().rstrip("\n") for line in self.answer)
        self.hello = next(self.messages())

    def messages(self) -> Iterator[Any]:
        for line in self.lines:
            name, _, value = line.partition(": ")
            if name == "data":
                yield json.loads(value)

    def until(self, id: str, event: str) -> list[Any]:
        """What comes up to this event."""
        found: list[Any] = []
        for message in self.messages():
            found.append(message)
            if (message["execution"], message["event"]) == (id, event):
                self.answer.close()
                return found
        raise AssertionError(found)


def test_whoever_follows_hears_of_each_execution(api):
    driver = Driver(api.server.backend)
    stream = Stream(api, f"?project={driver.project}")
    other = Driver(api.server.backend).run(sums, inputs={"values": [1]}).id
    id = driver.run(sums, inputs={"values": [1]}).id
    found = stream.until(id, "SUCCEEDED")
    assert [each["event"] for each in found] == ["RUNNING", "SUCCEEDED"]
    assert {each["entity"]["name"] for each in found} == {sums.name}
    assert other not in {each["execution"] for each in found}
    again = Stream(api, **{"last-event-id": str(stream.hello["seq"])})
    assert {each["execution"] for each in again.until(id, "SUCCEEDED")} == {other, id}


def test_an_abort_is_news(api):
    driver = Driver(api.server.backend)
    id = driver.start(gated).id
    stream = Stream(api, f"?project={driver.project}&domain=development")
    threading.Thread(target=driver.backend.abort, args=[id]).start()
    told = [each["event"] for each in stream.until(id, "ABORTED")]
    assert told[-2:] == ["ABORT", "ABORTED"]  # it may hear of the beginning, too


def test_nobody_hears_of_projects_that_are_not_theirs(guarded):
    driver, other = Driver(guarded.server.backend), Driver(guarded.server.backend)
    token = guarded.token(driver.project, "viewer", (driver.project,))
    stream = Stream(guarded, "", token)
    other.run(sums, inputs={"values": [1]})
    id = driver.run(sums, inputs={"values": [1]}).id
    assert {each["execution"] for each in stream.until(id, "SUCCEEDED")} == {id}
    refused = guarded.get(f"/api/v1/events?project={other.project}", token=token)
    assert refused.status == 404
