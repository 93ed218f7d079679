"""Executions over time: how many were started when, and how they stand."""

from __future__ import annotations

from typing import Annotated

import msgspec

from volery.wire.executions import Counts

BUCKETS = 200
"""Most of them."""

Buckets = Annotated[int, msgspec.Meta(ge=1, le=BUCKETS)]


class OverTime(msgspec.Struct, frozen=True):
    """How many executions a filter finds in each part of a stretch of time, by phase.

    Attributes:
        since, until: the stretch; its parts, the buckets, are equally long.
        counts: by phase, a number for each bucket: of those that were created in it.
        capped: buckets of which there are more than was counted.
        complete: from then on everything was counted.
        all: how many it finds in each phase, whenever they were created; as far as the filter says
            nothing of that itself.
    """

    since: float
    until: float
    counts: dict[str, tuple[int, ...]]
    capped: tuple[int, ...] = ()
    complete: float = 0.0
    all: Counts = Counts({})
