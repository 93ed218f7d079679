"""Times and durations, where None means never or without end."""

from __future__ import annotations

from collections.abc import Iterable


def earliest(times: Iterable[float | None]) -> float | None:
    """The first of these to come; None: none ever does."""
    return min((time for time in times if time is not None), default=None)
