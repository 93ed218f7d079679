"""A clock that stands still until somebody moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

from volery.errors import CallError

START = datetime(2030, 1, 1, tzinfo=UTC)
"""When fake clocks begin that are not told otherwise: far from today, so that a mix-up shows."""


class FakeClock:
    """A `volery.clock.Clock` for tests. Any thread may use it.

    Args:
        start: a time with its zone, or seconds since the epoch.

    Raises:
        CallError: the time has no zone.
    """

    def __init__(self, start: datetime | float = START) -> None:
        if isinstance(start, datetime):
            if start.tzinfo is None:
                raise CallError(
                    f"FakeClock takes a time with its zone, got {start!r}",
                    hint="write datetime(..., tzinfo=UTC)",
                )
            start = start.timestamp()
        self._now = float(start)
        self._moving = Lock()

    def __repr__(self) -> str:
        return f"<FakeClock at {datetime.fromtimestamp(self._now, UTC).isoformat()}>"

    def now(self) -> float:
        return self._now

    def advance(self, by: timedelta | float) -> None:
        """Move on by a duration, or by so many seconds.

        Raises:
            CallError: it is negative.
        """
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        if seconds < 0:
            raise CallError(f"a clock moves forward, got {by!r}")
        with self._moving:
            self._now += seconds

    def skip(self, to: float) -> None:
        """Go to a time, in seconds since the epoch; never back."""
        with self._moving:
            self._now = max(self._now, to)
