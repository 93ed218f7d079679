"""The thread of an executor that waits for all its containers at once.

It never waits for the engine: what takes time is a step, which other threads take.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from volery.executors.docker.api import Stream

T = TypeVar("T")

AT_ONCE: Final = 4
"""Steps of a kind that are taken at a time: an engine does not start more any faster."""
HOLD: Final = 0.02
"""Seconds between looks whether others have taken what they were told."""
LONGEST: Final = 60.0
"""Seconds between looks at most."""
_MANY: Final = 4096


class Loop:
    """Calls what is to be called, one after the other, in one thread.

    Args:
        look: called with the monotonic time whenever something may have happened; gives the time
            when it wants to be called again.
        full: whether others have yet to take much of what they were told: logs wait meanwhile.
        broken: called with an error that nobody expected; the thread ends.
    """

    def __init__(
        self,
        look: Callable[[float], float],
        full: Callable[[], bool],
        broken: Callable[[Exception], None],
    ) -> None:
        self._look = look
        self._full = full
        self._broken = broken
        self._calls: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._selector = DefaultSelector()
        self._logs = DefaultSelector()
        self._wake, self._waker = os.pipe()
        for end in (self._wake, self._waker):
            os.set_blocking(end, False)
        self._selector.register(self._wake, EVENT_READ, self._woken)
        self._starts = ThreadPoolExecutor(AT_ONCE, "volery-docker-start")
        self._others = ThreadPoolExecutor(AT_ONCE, "volery-docker-step")
        self._thread = Thread(target=self._run, name="volery-docker", daemon=True)
        self._closing = False
        self._closed = False

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End: what is being done is waited for, and no further step is taken."""
        if self._closed:
            return
        self.call(self._end)
        self._thread.join()
        for pool in (self._starts, self._others):
            pool.shutdown(cancel_futures=True)
        self._answer()  # so that whoever has asked for a stream can close it
        self._closed = True
        self._selector.close()
        self._logs.close()
        os.close(self._wake)
        os.close(self._waker)

    def call(self, do: Callable[[], None]) -> None:
        """Have the thread call something, unless it has ended. Any thread may ask for it."""
        if self._closed:
            return
        self._calls.put(do)
        with suppress(BlockingIOError):  # it will wake up anyway
            os.write(self._waker, b"\0")

    def take(
        self,
        step: Callable[[], T],
        then: Callable[[T | Exception], None],
        *,
        start: bool = False,
    ) -> None:
        """Have a step taken by another thread; `then` gets what it gives, or its error.

        Args:
            step: may wait.
            then: may not; it is called in the thread of the loop.
            start: it starts a container: others do not queue behind such steps.
        """
        if self._closing:
            return

        def take() -> None:
            try:
                answer: T | Exception = step()
            except Exception as error:  # noqa: BLE001 - whoever has asked for it decides
                answer = error
            self.call(lambda: then(answer))

        (self._starts if start else self._others).submit(take)

    def watch(self, stream: Stream, heard: Callable[[], None], *, log: bool = False) -> None:
        """Call `heard` when a stream can be read. `log`: what it gives is passed on to others."""
        (self._logs if log else self._selector).register(stream.connection, EVENT_READ, heard)
        self.call(heard)  # something may have come with its head

    def forget(self, stream: Stream) -> None:
        """A stream is to be closed."""
        for selector in (self._selector, self._logs):
            with suppress(KeyError, ValueError):
                selector.unregister(stream.connection)

    # -- in the thread --------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._closing:
                self._turn()
        except Exception as error:  # noqa: BLE001 - nobody else would be told
            self._closing = True
            self._broken(error)

    def _turn(self) -> None:
        self._answer()
        if self._closing:
            return
        held = self._full()
        if not held:
            self._selector.register(self._logs, EVENT_READ, self._heard_logs)
        wait = min(self._look(monotonic()) - monotonic(), HOLD if held else LONGEST)
        for key, _ in self._selector.select(max(0.0, wait)):
            key.data()
        if not held:
            self._selector.unregister(self._logs)

    def _answer(self) -> None:
        with suppress(Empty):
            while True:
                self._calls.get_nowait()()

    def _heard_logs(self) -> None:
        for key, _ in self._logs.select(0):
            key.data()

    def _woken(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._wake, _MANY)

    def _end(self) -> None:
        self._closing = True
