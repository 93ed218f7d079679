"""Glance: what there is, for whoever looks up for a moment."""

from __future__ import annotations

import msgspec

from volery.wire.executions import Execution, Instant
from volery.wire.gates import WaitingGate
from volery.wire.over_time import OverTime
from volery.wire.schedules import Schedule
from volery.wire.system import System


class GlanceQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to look.

    Attributes:
        project, domain: empty: everywhere.
        since: what has failed from then on is told; None: within the last day.
    """

    project: str = ""
    domain: str = ""
    since: Instant | None = None


class Glance(msgspec.Struct, frozen=True):
    """What runs, what failed, what waits for somebody, what comes next, and whether all is well.

    Attributes:
        lately: executions of the last day over time, and how many there are in all.
        running: the newest ten, of those that no other execution has started.
        failed: the ten of those that ended last.
        gates: the newest five.
        schedules: the six whose next instants are the earliest: what is late comes first.
    """

    lately: OverTime
    running: tuple[Execution, ...]
    failed: tuple[Execution, ...]
    gates: tuple[WaitingGate, ...]
    schedules: tuple[Schedule, ...]
    system: System
