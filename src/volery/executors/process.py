"""The executor that runs tasks in warm worker processes on this machine."""

from __future__ import annotations

import os
import selectors
import signal
from collections import OrderedDict, deque
from collections.abc import Sequence
from itertools import islice
from math import ceil, inf
from pathlib import Path
from time import monotonic, time
from typing import Final

from volery.data.current import current
from volery.data.storage import Storage
from volery.executors.base import Started
from volery.executors.lane import AHEAD, MAX_AHEAD, Lane
from volery.executors.pace import Pace
from volery.executors.results import aborted, crashed, not_started, obituary
from volery.executors.worker import WorkerProcess
from volery.ir.work import Result, Work
from volery.worker.protocol import Done, FromWorker, Loaded, Ready, Returned

LONG: Final = 0.05
"""Seconds after which a work is long: it is reported as started, and nothing waits behind it."""
START: Final = 0.1
"""Seconds that a worker takes to start, about: for less work than this it is not worth it."""
PATIENCE: Final = 0.01
"""Seconds that a work of a task that has not run yet waits before a worker is started for it."""
GRACE: Final = 2.0
"""Seconds between SIGTERM and SIGKILL."""
MAX_FAILED_STARTS: Final = 3
"""So many workers in a row have to die on their way up before works are failed for it."""


