"""Contact with the API server, and for how long there was any."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from typing import Final, NamedTuple

DOUBT: Final = 30.0
"""Seconds for which an API server that was away is not believed when it refuses what it granted.

One that has just come up may not know yet who has which rights.
"""


class _State(NamedTuple):
    """Seconds of contact until the one that there is now, and since when there is one."""

    before: float
    since: float | None


class Contact:
    """A clock that stands still while nothing can be heard of the pods of a namespace.

    Pods that seem to wait may do anything meanwhile, so that time of silence is not held against
    them. One thread has contact; any may read the clock.

    Args:
        now: seconds, by a clock that never goes back.

    Attributes:
        ever: there was some.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._state = _State(0.0, None)
        self._lost = False
        self.ever = False

    @property
    def time(self) -> float:
        """Seconds for which there was contact."""
        before, since = self._state
        return before if since is None else before + self._now() - since

    @property
    def is_fresh(self) -> bool:
        """Whether it was lost, and is not back, or has only just come back."""
        since = self._state.since
        return self._lost and (since is None or self._now() < since + DOUBT)

    @contextmanager
    def made(self) -> Generator[None]:
        """There is contact in here."""
        self.ever = True
        self._state = _State(self._state.before, self._now())
        try:
            yield
        finally:
            self._state, self._lost = _State(self.time, None), True
