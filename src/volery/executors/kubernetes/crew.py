"""A crew: a few threads that do jobs, now or later, and again while they fail in passing."""

from __future__ import annotations

import heapq
import logging
import random
from collections.abc import Callable
from itertools import count
from threading import Condition, Thread
from time import monotonic

_log = logging.getLogger(__name__)

FIRST, LONGEST = 0.25, 30.0
"""Seconds that a job waits before it is tried again: at first, and at most."""


class Again(Exception):
    """A job has to be done again.

    Attributes:
        why: it was not done, for the log.
        wait: seconds that it has to wait at least.
    """

    def __init__(self, why: object, wait: float = 0.0) -> None:
        super().__init__(str(why))
        self.wait = wait


def backoff(tries: int) -> float:
    """Seconds to wait after so many tries: twice as long each time, and never the same."""
    return min(LONGEST, FIRST * 2 ** min(tries, 16)) * random.uniform(0.5, 1.0)  # noqa: S311


class Crew:
    """Threads that do jobs in the order in which they are due.

    A job that raises `Again` is done again, later each time. Threads are started when they are
    needed.

    Args:
        name: of the threads.
        size: how many there are at most.
    """

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._jobs: list[tuple[float, int, int, Callable[[], object]]] = []
        self._numbers = count()
        self._changed = Condition()
        self._threads: list[Thread] = []
        self._idle = 0
        self._closed = False

    def do(self, job: Callable[[], object], after: float = 0.0) -> None:
        """Do a job, after so many seconds."""
        self._put(job, after, 0)

    def close(self) -> None:
        """Let go of all jobs that have not begun, and wait for those that have."""
        with self._changed:
            self._closed = True
            self._jobs.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _put(self, job: Callable[[], object], after: float, tries: int) -> None:
        with self._changed:
            if self._closed:
                return
            heapq.heappush(self._jobs, (monotonic() + after, next(self._numbers), tries, job))
            if self._idle < len(self._jobs) and len(self._threads) < self._size:
                thread = Thread(target=self._work, name=self._name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()

    def _work(self) -> None:
        while taken := self._take():
            job, tries = taken
            try:
                job()
            except Again as again:
                if tries and not tries & (tries - 1):  # the 1st, 2nd, 4th, 8th ... time
                    _log.warning("%s (tried %d times)", again, tries + 1)
                self._put(job, max(again.wait, backoff(tries)), tries + 1)
            except Exception:  # noqa: BLE001 - the thread goes on with other jobs
                _log.exception("a job of %s failed", self._name)

    def _take(self) -> tuple[Callable[[], object], int] | None:
        with self._changed:
            self._idle += 1
            try:
                while not self._closed:
                    wait = self._jobs[0][0] - monotonic() if self._jobs else None
                    if wait is not None and wait <= 0:
                        _, _, tries, job = heapq.heappop(self._jobs)
                        return job, tries
                    self._changed.wait(wait)
                return None
            finally:
                self._idle -= 1
