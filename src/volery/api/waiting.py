"""Clients that wait for what is live, and the thread that looks for all of them."""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop, Event as AsyncEvent, get_running_loop, timeout
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from threading import Event, Thread
from typing import Generic, TypeVar

from volery.errors import VoleryError

AGAIN = 1.0
"""Seconds between looks where one has failed."""
ROOM = 10_000
"""Lines that may wait for a client that does not read; then it is cut off, and may come back."""
QUIET = 15.0
"""Seconds without a word after which a stream says that it is still there."""

T = TypeVar("T")

_log = logging.getLogger("volery.server")


class Waiting(Generic[T]):
    """What is live, for one client. It belongs to the event loop.

    Args:
        cut: ends whatever the client is just being sent.
    """

    def __init__(self, cut: Callable[[], None]) -> None:
        self.cut = cut
        self.loop = get_running_loop()
        self._waiting: list[T] = []
        self._something = AsyncEvent()

    def give(self, frames: Sequence[T]) -> None:
        """Add something; a client that has no room for it is cut off."""
        if len(self._waiting) + len(frames) > ROOM:
            self.cut()
        else:
            self._waiting.extend(frames)
            self._something.set()

    async def take(self) -> list[T]:
        """What has come since the last call; nothing: it was quiet for long."""
        try:
            async with timeout(QUIET):
                await self._something.wait()
        except TimeoutError:
            return []
        taken, self._waiting = self._waiting, []
        self._something.clear()
        return taken


def hand_on(streams: Iterable[Waiting[T]], frames: Sequence[T]) -> None:
    """Give something to clients, from any thread."""
    by_loop: defaultdict[AbstractEventLoop, list[Waiting[T]]] = defaultdict(list)
    for stream in streams:
        by_loop[stream.loop].append(stream)
    for loop, some in by_loop.items():
        loop.call_soon_threadsafe(_give, some, frames)


def _give(streams: Iterable[Waiting[T]], frames: Sequence[T]) -> None:
    for stream in streams:
        stream.give(frames)


class Looks:
    """A thread that looks again and again whether there is something new.

    Args:
        name: of the thread.
        look: looks, and hands on what there is.
        period: seconds between looks.
    """

    def __init__(self, name: str, look: Callable[[], None], period: float) -> None:
        self._name = name
        self._look = look
        self._period = period
        self._stopping = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether nobody looks any more."""
        return self._stopping.is_set()

    def stop(self, waiting: Callable[[], Iterable[Waiting[T]]]) -> None:
        """End, and all who wait with it. Any thread may call it."""
        self._stopping.set()
        for each in waiting():
            each.loop.call_soon_threadsafe(each.cut)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause = self._period
        while not self._stopping.wait(pause):
            try:
                self._look()
                pause = self._period
            except VoleryError as error:  # those who wait just wait on, as everybody does
                _log.warning("%s: %s", self._name, error)
                pause = AGAIN