class ProcessExecutor:
    """Keeps worker processes and spreads works over them.

    A worker is started when there is work that the others will not come to soon. It holds more
    than one work only while works are short; what waits behind a long one is taken back.

    Args:
        import_roots: folders that user modules are imported from.
        scratch: folder for temporary files; it is made when it is missing.
        storage: where large values come from and go to; None: what this process uses itself.
        workers: most worker processes; None: as many as there are processors.
    """

    def __init__(
        self,
        import_roots: Sequence[str],
        *,
        scratch: Path,
        storage: Storage | None = None,
        workers: int | None = None,
    ) -> None:
        self._import_roots = tuple(import_roots)
        self._scratch = scratch
        self._storage = storage or current()
        self._limit = workers or _processors()
        self._lanes: list[Lane] = []
        self._backlog: OrderedDict[int, Work] = OrderedDict()
        self._where: dict[int, Lane | None] = {}
        """Every work that is under way; None: in the backlog."""
        self._waiting_since = inf
        self._failed_starts = 0
        self._start_failure = ""
        self._pace = Pace()
        self._events: list[Started | Result] = []
        self._selector = selectors.DefaultSelector()

    # -- the port -------------------------------------------------------------------------

    def room(self) -> int:
        typical = self._pace.typical
        ahead = min(MAX_AHEAD, ceil(AHEAD / max(typical, 1e-6))) if typical is not None else 1
        return max(0, self._limit * ahead - len(self._where))

    def launch(self, works: Sequence[Work]) -> None:
        for work in works:
            if work.id not in self._where:
                self._where[work.id] = None
                self._backlog[work.id] = work
        self._distribute()

    def abort(self, ids: Sequence[int]) -> None:
        kill_at = monotonic() + GRACE
        for each in ids:
            if each in self._backlog:
                del self._backlog[each]
                self._end(aborted(each))
            elif lane := self._where.get(each):
                # Whether it has begun is known to the worker alone; its answer decides.
                lane.aborting.add(each)
                lane.kill_at = min(lane.kill_at, kill_at)
                lane.recall()

    def poll(self, timeout: float) -> list[Started | Result]:
        deadline = monotonic() + timeout
        while True:
            self._listen(0.0 if self._events else min(deadline, self._next_look()) - monotonic())
            self._look_after_lanes()
            self._distribute()
            if self._events or monotonic() >= deadline:
                events, self._events = self._events, []
                return events

    def close(self, grace: float = GRACE) -> None:
        """Stop everything; workers have `grace` seconds to end by themselves."""
        try:
            for lane in self._lanes:
                lane.worker.signal(signal.SIGTERM)
            self._await_deaths(monotonic() + grace)
        finally:  # whoever is in a hurry may interrupt the wait
            for lane in self._lanes:
                lane.worker.bury()
        self._lanes.clear()
        self._backlog.clear()
        self._where.clear()
        self._selector.close()

    # -- listening to the workers ---------------------------------------------------------

    def _listen(self, timeout: float) -> None:
        for lane in self._lanes:
            self._watch(lane)
        for key, ready in self._selector.select(max(0.0, timeout)):
            lane: Lane = key.data
            if ready & selectors.EVENT_WRITE:
                lane.worker.flush()
            if ready & selectors.EVENT_READ:
                messages = lane.worker.receive()
                if messages is None:
                    self._lost(lane)
                else:
                    self._hear(lane, messages)

    def _watch(self, lane: Lane) -> None:
        """Ask to be told when a worker has said something, or can take what waits for it."""
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if lane.worker.sending else 0)
        if self._selector.get_key(lane.worker.socket).events != wanted:
            self._selector.modify(lane.worker.socket, wanted, lane)

    def _hear(self, lane: Lane, messages: list[FromWorker]) -> None:
        now = monotonic()
        for message in messages:
            match message:
                case Ready():
                    lane.ready = True
                    self._failed_starts = 0
                case Loaded(work):
                    lane.begin(work, now)
                case Done(result):
                    self._done(lane, result, now)
                case Returned(ids):
                    self._returned(lane, ids, now)

    def _done(self, lane: Lane, result: Result, now: float) -> None:
        self._pace.learn(lane.finish(result.id, now), result)
        if result.id in lane.aborting:
            lane.aborting.discard(result.id)
            result = aborted(result.id, result.stdout, result.stderr)
        self._end(result)

    def _returned(self, lane: Lane, ids: Sequence[int], now: float) -> None:
        lane.recalled = False
        self._put_back(lane, [lane.withdraw(each) for each in ids])
        if lane.aborting:  # what has not come back is under way
            lane.condemned = True
            lane.kill_at = now + GRACE
            lane.worker.signal(signal.SIGTERM)
        else:
            lane.kill_at = inf

    def _lost(self, lane: Lane) -> None:
        self._selector.unregister(lane.worker.socket)
        self._lanes.remove(lane)
        death = lane.worker.bury()
        if not lane.ready:
            self._failed_starts += 1
            self._start_failure = obituary("a worker process died on its way up", death)
        if not lane.works:
            return
        first, *behind = lane.works.values()
        self._put_back(lane, behind)
        if first.id in lane.aborting:
            self._end(aborted(first.id, death.stdout, death.stderr))
        elif lane.condemned:  # it began just before the signal that was meant for another one
            self._put_back(lane, [first])
        else:
            self._end(crashed(first.id, time() - (monotonic() - lane.since), death))

    def _put_back(self, lane: Lane, works: Sequence[Work]) -> None:
        """Works that have not begun go elsewhere, before all others, or end here."""
        for work in reversed(works):
            if work.id in lane.aborting:
                lane.aborting.discard(work.id)
                self._end(aborted(work.id))
            else:
                self._where[work.id] = None
                self._backlog[work.id] = work
                self._backlog.move_to_end(work.id, last=False)

    def _end(self, result: Result) -> None:
        del self._where[result.id]
        self._events.append(result)

    # -- looking after them ---------------------------------------------------------------

    def _next_look(self) -> float:
        """When something may have to be done though nobody says anything."""
        looks = [lane.since + LONG for lane in self._lanes if lane.works and not lane.long]
        looks += [lane.kill_at for lane in self._lanes]
        if self._backlog and len(self._lanes) < self._limit:
            looks.append(monotonic() + PATIENCE)
        return min(looks, default=inf)

    def _look_after_lanes(self) -> None:
        now = monotonic()
        for lane in self._lanes:
            first = lane.first
            if first is not None and not lane.long and now - lane.since >= LONG:
                lane.long = True
                if not lane.loading:
                    self._events.append(Started(first, time() - (now - lane.since)))
            if lane.long and len(lane.works) > 1 and self._can_take_more():
                lane.recall()
            if now >= lane.kill_at:
                if lane.condemned or first in lane.aborting:
                    lane.worker.signal(signal.SIGKILL)
                    lane.kill_at = inf
                else:  # it waits behind another one, which keeps the worker from answering
                    lane.kill_at = now + GRACE

    def _can_take_more(self) -> bool:
        return len(self._lanes) < self._limit or any(lane.open for lane in self._lanes)

    def _distribute(self) -> None:
        """Hand out the backlog, and start workers for what is left of it."""
        now = monotonic()
        if self._backlog:
            self._hand_out(now)
        if self._backlog:
            self._waiting_since = min(self._waiting_since, now)
            self._start_more(now)
        else:
            self._waiting_since = inf

    def _hand_out(self, now: float) -> None:
        """Give works to the lanes that are open, in turns, beginning with the emptiest."""
        batches: dict[Lane, list[Work]] = {}
        takers = deque(sorted((lane for lane in self._lanes if lane.open), key=lambda it: it.load))
        while self._backlog and takers:
            lane = takers.popleft()
            _, work = self._backlog.popitem(last=False)
            expected = self._pace.expected(work)
            lane.add(work, AHEAD if expected is None else expected, now)
            self._where[work.id] = lane
            batches.setdefault(lane, []).append(work)
            if lane.open:
                takers.append(lane)
        for lane, works in batches.items():
            if not lane.send(works):
                self._put_back(lane, [lane.withdraw(each.id) for each in works])

    def _start_more(self, now: float) -> None:
        """Start workers for works that wait: long ones at once, short ones after a while."""
        if self._failed_starts >= MAX_FAILED_STARTS:
            if not self._lanes:
                self._give_up()
            return
        waited = now - self._waiting_since
        worth = sum(
            self._expected(work) + waited >= START
            for work in islice(self._backlog.values(), self._limit)
        )
        wanted = worth - sum(not lane.ready for lane in self._lanes)
        if not any(lane.moving for lane in self._lanes):
            wanted = max(wanted, 1)
        for _ in range(min(wanted, self._limit - len(self._lanes))):
            self._waiting_since = now
            self._start()

    def _expected(self, work: Work) -> float:
        expected = self._pace.expected(work)
        return START - PATIENCE if expected is None else expected

    def _start(self) -> None:
        try:
            lane = Lane(WorkerProcess(self._import_roots, self._scratch, self._storage))
        except OSError as error:
            self._failed_starts += 1
            self._start_failure = f"a worker process cannot be started: {error}"
        else:
            self._lanes.append(lane)
            self._selector.register(lane.worker.socket, selectors.EVENT_READ, lane)

    def _give_up(self) -> None:
        """Fail all that waits: no worker comes up."""
        for each in self._backlog:
            self._end(not_started(each, self._start_failure))
        self._backlog.clear()
        self._failed_starts = 0

    def _await_deaths(self, deadline: float) -> None:
        """Wait until the workers have hung up, however much some of them still have to say."""
        alive = {lane.worker.socket: lane for lane in self._lanes}
        while alive and monotonic() < deadline:
            for key, _ in self._selector.select(deadline - monotonic()):
                lane: Lane = key.data
                if lane.worker.receive() is None:
                    self._selector.unregister(lane.worker.socket)
                    del alive[lane.worker.socket]


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
