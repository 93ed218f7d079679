"""Admission: whoever needs a part of the engine's machine gets it in turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from volery.executors.machine import Machine, Share
    from volery.ir.policy import Request


class _Waiting(NamedTuple):
    """Somebody who waits for a part."""

    who: object
    request: Request
    then: Callable[[Share], None]


class Admission:
    """Hands out parts of a machine. Only the thread of the loop uses it.

    Args:
        machine: what there are parts of.
        short: called when somebody has to wait, so that others may give back what they do not use.

    Attributes:
        crowded: somebody waits. Any thread may look.
    """

    def __init__(self, machine: Machine, short: Callable[[], None]) -> None:
        self._machine = machine
        self._short = short
        self._waiting: deque[_Waiting] = deque()

    @property
    def crowded(self) -> bool:
        return bool(self._waiting)

    def want(
        self, who: object, request: Request | None, then: Callable[[Share | None], None]
    ) -> None:
        """Call `then` with what is requested, when it is free; at once with None for nothing."""
        if request is None:
            then(None)
            return
        self._waiting.append(_Waiting(who, request, then))
        self._admit()

    def forget(self, who: object) -> bool:
        """Somebody does not want it any more; whether they have waited."""
        found = next((each for each in self._waiting if each.who is who), None)
        if found is not None:
            self._waiting.remove(found)
            self._admit()
        return found is not None

    def give_back(self, share: Share | None) -> None:
        """Let others have what was taken."""
        if share is not None:
            self._machine.give_back(share)
        self._admit()

    def _admit(self) -> None:
        while self._waiting:
            _, request, then = self._waiting[0]
            share = self._machine.take(request)
            if share is None:
                self._short()
                return
            self._waiting.popleft()
            then(share)
