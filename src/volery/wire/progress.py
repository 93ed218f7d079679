"""Progress: how far the node executions of a scope are, in few bytes, for whoever looks on.

Fields that are as they are without being said are left out. An answer has thousands, of which none
can be in a cycle: the garbage collector need not look at them (`gc=False`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from volery.wire.executions import PhaseName
from volery.wire.graphs import NodeKindName


class ScopeFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which node executions of an execution: those directly in these scopes.

    Attributes:
        scopes: paths, at most 200; the execution itself is ``""``, and meant where none is given.
        since: only what has changed after this line of the journal; None: all.
    """

    scopes: tuple[str, ...] = msgspec.field(default=(), name="scope")
    since: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None


class Cause(msgspec.Struct, frozen=True, gc=False):
    """A failure in a line."""

    code: str
    message: str


class Status(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """How far a node execution is.

    Attributes:
        started: the code of its newest attempt began to run.
        attempt: number of the newest; 0: none.
        reuse: its outputs were not made here.
        waiting: it is a gate that waits for somebody.
        until: when its wait ends by itself.
        child: the execution that it has started.
        failure: of the first that have failed.
        lost: its newest attempt was lost with its machine.
        elements: of a map: its elements by phase; None: nobody knows yet how many there are.
    """

    path: str
    kind: NodeKindName
    phase: PhaseName
    created: float
    started: float | None = None
    ended: float | None = None
    attempt: int = 0
    reuse: Literal["", "cached", "recovered"] = ""
    waiting: bool = False
    until: float | None = None
    child: str = ""
    failure: Cause | None = None
    lost: bool = False
    elements: dict[str, int] | None = None


class Statuses(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the node executions of some scopes are, by path.

    Attributes:
        now: the time of the answer, by the clock that all the other times are of.
        seq: of the last line of the journal that this knows of.
        phase, ended: of the execution.
        complete: False: more has changed than fits; ask again for all of it.
        arms: of branches that have chosen, by path: which arm, from 0.
        next: the cursor of the next page; None: there is none.
    """

    now: float
    seq: int
    phase: PhaseName
    ended: float | None
    statuses: tuple[Status, ...]
    complete: bool = True
    arms: dict[str, int] = {}
    next: str | None = None


class TimelineAttempt(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An attempt, as parts of a bar.

    Attributes:
        created: it waits from then on: for a place, and before that for its time.
        due: its time; None: at once.
        taken: an executor has it: it starts.
        started: user code runs.
        returned: user code has returned: what it gave is written.
        by, executor: what carries it out.
    """

    number: int
    phase: Literal["LAUNCHING", "RUNNING", "SUCCEEDED", "FAILED", "ABORTED", "LOST"]
    created: float
    due: float | None = None
    taken: float | None = None
    started: float | None = None
    returned: float | None = None
    ended: float | None = None
    by: str = ""
    executor: str = ""


class TimelineRow(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A node execution on a timeline."""

    path: str
    kind: NodeKindName
    phase: PhaseName
    created: float
    ended: float | None = None
    reuse: Literal["", "cached", "recovered"] = ""
    attempts: tuple[TimelineAttempt, ...] = ()


class Timeline(msgspec.Struct, frozen=True, omit_defaults=True):
    """When the node executions of some scopes did what, by when they began.

    Attributes:
        now, seq, complete, next: as in `Statuses`.
        created, ended: of the execution.
    """

    now: float
    seq: int
    created: float
    ended: float | None
    rows: tuple[TimelineRow, ...]
    complete: bool = True
    next: str | None = None


class Cells(msgspec.Struct, frozen=True):
    """The elements of a map.

    Attributes:
        now, seq: as in `Statuses`.
        length: how many there are; None: nobody knows yet.
        cells: a byte for each. The low three bits are its phase: 0 pending (nothing was decided
            about it), 1 running, 2 succeeded, 3 failed, 4 skipped, 5 aborted. Bit 3 (8): it was
            found in the cache; bit 4 (16): it comes from the execution that was recovered.
        counts: how many are in each phase.
        failed: indexes of the first that have failed or were aborted.
        ranges: from and to of those that are carried out together; others have node executions of
            their own, and so have all that have failed by themselves.
    """

    now: float
    seq: int
    length: int | None
    cells: bytes
    counts: dict[str, int]
    failed: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]
