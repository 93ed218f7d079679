"""Handing out: which worker takes which work, and what the works may have of the machine."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from volery.executors.machine import SLACK, WITHOUT_A_WORD, Machine, cpu_of

if TYPE_CHECKING:
    from volery.executors.lane import Lane
    from volery.executors.machine import Share
    from volery.ir.policy import Request
    from volery.ir.work import Work


class Handout:
    """One round of it, over works in their order.

    A work that has to wait keeps back what it lacks, so that smaller ones behind it cannot go on
    taking that for ever; those that need other things go past. Where nothing goes on, it waits for
    a work that waits itself, perhaps for one of the smaller ones: then all go past.

    Args:
        machine: what works request parts of.
        lanes: the workers.
        limit: how many of them may be at work.
        still: nothing goes on but works that wait.

    Attributes:
        closed: works that share a worker have to wait: some of them have to end first.
        lacking: how many more workers would be given something at once, by code.
        batches: what each worker gets.
    """

    def __init__(
        self, machine: Machine, lanes: Sequence[Lane], limit: int, *, still: bool = False
    ) -> None:
        at_work = [lane for lane in lanes if lane.works and not lane.waiting]
        without_share = sum(lane.share is None for lane in at_work)
        takers = sorted((lane for lane in lanes if lane.open), key=lambda lane: lane.load)
        self.closed = False
        self.lacking: Counter[str] = Counter()
        self.batches: dict[Lane, list[Work]] = {}
        self._machine = machine
        self._still = still
        self._slots = limit - len(at_work)
        self._cpus = machine.capacity.cpu - machine.mine.cpu - without_share * WITHOUT_A_WORD
        self._idle: defaultdict[str, deque[Lane]] = defaultdict(deque)
        self._busy: defaultdict[str, deque[Lane]] = defaultdict(deque)
        for lane in takers:
            (self._busy if lane.works else self._idle)[lane.code].append(lane)

    def for_plain(self, code: str) -> Lane | None:
        """Who takes one more work of this code that may share a worker; None: nobody.

        They take turns.
        """
        if self.closed:
            return None
        if self._idle[code] and self._slots > 0 and self._has_cpus(WITHOUT_A_WORD):
            self._spend(WITHOUT_A_WORD)
            return self._idle[code].popleft()
        return self._busy[code].popleft() if self._busy[code] else None

    def again(self, lane: Lane) -> None:
        """A worker that may take more than what it has been given."""
        self._busy[lane.code].append(lane)

    def for_alone(self, work: Work) -> Lane | None:
        """Who takes a work for itself, with the share that it requests; None: nobody."""
        request = work.requests
        cpus = WITHOUT_A_WORD if request is None else cpu_of(request)
        if self._slots <= 0 or not self._has_cpus(cpus):
            self.closed = True
            self._cpus = min(self._cpus, 0.0)
        elif request is None or self._free.fits(request):
            lane = self._take(work.code, request)
            self._spend(cpus, request)
            return lane
        if request is not None and not self._still:
            self._free = self._free.kept_back(request)
        return None

    def resume(self, lane: Lane) -> bool:
        """Give a worker back the share that it lent while it waited; False: it has to wait on.

        Either way the share is not for those who come after it.
        """
        lent = lane.lent
        if lent is None:
            return True
        fits = self._has_cpus(lent.cpu)
        self.closed = self.closed or not fits
        self._slots -= 1
        self._cpus -= lent.cpu
        self._free -= lent
        if not fits or not self._machine.take_again(lent):
            return False
        lane.share = lent if lane.share is None else lane.share + lent
        lane.lent = None
        return True

    @cached_property
    def _free(self) -> Share:
        """What is left of the machine; not looked at unless it matters."""
        return self._machine.free()

    def _has_cpus(self, cpus: float) -> bool:
        return cpus <= self._cpus + SLACK

    def _spend(self, cpus: float, request: Request | None = None) -> None:
        self._slots -= 1
        self._cpus -= cpus
        if request is not None:
            self._free = self._free.without(request)

    def _take(self, code: str, request: Request | None) -> Lane | None:
        """An idle worker of this code with a share that is free."""
        if not self._idle[code]:
            self.lacking[code] += 1
            return None
        share = None if request is None else self._machine.take(request)
        if request is not None and share is None:  # somebody else was faster
            return None
        lane = self._idle[code].popleft()
        lane.share = share
        return lane
