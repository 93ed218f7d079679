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
    """Works in the order in which they came.

    Those that take a worker for themselves stand apart, for they may have to wait while others
    go past: eager ones, and those that request a part of the machine.
    """

    def __init__(self) -> None:
        self._plain: OrderedDict[int, Waiting] = OrderedDict()
        self._heavy: OrderedDict[int, Waiting] = OrderedDict()
        self._eager: OrderedDict[int, Waiting] = OrderedDict()
        self._behind = count()
        self._before = count(-1, -1)

    def __len__(self) -> int:
        return len(self._plain) + len(self._heavy) + len(self._eager)

    def __iter__(self) -> Iterator[Work]:
        queues = (self._plain, self._heavy, self._eager)
        return (each.work for queue in queues for each in queue.values())

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
        return any(queue.pop(id, None) for queue in (self._plain, self._heavy, self._eager))

    def clear(self) -> None:
        for queue in (self._plain, self._heavy, self._eager):
            queue.clear()

    def plain(self) -> Iterator[Work]:
        """The works that may share a worker, in order."""
        return (each.work for each in self._plain.values())

    def has_plain(self, before: float) -> bool:
        """Whether the first of these stands in front of a place."""
        first = next(iter(self._plain.values()), None)
        return first is not None and first.place < before

    def pop_plain(self) -> Work:
        """Take out the first of these."""
        return self._plain.popitem(last=False)[1].work

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
        return self._plain if work.requests is None else self._heavy


def _place(waiting: Waiting) -> int:
    return waiting.place
