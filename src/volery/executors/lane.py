"""A worker process together with the works that it was sent."""

from __future__ import annotations

import signal
from itertools import islice
from math import inf
from typing import Final

from volery.executors.machine import Share
from volery.executors.worker import WorkerProcess
from volery.ir.failure import Failure
from volery.ir.secret import Blotter
from volery.ir.specs import Loader
from volery.ir.work import IMPORT_LIMIT, CallEnded, Work
from volery.worker.output import Blot
from volery.worker.protocol import Answer, Return, Run

AHEAD: Final = 0.02
"""Seconds of work that a worker holds, so that it need not wait for us between two works."""
MAX_AHEAD: Final = 256
"""Most works that a worker holds."""


class Lane:
    """Works go in at one end and come out as results at the other, in the same order.

    Attributes:
        code: import root of the works that it serves, before the executor's own; empty: only those.
        ready: the worker is up.
        born: when it was started, on the monotonic clock.
        works: sent and not over; the first one is under way.
        load: seconds that they may take.
        loaded: tasks that the worker has said it has imported.
        since: when the first one began, or the import of its task, on the monotonic clock.
        element_since: the same for the element of a map that it has come to.
        long: the first one takes so long that nothing should wait behind it.
        recalled: the worker was asked for what it has not begun, and has not answered yet.
        aborting: ids of works that have to end.
        looked: when its output was looked at last.
        leaving: it gets no further works and ends after those that it has.
        condemned: the worker was told to die.
        verdict: why: the work that it dies for, and the failure of that.
        kill_at: when it is to be killed, on the monotonic clock.
        share: the part of the machine that its only work has taken; None: no part.
        lent: what of it others may have while the work waits for calls.
        asked: calls of an eager work that it waits for.
        held: the end of the last one, which it hears of when its share is free again.
        stopped_since: since when the process is known to be stopped; None: it is not.
    """

    def __init__(self, worker: WorkerProcess, code: str, now: float) -> None:
        self.worker = worker
        self.code = code
        self.ready = False
        self.born = now
        self.works: dict[int, Work] = {}
        self.load = 0.0
        self.loaded: set[tuple[Loader | None, str]] = set()
        self.since = 0.0
        self.element_since = 0.0
        self.long = False
        self.recalled = False
        self.looked = 0.0
        self.leaving = False
        self.aborting: set[int] = set()
        self.condemned = False
        self.verdict: tuple[int, Failure] | None = None
        self.kill_at = inf
        self.share: Share | None = None
        self.lent: Share | None = None
        self.asked: set[str] = set()
        self.held: CallEnded | None = None
        self.stopped_since: float | None = None

    @property
    def first(self) -> Work | None:
        """The work that is under way."""
        return next(iter(self.works.values()), None)

    @property
    def loading(self) -> bool:
        """Whether the task of the first work is yet to be imported, so that nothing of it runs."""
        return any(_task(work) not in self.loaded for work in islice(self.works.values(), 1))

    @property
    def waiting(self) -> bool:
        """Whether the first work does nothing but wait for calls."""
        return bool(self.asked)

    @property
    def eager(self) -> bool:
        """Whether the first work may wait for calls."""
        first = self.first
        return first is not None and first.mode == "eager"

    @property
    def open(self) -> bool:
        """Whether it may be given one more work."""
        return (
            self.ready
            and self.load < AHEAD
            and len(self.works) < MAX_AHEAD
            and not (self.long or self.recalled or self.leaving or self.condemned)
            and not (self.worker.channel.deaf or self.worker.output.full)
        )

    @property
    def moving(self) -> bool:
        """Whether it will be open soon, as far as one can tell."""
        return not (self.long or self.leaving or self.condemned)

    @property
    def limit(self) -> float:
        """Seconds that the first work may take, or the import of its task."""
        first = self.first
        if first is None or first.limit is None:
            return inf
        return max(first.limit, IMPORT_LIMIT) if self.loading else first.limit

    @property
    def due(self) -> float:
        """When these seconds are over."""
        return inf if self.condemned else self.element_since + self.limit

    @property
    def idle(self) -> bool:
        """Whether it could begin a work at once."""
        return self.ready and not self.works and not self.condemned

    @property
    def leaving_soon(self) -> bool:
        """Whether it ends by itself, as far as one can tell."""
        return self.leaving and not self.long

    @property
    def over(self) -> bool:
        """Whether it has nothing to do any more but end."""
        return self.condemned and not self.works

    @property
    def blot(self) -> Blot:
        """Blots the secrets of the first work out of what it prints."""
        first = self.first
        return Blotter(first.secrets).text if first is not None and first.secrets else str

    def add(self, work: Work, expected: float, now: float) -> None:
        """Count a work in; `send` sends it."""
        if not self.works:
            self._next(now)
        self.works[work.id] = work
        self.load += expected

    def send(self, works: list[Work]) -> bool:
        """Send works that were added. False: the worker is dead and has not got them."""
        self.worker.send(Run(tuple(works)))
        return not self.worker.channel.deaf

    def recall(self) -> None:
        """Ask for the works that have not begun."""
        if not self.recalled:
            self.recalled = True
            self.worker.send(Return())

    def begin(self, work: int, now: float) -> None:
        """The task of the first work has been imported."""
        self.loaded.add(_task(self.works[work]))
        self._next(now)

    def condemn(self, kill_at: float, verdict: Failure | None = None) -> None:
        """Have the worker end, and be killed if it does not; with why its first work fails."""
        first = self.first
        if verdict is not None and first is not None and self.verdict is None:
            self.verdict = (first.id, verdict)
        self.condemned = True
        self.kill_at = min(self.kill_at, kill_at)
        self.worker.signal(signal.SIGTERM)

    def hear_end(self, end: CallEnded) -> None:
        """Tell the worker how a call ended."""
        self.asked.discard(end.id)
        self.held = None
        self.worker.send(Answer(end))

    def withdraw(self, work: int) -> Work:
        """Take out a work that came back as it was."""
        self.load -= self.load / len(self.works)
        taken = self.works.pop(work)
        # Also the first one comes back, if the worker slept so long that it was taken for long.
        self.long = self.long and bool(self.works)
        return taken

    def finish(self, work: int, now: float) -> Work:
        """Take out a work that is over. The next one has begun."""
        if len(self.works) == 1:
            self.worker.output.empty()
        self._next(now)
        self.asked.clear()
        self.held = self.lent = None
        return self.withdraw(work)

    def _next(self, now: float) -> None:
        self.since = self.element_since = self.looked = now
        self.long = False


def _task(work: Work) -> tuple[Loader | None, str]:
    return work.loader, work.task
