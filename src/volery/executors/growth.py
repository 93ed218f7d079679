"""Growth of a fleet: when workers are started for works that wait."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from volery.executors.backlog import Backlog
    from volery.executors.fleet import Fleet
    from volery.executors.handout import Handout
    from volery.executors.pace import Pace
    from volery.ir.work import Work

START: Final = 0.1
"""Seconds that a worker takes to start, about: for less work than this it is not worth it."""
PATIENCE: Final = 0.01
"""Seconds that a work of a task that has not run yet waits before a worker is started for it."""


class Growth:
    """Starts workers for works that wait: for long ones at once, for short ones after a while.

    Args:
        fleet: of the workers.
        backlog: of the works.
        pace: how long those take.
        most: so many works of a code are looked at.

    Attributes:
        soon: workers will be started for works that have waited a little longer.
    """

    def __init__(self, fleet: Fleet, backlog: Backlog, pace: Pace, most: int) -> None:
        self.soon = False
        self._fleet = fleet
        self._backlog = backlog
        self._pace = pace
        self._most = most
        self._waiting_since: dict[str, float] = {}
        """By code, as long as works of it that may share a worker wait."""
        self._served: dict[str, float] = {}
        """When works of a code were last given to a worker, as long as others of it wait."""

    def serve(self, code: str, now: float) -> None:
        """A worker was given works of this code."""
        self._served[code] = now

    def look(self, out: Handout, now: float) -> None:
        """Start what is lacking after a round of handing out."""
        waiting = [] if out.closed else self._backlog.codes()
        self.soon = bool(waiting) and self._fleet.places > 0
        self._waiting_since = {code: self._waiting_since.get(code, now) for code in waiting}
        if self._fleet.hopeless or not (waiting or out.lacking):
            return
        starting = self._fleet.starting
        for code in self._in_turn({*waiting, *out.lacking}):
            wanted = out.lacking[code] - starting[code]
            if code in self._waiting_since:
                waited = now - self._waiting_since[code]
                works = islice(self._backlog.plain(code), self._most)
                wanted += sum(self._expected(work) + waited >= START for work in works)
            if not any(lane.moving and lane.code == code for lane in self._fleet.lanes):
                wanted = max(wanted, 1)
            self._start(code, wanted, now)

    def _in_turn(self, codes: set[str]) -> list[str]:
        """Codes that works wait for, those first that have not had a worker for longest."""
        self._served = {code: self._served.get(code, 0.0) for code in codes}
        return sorted(codes, key=self._served.__getitem__)

    def _start(self, code: str, wanted: int, now: float) -> None:
        """Start workers of one code, as many as there is room for."""
        for _ in range(wanted):
            if self._fleet.places <= 0:
                self._fleet.give_way(code, self._backlog.codes())
            if self._fleet.places <= 0:
                return
            if code in self._waiting_since:
                self._waiting_since[code] = now
            self._fleet.start(code)

    def _expected(self, work: Work) -> float:
        expected = self._pace.expected(work)
        return START - PATIENCE if expected is None else expected
