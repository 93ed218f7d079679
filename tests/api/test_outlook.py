"""How a server is, also when nobody can tell."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from volery.api import outlook
from volery.api.outlook import HANGING, Outlook
from volery.errors import StoreError
from volery.wire.health import Check, Health

FINE = Health(ok=True, checks=(Check("storage", ok=True),), version="1")
BAD = Health(ok=False, checks=(Check("storage", ok=False, detail="s3://secret"),), version="1")


class Looks:
    """Looks that end when the test says so, with what it says."""

    def __init__(self, found: Health) -> None:
        self.found = found
        self.begun = 0
        self.end = Event()

    def __call__(self) -> Health:
        self.begun += 1
        self.end.wait()
        return self.found


def test_a_look_that_ends_is_told_whole():
    assert asyncio.run(Outlook(lambda: BAD).health()) is BAD


def test_those_who_ask_meanwhile_wait_for_the_same_look():
    looks = Looks(FINE)

    async def scene() -> list[Health]:
        found = Outlook(looks)
        asked = [asyncio.create_task(found.health()) for _ in range(5)]
        await asyncio.sleep(0)
        looks.end.set()
        return await asyncio.gather(*asked)

    assert asyncio.run(scene()) == [FINE] * 5
    assert looks.begun == 1


def test_a_look_that_hangs_is_told_and_later_with_what_the_last_one_found(monkeypatch):
    looks = Looks(BAD)

    async def scene() -> None:
        found = Outlook(looks)
        monkeypatch.setattr(outlook, "PATIENCE", 0.01)
        assert await found.health() == HANGING
        looks.end.set()
        monkeypatch.setattr(outlook, "PATIENCE", 20)
        assert await found.health() == BAD
        looks.end.clear()
        monkeypatch.setattr(outlook, "PATIENCE", 0.01)
        told = await found.health()
        assert told == Health(ok=False, checks=(Check("storage", ok=False),), version="")
        looks.found = FINE
        looks.end.set()
        monkeypatch.setattr(outlook, "PATIENCE", 20)
        assert await found.health() == FINE

    asyncio.run(scene())


def test_a_look_that_fails_is_told_to_whoever_asks():
    def fails() -> Health:
        raise StoreError("there is none")

    with pytest.raises(StoreError, match="there is none"):
        asyncio.run(Outlook(fails).health())
