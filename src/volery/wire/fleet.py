"""The fleet: what many executions of the same have come to, side by side."""

from __future__ import annotations

from typing import Annotated

import msgspec

from volery.wire.entities import EntityKey
from volery.wire.executions import Execution

Columns = Annotated[int, msgspec.Meta(ge=1, le=100)]
"""Executions side by side."""


class FleetRow(msgspec.Struct, frozen=True):
    """A node execution in each of the executions, newest first; None: it is not there.

    Attributes:
        entity: what it carries out, in the newest.
        durations: in seconds; of what goes on, until now.
        attempts: number of the newest.
        reused: its outputs come from the cache or an earlier execution.
        failures: how often it FAILED.
        retried: how often it has succeeded, but not at the first attempt.
        flakiness: from 0 to 1: how often, of the times that it has ended by running, it came out
            otherwise than the time before, or had to be retried.
        median: of the seconds that it took to succeed by running; None: it never has.
        opens: there are node executions in it.
    """

    path: str
    kind: str
    entity: str
    phases: tuple[str | None, ...]
    durations: tuple[float | None, ...]
    attempts: tuple[int | None, ...]
    reused: tuple[bool | None, ...]
    failures: int = 0
    retried: int = 0
    flakiness: float = 0.0
    median: float | None = None
    opens: bool = False


class Fleet(msgspec.Struct, frozen=True):
    """Executions, newest first, by what is in one scope of each.

    Attributes:
        complete: False: the scope has more than what is shown.
        next: the cursor of those that are older; None: there are none.
    """

    executions: tuple[Execution, ...]
    rows: tuple[FleetRow, ...]
    complete: bool = True
    next: str | None = None


class FleetRun(msgspec.Struct, frozen=True):
    """An execution, in a few words."""

    id: str
    phase: str
    created: float
    ended: float | None = None


class FleetEntity(msgspec.Struct, frozen=True):
    """An entity with its newest executions. `entity`: in the version of the newest."""

    entity: EntityKey
    runs: tuple[FleetRun, ...]
