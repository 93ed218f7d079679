"""A worker process together with the works that it was sent."""

from __future__ import annotations

from itertools import islice
from math import inf
from typing import Final

from volery.executors.worker import WorkerProcess
from volery.ir.specs import Loader
from volery.ir.work import Work
from volery.worker.protocol import Return, Run

AHEAD: Final = 0.02
"""Seconds of work that a worker holds, so that it need not wait for us between two works."""
MAX_AHEAD: Final = 256
"""Most works that a worker holds."""


class Lane:
    """Works go in at one end and come out as results at the other, in the same order.

    Attributes:
        ready: the worker is up.
        works: sent and not over; the first one is under way.
        load: seconds that they may take.
        loaded: tasks that the worker has said it has imported.
        since: when the first one began, or the import of its task, on the monotonic clock.
        long: the first one takes so long that nothing should wait behind it.
        recalled: the worker was asked for what it has not begun, and has not answered yet.
        aborting: ids of works that have to end.
        condemned: the worker was told to die.
        kill_at: when it is to be killed, on the monotonic clock.
    """

    def __init__(self, worker: WorkerProcess) -> None:
        self.worker = worker
        self.ready = False
        self.works: dict[int, Work] = {}
        self.load = 0.0
        self.loaded: set[tuple[Loader | None, str]] = set()
        self.since = 0.0
        self.long = False
        self.recalled = False
        self.aborting: set[int] = set()
        self.condemned = False
        self.kill_at = inf

    @property
    def first(self) -> int | None:
        """The id of the work that is under way."""
        return next(iter(self.works), None)

    @property
    def loading(self) -> bool:
        """Whether the task of the first work is yet to be imported, so that nothing of it runs."""
        return any(_task(work) not in self.loaded for work in islice(self.works.values(), 1))

    @property
    def open(self) -> bool:
        """Whether it may be given one more work."""
        return (
            self.ready
            and self.load < AHEAD
            and len(self.works) < MAX_AHEAD
            and not (self.long or self.recalled or self.condemned or self.worker.deaf)
        )

    @property
    def moving(self) -> bool:
        """Whether it will be open soon, as far as one can tell."""
        return not (self.long or self.condemned)

    def add(self, work: Work, expected: float, now: float) -> None:
        """Count a work in; `send` sends it."""
        if not self.works:
            self.since = now
        self.works[work.id] = work
        self.load += expected

    def send(self, works: list[Work]) -> bool:
        """Send works that were added. False: the worker is dead and has not got them."""
        self.worker.send(Run(tuple(works)))
        return not self.worker.deaf

    def recall(self) -> None:
        """Ask for the works that have not begun."""
        if not self.recalled:
            self.recalled = True
            self.worker.send(Return())

    def begin(self, work: int, now: float) -> None:
        """The task of the first work has been imported."""
        self.loaded.add(_task(self.works[work]))
        self.since = now
        self.long = False

    def withdraw(self, work: int) -> Work:
        """Take out a work that came back as it was."""
        self.load -= self.load / len(self.works)
        return self.works.pop(work)

    def finish(self, work: int, now: float) -> Work:
        """Take out a work that is over. The next one has begun."""
        self.since = now
        self.long = False
        return self.withdraw(work)


def _task(work: Work) -> tuple[Loader | None, str]:
    return work.loader, work.task
