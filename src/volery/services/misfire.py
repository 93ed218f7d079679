"""Misfires: which of the instants that have come are started, and what comes after them."""

from __future__ import annotations

from itertools import chain

import msgspec

from volery.ir.instants import instants
from volery.ir.schedule import Misfire, Schedule

BATCH = 1000
"""Instants that are looked at together; the others have their turn later."""

GRACE = 60.0
"""Seconds for which an instant is on time: a server may be busy, or just begin anew."""


class Step(msgspec.Struct, frozen=True):
    """What becomes of instants that have come.

    Attributes:
        due: those to be started, in order.
        coming: what comes next, and may have come as well; None: nothing does.
    """

    due: tuple[float, ...]
    coming: float | None


def step(schedule: Schedule, coming: float, now: float) -> Step:
    """What becomes of the instants from `coming` on, up to `now`.

    Those that are on time are started in any case. Of all others `Schedule.misfire` says how many
    of the last ones are.
    """
    come = list[float]()
    following = None
    for at in chain([coming], instants(schedule.when, coming)):
        if at > now or len(come) == BATCH:
            following = at
            break
        come.append(at)
    most = _most(schedule.misfire)
    if following is None or following > now:
        kept = max(most, sum(at > now - GRACE for at in come))
        return Step(tuple(come[-kept:]) if kept else (), following)
    if most == BATCH:
        return Step(tuple(come), following)
    # More have come, so that only the last of these can be among the last of all.
    return Step((), [*come, following][BATCH - most])


def _most(misfire: Misfire) -> int:
    """How many of the last instants are started, though they are late."""
    match misfire:
        case "all":
            return BATCH
        case "last":
            return 1
        case "skip":
            return 0
        case number:
            return number
