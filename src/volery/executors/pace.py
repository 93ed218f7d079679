"""How long works take, as far as one can tell from those before."""

from __future__ import annotations

from typing import Final

from volery.ir.work import Result, Work

_WEIGHT: Final = 0.2
"""How much the newest duration counts in the moving averages."""


class Pace:
    """Moving averages of durations, in seconds.

    Attributes:
        typical: of all works; None before the first.
    """

    def __init__(self) -> None:
        self.typical: float | None = None
        self._tasks: dict[str, float] = {}

    def learn(self, work: Work, result: Result) -> None:
        took = result.ended - result.started
        self.typical = _average(self.typical, took)
        self._tasks[work.task] = _average(self._tasks.get(work.task), took / _calls(work))

    def expected(self, work: Work) -> float | None:
        """How long a work may take; None when its task has not run yet."""
        average = self._tasks.get(work.task)
        return None if average is None else average * _calls(work)


def _calls(work: Work) -> int:
    return work.elements or 1


def _average(before: float | None, newest: float) -> float:
    return newest if before is None else before + _WEIGHT * (newest - before)
