"""The worker processes of an executor: how they start, speak and end."""

from __future__ import annotations

import selectors
import signal
from collections import Counter
from collections.abc import Container, Generator, Sequence
from contextlib import contextmanager
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from volery.executors import processes
from volery.executors.lane import Lane
from volery.executors.results import Death, obituary
from volery.executors.worker import WorkerProcess

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.worker.protocol import FromWorker

GRACE: Final = 2.0
"""Seconds between SIGTERM and SIGKILL."""
TURN: Final = 1.0
"""Seconds that a worker serves its code before it may have to make room for other code."""
MAX_FAILED_STARTS: Final = 3
"""So many workers in a row have to die on their way up before none is expected to come up."""
AGAIN: Final = 5.0
"""Seconds after which one is tried again nevertheless."""


class Fleet:
    """Worker processes.

    Args:
        import_roots: folders that user modules are imported from, behind the works' own code.
        scratch: folder for temporary files; it is made when it is missing.
        storage: where large values come from and go to.
        most: so many are kept, beside those that wait for calls.

    Attributes:
        lanes: the workers with their works.
        trouble: why workers do not come up; the newest of the reasons.
    """

    def __init__(
        self, import_roots: Sequence[str], scratch: Path, storage: Storage, most: int
    ) -> None:
        self.lanes: list[Lane] = []
        self.trouble = ""
        self._import_roots = tuple(import_roots)
        self._scratch = scratch
        self._storage = storage
        self._most = most
        self._failed_starts = 0
        self._failed = -inf
        """When the last one did not come up."""
        self._selector = selectors.DefaultSelector()

    # -- how many there are ---------------------------------------------------------------

    @property
    def places(self) -> int:
        """How many more may be started."""
        return self._most - sum(not (lane.waiting or lane.over) for lane in self.lanes)

    @property
    def starting(self) -> Counter[str]:
        """How many are on their way up, by the code that they serve."""
        return Counter(lane.code for lane in self.lanes if not lane.ready)

    @property
    def hopeless(self) -> bool:
        """Whether no worker is expected to come up."""
        return self._failed_starts >= MAX_FAILED_STARTS and monotonic() < self._failed + AGAIN

    def start(self, code: str) -> None:
        """Start one more, for works of this code."""
        roots = (code, *self._import_roots) if code else self._import_roots
        try:
            worker = WorkerProcess(roots, self._scratch, self._storage)
        except OSError as error:
            self._did_not_start(f"a worker process cannot be started: {error}")
        else:
            lane = Lane(worker, code, monotonic())
            self.lanes.append(lane)
            self._selector.register(worker.channel.reading, selectors.EVENT_READ, lane)

    def hope(self) -> None:
        """Try again after `hopeless`, or because one came up."""
        self._failed_starts = 0

    def _did_not_start(self, why: str) -> None:
        self._failed_starts += 1
        self._failed = monotonic()
        self.trouble = why

    def retire(self) -> None:
        """End workers that are done: that were started for works which called others, or leave."""
        staying = [lane for lane in self.lanes if not lane.condemned]
        surplus = len(staying) - self._most - sum(lane.eager for lane in staying)
        if surplus > 0:
            idle = [lane for lane in staying if lane.idle]
            for lane in idle[:surplus]:
                lane.condemn(monotonic() + GRACE)
        for lane in staying:
            if lane.leaving and not (lane.works or lane.condemned):
                lane.condemn(monotonic() + GRACE)

    def give_way(self, code: str, wanted: Container[str]) -> None:
        """Have a worker of other code end, so that one of this code can be started.

        The one that has been idle longest. Where none is and no worker has this code, one that has
        served its code for a while ends after what it was given.

        Args:
            code: that of the works that wait.
            wanted: code that works wait for: its idle workers are about to get those.
        """
        now = monotonic()
        staying = [lane for lane in self.lanes if not (lane.condemned or lane.waiting)]
        others = [lane for lane in staying if lane.code != code]
        idle = [lane for lane in others if lane.idle and lane.code not in wanted]
        served = [lane for lane in others if now - lane.born >= TURN]
        if idle:
            min(idle, key=lambda lane: lane.since).condemn(now + GRACE)
        elif len(others) == len(staying) and not any(lane.leaving_soon for lane in others):
            for lane in sorted(served, key=lambda lane: (lane.long, lane.born))[:1]:
                lane.leaving = True

    def bury(self, lane: Lane) -> Death:
        """Take a worker out that has hung up."""
        self._selector.unregister(lane.worker.channel.reading)
        self.lanes.remove(lane)
        _kill([lane])
        death = lane.worker.bury(lane.blot)
        if not lane.ready:
            self._did_not_start(obituary("a worker process died on its way up", death))
        return death

    def close(self, grace: float) -> None:
        """End all; they have `grace` seconds to do so by themselves."""
        try:
            for lane in self.lanes:
                lane.worker.signal(signal.SIGTERM)
            self._await_deaths(monotonic() + grace)
        finally:  # whoever is in a hurry may interrupt the wait
            _kill(self.lanes)
            for lane in self.lanes:
                lane.worker.bury()
            self.lanes.clear()
            self._selector.close()

    # -- what they say --------------------------------------------------------------------

    def listen(
        self, timeout: float, news: int | None
    ) -> Generator[tuple[Lane | None, list[FromWorker] | None]]:
        """Wait for messages; they come with the worker that sends them.

        None in place of messages: it is dead. None in place of a worker: `news` can be read.
        """
        for lane in self.lanes:
            self._watch(lane)
        with self._watching(news):
            ready = self._selector.select(max(0.0, timeout))
        for key, events in ready:
            lane: Lane | None = key.data
            if lane is None:
                yield None, None
                continue
            if events & selectors.EVENT_WRITE:
                lane.worker.channel.flush()
            if events & selectors.EVENT_READ:
                yield lane, lane.worker.receive()

    @contextmanager
    def _watching(self, news: int | None) -> Generator[None]:
        if news is None:
            yield
            return
        self._selector.register(news, selectors.EVENT_READ)
        try:
            yield
        finally:
            self._selector.unregister(news)

    def _watch(self, lane: Lane) -> None:
        """Ask to be told when a worker has said something, or can take what waits for it."""
        channel = lane.worker.channel
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if channel.waiting else 0)
        if self._selector.get_key(channel.reading).events != wanted:
            self._selector.modify(channel.reading, wanted, lane)

    def _await_deaths(self, deadline: float) -> None:
        """Wait until the workers have hung up, however much some of them still have to say."""
        alive = {lane.worker.channel.reading: lane for lane in self.lanes}
        while alive and monotonic() < deadline:
            for key, _ in self._selector.select(deadline - monotonic()):
                lane: Lane = key.data
                if lane.worker.receive() is None:
                    self._selector.unregister(lane.worker.channel.reading)
                    del alive[lane.worker.channel.reading]


def _kill(lanes: Sequence[Lane]) -> None:
    """Kill workers with all that they have started, also what has left their process group."""
    for lane in lanes:
        lane.worker.signal(signal.SIGKILL)
    used = [lane.worker for lane in lanes if lane.loaded or lane.works]
    if used:
        processes.kill_strays({worker.pid: worker.name for worker in used})
