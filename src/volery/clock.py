"""The seam through which time is read.

The engine is handed `now`; the services read it from a `Clock`; tests plug in a clock they move.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where the services read the time."""

    def now(self) -> float:
        """Seconds since the Unix epoch, UTC."""
        ...

    def skip(self, to: float) -> None:
        """Nothing is going to happen before `to`: a clock that is moved by hand may go there."""
        ...


class SystemClock:
    """The machine's clock."""

    now = staticmethod(time.time)

    def skip(self, to: float) -> None:
        """The world has its own pace."""
