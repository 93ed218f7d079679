"""Works that wait for a worker."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from itertools import count
from typing import Final, NamedTuple

from volery.ir.work import Work

PARKED: Final = 256
"""So many works that wait for a part of the machine take nobody's place."""


class Waiting(NamedTuple):
    """A work, and its place in the order in which works are handed out."""

    place: int
    work: Work


class Backlog:
    """Works in the order in which they came, those that share workers by their code.

    Those that take a worker for themselves stand apart, for they may have to wait while others
    go past: eager ones, and those that request a part of the machine.
    """

    def __init__(self) -> None:
        self._plain: dict[str, OrderedDict[int, Waiting]] = {}
        """By code; none is empty."""
        self._heavy: OrderedDict[int, Waiting] = OrderedDict()
        self._eager: OrderedDict[int, Waiting] = OrderedDict()
        self._behind = count()
        self._before = count(-1, -1)

    def __len__(self) -> int:
        return sum(map(len, self._queues()))

    def __iter__(self) -> Iterator[Work]:
        return (each.work for queue in self._queues() for each in queue.values())

    def add(self, work: Work) -> None:
        """Put a work behind all others."""
        self._queue(work)[work.id] = Waiting(next(self._behind), work)

    def put_back(self, work: Work) -> None:
        """Put a work before all others."""
        queue = self._queue(work)
        queue[work.id] = Waiting(next(self._before), work)
        queue.move_to_end(work.id, last=False)

    def remove(self, id: int) -> bool:
        """Take a work out. False: it is not here."""
        for queue in self._queues():
            if waiting := queue.pop(id, None):
                self._drop_empty(waiting.work.code)
                return True
        return False

    def clear(self) -> None:
        self._plain.clear()
        self._heavy.clear()
        self._eager.clear()

    def codes(self) -> list[str]:
        """The code of works that may share a worker, that of the one in front first."""
        if len(self._plain) < 2:
            return list(self._plain)
        return sorted(self._plain, key=self._first_place)

    def plain(self, code: str) -> Iterator[Work]:
        """The works of this code that may share a worker, in order; there are some."""
        return (each.work for each in self._plain[code].values())

    def has_plain(self, code: str, before: float) -> bool:
        """Whether the first of these stands in front of a place."""
        return code in self._plain and self._first_place(code) < before

    def pop_plain(self, code: str) -> Work:
        """Take out the first of these."""
        work = self._plain[code].popitem(last=False)[1].work
        self._drop_empty(code)
        return work

    def alone(self) -> list[Waiting]:
        """The works that take a worker for themselves, in order."""
        return sorted([*self._heavy.values(), *self._eager.values()], key=_place)

    def heavy(self) -> list[Waiting]:
        """Those of them that are not eager, in order."""
        return list(self._heavy.values())

    def newest_eager(self) -> Waiting | None:
        """The last of those that are."""
        return self._eager[next(reversed(self._eager))] if self._eager else None

    @property
    def parked(self) -> int:
        """How many works take nobody's place while they wait.

        All eager ones are among them, for what they call comes behind them.
        """
        return len(self._eager) + min(len(self._heavy), PARKED)

    def _queue(self, work: Work) -> OrderedDict[int, Waiting]:
        if work.mode == "eager":
            return self._eager
        if work.requests is not None:
            return self._heavy
        return self._plain.setdefault(work.code, OrderedDict())

    def _queues(self) -> list[OrderedDict[int, Waiting]]:
        return [*self._plain.values(), self._heavy, self._eager]

    def _first_place(self, code: str) -> int:
        return next(iter(self._plain[code].values())).place

    def _drop_empty(self, code: str) -> None:
        if code in self._plain and not self._plain[code]:
            del self._plain[code]


def _place(waiting: Waiting) -> int:
    return waiting.place
