"""Faults: ends of attempts that a test wants, by the name of a task or the path of a node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from volery.engine.model import BODY
from volery.errors import CallError, suggest


@dataclass(frozen=True)
class Crash:
    """The process that carries out the attempt dies: a failure of the system."""


@dataclass(frozen=True)
class Hang:
    """The attempt takes longer, by the clock of the test.

    Its function is called when the time has passed, unless a time limit has ended it before.

    Attributes:
        seconds: how long; forever where nothing is said.

    Raises:
        CallError: that is no time.
    """

    seconds: timedelta | float = inf

    def __post_init__(self) -> None:
        if not self.duration > 0:
            raise CallError(f"Hang takes a time above 0, got {self.seconds!r}")

    @property
    def duration(self) -> float:
        """The same as a number of seconds."""
        seconds = self.seconds
        return seconds.total_seconds() if isinstance(seconds, timedelta) else seconds


Fault = BaseException | Crash | Hang
"""What becomes of an attempt. An exception: the function raises it."""

Faults = Fault | type[BaseException] | Sequence[Fault | type[BaseException] | None]
"""For all attempts, or one for each; None, and what comes after the last: nothing."""

_TAKES = "exceptions, Crash(), Hang(seconds), or a list of these and None, one for each attempt"


class FaultPlan:
    """Knows which fault an attempt meets.

    Args:
        given: by the name of a task (short or in full) or the path of a node.

    Raises:
        CallError: something is no fault.
    """

    def __init__(self, given: Mapping[str, Faults]) -> None:
        for key, faults in given.items():
            for each in faults if isinstance(faults, list | tuple) else (faults,):
                if not _is_fault(each):
                    raise CallError(f"fail={{{key!r}: ...}} takes {_TAKES}; got {each!r}")
        self._given = given
        self._met: set[str] = set()
        self._ran: set[str] = set()

    @property
    def is_empty(self) -> bool:
        """Whether no attempt meets any."""
        return not self._given

    def of(self, path: str, task: str, attempt: int) -> Fault | None:
        """What becomes of an attempt.

        Args:
            path: of the node execution, from the top of the family.
            task: its full name.
            attempt: its number, from 1.
        """
        # The function of a dynamic or eager task is a node below it.
        names = (path, path.removesuffix(f"/{BODY}"), task, task.rpartition(".")[2])
        self._ran.update(names)
        for name in names:
            if name in self._given:
                self._met.add(name)
                return _of_attempt(self._given[name], attempt)
        return None

    def unmet(self) -> CallError | None:
        """The error for a name under which nothing has run."""
        for key in self._given:
            if key not in self._met:
                return CallError(
                    f"fail= names {key!r}, and nothing of that name has run",
                    hint=suggest(key, sorted(self._ran)),
                )
        return None


def _of_attempt(faults: Faults, attempt: int) -> Fault | None:
    if isinstance(faults, Sequence):
        faults = faults[attempt - 1 : attempt]
        return _of_attempt(faults[0], attempt) if faults and faults[0] is not None else None
    return faults() if isinstance(faults, type) else faults


def _is_fault(each: object) -> bool:
    if isinstance(each, type):
        return issubclass(each, BaseException)
    return each is None or isinstance(each, BaseException | Crash | Hang)
