"""What the engine knows and what it decides: phases, scopes, facts and plans.

The engine is a function of these. It never waits, reads no clock, opens no value.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from volery.ir.bindings import Binding, Bound
from volery.ir.failure import Failure
from volery.ir.work import ElementFailure


class Phase(StrEnum):
    """Phase of a node execution, and of an execution (which is its outermost scope).

    PENDING has no row of its own: a node that nothing has been decided about yet is pending.
    """

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    ABORTED = "ABORTED"

    @property
    def terminal(self) -> bool:
        return self not in _OPEN_PHASES


class AttemptPhase(StrEnum):
    """Phase of an attempt.

    LAUNCHING without an owner is the outbox: work that waits for a taker.
    """

    LAUNCHING = "LAUNCHING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ABORTED = "ABORTED"
    LOST = "LOST"

    @property
    def terminal(self) -> bool:
        return self not in _OPEN_ATTEMPTS


_OPEN_PHASES = frozenset({Phase.PENDING, Phase.RUNNING})
_OPEN_ATTEMPTS = frozenset({AttemptPhase.LAUNCHING, AttemptPhase.RUNNING})

LEGAL_MOVES: dict[Phase, frozenset[Phase]] = {
    Phase.PENDING: frozenset({Phase.RUNNING, Phase.FAILED, Phase.SKIPPED, Phase.ABORTED}),
    Phase.RUNNING: frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.SKIPPED, Phase.ABORTED}),
    Phase.SUCCEEDED: frozenset(),
    Phase.FAILED: frozenset(),
    Phase.SKIPPED: frozenset(),
    Phase.ABORTED: frozenset(),
}
"""Every move that a node execution may make. A branch that no arm of which holds is SKIPPED."""

NodeKind = Literal["task", "workflow", "launch_plan", "branch", "map"]


class NodeState(msgspec.Struct):
    """A node execution as the scope above sees it, with its newest attempt.

    Attributes:
        id: the last segment of its path.
        attempt: number of the newest attempt, from 1; 0 for kinds that have scopes instead.
        attempt_phase, attempt_failure, elements: of that attempt.
        user_failures, system_failures: failures that further attempts have answered, by budget.
        failure: why the node execution did not succeed.
    """

    id: str
    kind: NodeKind
    phase: Phase
    attempt: int = 0
    attempt_phase: AttemptPhase | None = None
    attempt_failure: Failure | None = None
    elements: tuple[ElementFailure, ...] = ()
    user_failures: int = 0
    system_failures: int = 0
    failure: Failure | None = None


class ScopeState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a scope has decided once and for all; kept with the scope's row.

    Attributes:
        arm: for a branch: index of the arm taken; None before.
        length: for a map: the number of elements; None before.
        refused: why the scope cannot begin, when its inputs could not be made.
    """

    arm: int | None = None
    length: int | None = None
    refused: Failure | None = None


class ScopeRow(msgspec.Struct):
    """A scope as the store has it, with the children that changed since the caller last looked.

    Attributes:
        phase: of the scope's own node execution.
        version: counts plans that were committed; the compare-and-swap is on it.
        wake_seq: counts facts. The scope is dirty while `planned_seq` is behind.
        abort: the reason when somebody asked for an abort.
        children: node executions with a change later than the `since` that was asked for.
    """

    execution: str
    path: str
    phase: Phase
    version: int
    wake_seq: int
    planned_seq: int
    state: ScopeState
    abort: str | None
    children: list[NodeState]


# -- what happened outside -------------------------------------------------------------------


class AttemptStarted(msgspec.Struct, frozen=True):
    """User code of an attempt has begun to run."""

    execution: str
    path: str
    attempt: int
    at: float


class AttemptEnded(msgspec.Struct, frozen=True):
    """An attempt is over. `phase` is terminal; `outputs` is set if and only if it SUCCEEDED.

    `owner` is who reports: a report by anyone but the attempt's owner is stale.
    """

    execution: str
    path: str
    attempt: int
    owner: str
    phase: AttemptPhase
    outputs: bytes | None = None
    failure: Failure | None = None
    elements: tuple[ElementFailure, ...] = ()
    started: float | None = None
    ended: float | None = None


Fact = AttemptStarted | AttemptEnded


# -- what the engine decides -----------------------------------------------------------------


class Create(msgspec.Struct, frozen=True):
    """A node execution begins to exist, in this phase."""

    id: str
    kind: NodeKind
    phase: Phase = Phase.RUNNING
    failure: Failure | None = None
    user_failures: int = 0
    system_failures: int = 0


class Move(msgspec.Struct, frozen=True):
    """A node execution changes phase."""

    id: str
    phase: Phase
    failure: Failure | None = None


class Launch(msgspec.Struct, frozen=True):
    """An attempt of a task has to be carried out. The counters are those after this decision."""

    id: str
    attempt: int
    user_failures: int = 0
    system_failures: int = 0


class Open(msgspec.Struct, frozen=True):
    """A child scope begins: a subworkflow, a branch, a map, or (as an execution) a launch plan."""

    id: str
    kind: NodeKind


class Abort(msgspec.Struct, frozen=True):
    """A child has to stop."""

    id: str
    reason: str


class Finish(msgspec.Struct, frozen=True):
    """The scope's own node execution ends. `outputs` are bindings in the scope's graph."""

    phase: Phase
    outputs: tuple[Bound, ...] = ()
    failure: Failure | None = None


class Plan(msgspec.Struct):
    """What a look at a scope decided. Empty: nothing to do until the next fact.

    `wants` asks for knowledge instead: bindings in the scope whose values (for a map: lengths)
    the caller has to fetch before it looks again. Nothing else is decided then.
    """

    create: list[Create] = msgspec.field(default_factory=list[Create])
    move: list[Move] = msgspec.field(default_factory=list[Move])
    launch: list[Launch] = msgspec.field(default_factory=list[Launch])
    open: list[Open] = msgspec.field(default_factory=list[Open])
    abort: list[Abort] = msgspec.field(default_factory=list[Abort])
    state: ScopeState | None = None
    finish: Finish | None = None
    wants: tuple[Binding, ...] = ()
