"""Forecast: the instants of a schedule that are ahead, as people read them."""

from __future__ import annotations

from itertools import islice

from volery.ir.instants import instants, moment, note
from volery.ir.schedule import Cron, Rate
from volery.wire.schedules import Fire


def fires(when: Cron | Rate, after: float, count: int) -> tuple[Fire, ...]:
    """The first so many instants after a time."""
    return tuple(
        Fire(at, moment(when, at).isoformat(), note(when, at))
        for at in islice(instants(when, after), count)
    )
