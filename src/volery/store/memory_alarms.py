"""Alarms of the store in memory: when something happens because of the time alone."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

_Row = TypeVar("_Row")


class Alarms(Generic[_Row]):
    """Rows for which something happens at a time."""

    __slots__ = ("_count", "_heap", "_times")

    def __init__(self) -> None:
        self._times: dict[_Row, float] = {}
        # What is no longer so in `_times` is passed over.
        self._heap: list[tuple[float, int, _Row]] = []
        self._count = count()

    def set(self, row: _Row, time: float | None) -> None:
        """Something happens for a row then; None: nothing any more."""
        if time is None:
            self._times.pop(row, None)
        else:
            self._times[row] = time
            heappush(self._heap, (time, next(self._count), row))

    def next(self) -> float | None:
        """When something happens next."""
        while self._heap:
            time, _, row = self._heap[0]
            if self._times.get(row) == time:
                return time
            heappop(self._heap)
        return None

    def due(self, at: float) -> list[_Row]:
        """Rows for which it is time, each once; they have no time from now on."""
        found: list[_Row] = []
        while (time := self.next()) is not None and time <= at:
            row = heappop(self._heap)[2]
            del self._times[row]
            found.append(row)
        return found
