"""Streams of the journal: what is read for all of them, and what each client gets."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from volery.api import sse, waiting
from volery.api.sse import Frame, Hub, frame
from volery.errors import StoreError, Unavailable
from volery.store.base import Line
from volery.store.search import Search
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite

WRITE = """
    INSERT INTO journal (root, execution, path, attempt, event, at, detail)
    VALUES (?, ?, ?, ?, ?, ?, ?)"""


class Journal:
    """A real journal, which the test writes to."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.fails = 0

    def write(self, root: str, *events: str) -> None:
        rows = [(root, root, "", 0, event, 1.0, "") for event in events]
        with self._store.database.write() as cursor:
            cursor.executemany(WRITE, rows)

    def latest(self, roots):
        if self.fails:
            self.fails -= 1
            raise StoreError("the database is away")
        return Search(self._store.database).latest(roots)

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        return self._store.journal(root, after, limit)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(open_sqlite(tmp_path / "volery.db")) as store:
        yield Journal(store)


@pytest.fixture
def hub(journal: Journal) -> Iterator[Hub]:
    hub = Hub(journal)
    hub.start()
    yield hub
    hub.stop()


async def until_end(hub: Hub, root: str, after: int = 0) -> list[Frame]:
    """What a stream gets until the execution's last word."""
    found: list[Frame] = []
    async for frames in hub.follow(root, after, cut=lambda: None):
        found += frames
        if any(each.ended for each in frames):
            break
    return found


def seqs(frames: list[Frame]) -> list[int]:
    return [each.seq for each in frames]


def test_a_line_is_an_event_with_its_seq_as_id():
    line = Line(7, 1.5, "e1", "n0", 2, "FAILED", 'so "it" is\n')
    assert frame(line).data == (
        b'id: 7\ndata: {"seq":7,"at":1.5,"execution":"e1","path":"n0","attempt":2,'
        b'"event":"FAILED","detail":"so \\"it\\" is\\n"}\n\n'
    )


@pytest.mark.parametrize(
    ("line", "ended"),
    [
        (Line(1, 0.0, "e1", "", 0, "SUCCEEDED"), "e1"),
        (Line(1, 0.0, "e1", "", 0, "ABORTED"), "e1"),
        (Line(1, 0.0, "e1", "", 0, "ABORT"), ""),
        (Line(1, 0.0, "e1", "", 0, "RUNNING"), ""),
        (Line(1, 0.0, "e1", "", 1, "SUCCEEDED"), ""),
        (Line(1, 0.0, "e1", "n0", 0, "SUCCEEDED"), ""),
    ],
)
def test_the_last_word_is_that_of_the_execution_itself(line, ended):
    assert frame(line).ended == ended


def test_a_stream_has_what_was_there_and_what_comes(journal, hub):
    async def scene() -> None:
        journal.write("a", "RUNNING", "ABORT")
        stream = asyncio.create_task(until_end(hub, "a"))
        await asyncio.sleep(0)
        await asyncio.to_thread(journal.write, "b", "RUNNING")
        await asyncio.to_thread(journal.write, "a", "ABORTED")
        assert seqs(await stream) == [1, 2, 4]

    asyncio.run(scene())


def test_a_stream_begins_behind_what_is_known(journal, hub):
    journal.write("a", "RUNNING", "ABORT", "ABORTED")
    assert seqs(asyncio.run(until_end(hub, "a", after=2))) == [3]


def test_no_stream_misses_doubles_or_shuffles_a_line(journal, hub, monkeypatch):
    monkeypatch.setattr(sse, "PAGE", 7)  # so that there are many
    drawn = random.Random(3)
    roots = ["a", "b", "c"]

    def write() -> None:
        for _ in range(300):
            journal.write(drawn.choice(roots), *["RUNNING"] * drawn.randrange(1, 5))
        for root in roots:
            journal.write(root, "SUCCEEDED")

    async def scene() -> list[tuple[str, int, list[int]]]:
        async def one(root: str, after: int, turns: int) -> tuple[str, int, list[int]]:
            for _ in range(turns):
                await asyncio.to_thread(int)  # some begin late
            return root, after, seqs(await until_end(hub, root, after))

        writer = asyncio.create_task(asyncio.to_thread(write))
        streams = [
            one(drawn.choice(roots), drawn.randrange(200), drawn.randrange(300)) for _ in range(40)
        ]
        found = await asyncio.gather(*streams)
        await writer
        return found

    for root, after, found in asyncio.run(scene()):
        assert found == [line.seq for line in journal.journal(root, after, 10_000)]


async def joined(stream) -> None:
    """Read a stream until it waits for what comes."""
    while await anext(stream):
        pass


def test_a_client_that_does_not_read_is_cut_off(journal, hub, monkeypatch):
    monkeypatch.setattr(waiting, "ROOM", 10)
    monkeypatch.setattr(waiting, "QUIET", 0.01)

    async def scene() -> None:
        cut = asyncio.Event()
        stream = hub.follow("a", 0, cut.set)
        await joined(stream)
        await asyncio.to_thread(journal.write, "a", *["RUNNING"] * 11)
        await asyncio.wait_for(cut.wait(), 20)
        await stream.aclose()

    asyncio.run(scene())


def test_a_quiet_stream_says_that_it_is_there(journal, hub, monkeypatch):
    monkeypatch.setattr(waiting, "QUIET", 0.01)

    async def scene() -> None:
        stream = hub.follow("a", 0, cut=lambda: None)
        assert await anext(stream) == []
        await stream.aclose()

    asyncio.run(scene())


def test_streams_go_on_when_the_database_is_back(journal, hub, monkeypatch):
    monkeypatch.setattr(waiting, "AGAIN", 0.01)
    journal.fails = 3

    async def scene() -> None:
        stream = asyncio.create_task(until_end(hub, "a"))
        while journal.fails:
            await asyncio.to_thread(int)
        await asyncio.to_thread(journal.write, "a", "SUCCEEDED")
        assert seqs(await stream) == [1]

    asyncio.run(scene())


def test_the_end_of_the_hub_is_the_end_of_all_streams(journal, monkeypatch):
    monkeypatch.setattr(waiting, "QUIET", 0.01)

    async def scene() -> None:
        hub = Hub(journal)
        hub.start()
        cut = asyncio.Event()
        stream = hub.follow("a", 0, cut.set)
        await joined(stream)
        await asyncio.to_thread(hub.stop)
        await asyncio.wait_for(cut.wait(), 20)
        await stream.aclose()
        with pytest.raises(Unavailable):
            await until_end(hub, "a")

    asyncio.run(scene())
