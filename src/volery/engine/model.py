"""What the engine knows and what it decides: phases, scopes, facts and plans.

The engine is a function of these. It never waits, reads no clock, opens no value. Times are seconds
since the epoch, durations seconds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from volery.ir.bindings import Binding, Bound
from volery.ir.failure import Failure
from volery.ir.ref import Ref
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
    Phase.PENDING: frozenset(set(Phase) - {Phase.PENDING}),
    Phase.RUNNING: frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.SKIPPED, Phase.ABORTED}),
    Phase.SUCCEEDED: frozenset(),
    Phase.FAILED: frozenset(),
    Phase.SKIPPED: frozenset(),
    Phase.ABORTED: frozenset(),
}
"""Every move that a node execution may make.

What is found in the cache has SUCCEEDED at once. A branch of which no arm holds is SKIPPED, and so
is a range of a map that is cut into its elements.
"""

NodeKind = Literal["task", "workflow", "launch_plan", "branch", "map", "gate", "dynamic", "eager"]
"""How a node execution is planned. ``task`` has attempts, ``gate`` waits, all others have scopes.

A dynamic or eager task has a scope: its function is the child `BODY` there, a task like any other.
"""

BODY = "@body"
"""Id of the node execution that runs the function of a dynamic or eager task, in its scope."""

HANDLER = "@on_failure"
"""Id of the node execution that a workflow's failure handler is, in the workflow's scope."""

ReuseHow = Literal["cached", "recovered"]


class Reuse(msgspec.Struct, frozen=True, array_like=True):
    """Where the outputs of a node execution that did not run come from."""

    how: ReuseHow
    execution: str
    path: str


class NodeState(msgspec.Struct):
    """A node execution as the scope above sees it, with its newest attempt.

    Attributes:
        id: the last segment of its path.
        attempt: number of the newest attempt, from 1; 0 for kinds that have scopes instead, and
            for a task that waits for another execution to fill the cache. One whose newest attempt
            was LOST may wait for that as well.
        attempt_phase, attempt_failure, elements, graph: of that attempt. `graph`: digest of the
            bundle that the function of a dynamic task has emitted; empty: none.
        user_failures, system_failures: failures that further attempts have answered, by budget.
        failure: why the node execution did not succeed.
        until: a gate waits no longer than this; a task has to have ended by then. None: no limit.
        signal: the packed value that a gate was signalled with; None: not yet.
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
    until: float | None = None
    signal: bytes | None = None
    graph: str = ""


class CallState(msgspec.Struct, frozen=True):
    """A call that the function of an eager task has made.

    Attributes:
        id: of its node execution; equal calls of one function have ids of their own, in order.
        kind: how it is planned.
    """

    id: str
    kind: NodeKind


class ScopeState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a scope has decided once and for all; kept with the scope's row.

    Attributes:
        arm: for a branch: index of the arm taken; None before.
        length: for a map: the number of elements; None before.
        refused: why the scope cannot begin, when its inputs could not be made.
        graph: for a dynamic task: digest of the bundle that was emitted; empty before.
        deadline: the scope has to have ended by then; None: no limit.
        begun: False while the execution waits for its turn among others of its launch plan.
        turn_by: it waits no longer than this; None: no limit.
        recovers: nodes that succeeded in the execution that this one recovers are not run again.
        handled: the failure that the workflow's failure handler answers; None before it began.
        depth: for an execution: how many dynamic and eager tasks the node lies in that started it.
    """

    arm: int | None = None
    length: int | None = None
    refused: Failure | None = None
    graph: str = ""
    deadline: float | None = None
    begun: bool = True
    turn_by: float | None = None
    recovers: bool = False
    handled: Failure | None = None
    depth: int = 0


class ScopeRow(msgspec.Struct):
    """A scope as the store has it, with the children that changed since the caller last looked.

    Attributes:
        phase: of the scope's own node execution.
        version: counts plans that were committed; the compare-and-swap is on it.
        wake_seq: counts facts. The scope is dirty while `planned_seq` is behind.
        abort: the reason when somebody asked for an abort.
        aborts: how often somebody asked; the second time ends a failure handler as well.
        children: node executions with a change later than the `since` that was asked for.
        calls: for an eager task: calls that were made later than that.
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
    aborts: int = 0
    calls: list[CallState] = []


# -- what happened outside -------------------------------------------------------------------


class AttemptStarted(msgspec.Struct, frozen=True):
    """User code of an attempt has begun to run."""

    execution: str
    path: str
    attempt: int
    at: float


class CacheEntry(msgspec.Struct, frozen=True):
    """Outputs that equal work need not make again.

    Attributes:
        key: the digest of all `parts`.
        task: name of the task.
        parts: what the key is made of, by name, for people who ask why it missed.
        outputs: the output record.
        execution, path: what made it.
        expires: it counts no longer then; None: always.
    """

    key: str
    task: str
    parts: tuple[tuple[str, str], ...]
    outputs: bytes
    execution: str
    path: str
    expires: float | None = None


class AttemptEnded(msgspec.Struct, frozen=True):
    """An attempt is over. `phase` is terminal.

    If and only if it SUCCEEDED it has `outputs`, or (the function of a dynamic task) a `graph`: the
    canonical form of the bundle that it emitted. `owner` is who reports: a report by anyone but the
    attempt's owner is stale. `cache`: what becomes known to others with it. `returned`: when user
    code had, and what it gave was still to be written; None: nobody knows.
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
    graph: bytes | None = None
    cache: tuple[CacheEntry, ...] = ()
    returned: float | None = None


class Called(msgspec.Struct, frozen=True):
    """The function of an eager task has called an entity. Repeating the fact changes nothing.

    Attributes:
        path: of the eager task's scope; the function itself runs at its `BODY`.
        attempt, owner: of that attempt.
        call: id of the call's node execution.
        entity: what is called, in `bundle` (a digest; the bundle is in the store already).
        inputs: the input record.
    """

    execution: str
    path: str
    attempt: int
    owner: str
    call: str
    kind: NodeKind
    entity: Ref
    bundle: str
    inputs: bytes


Fact = AttemptStarted | AttemptEnded | Called


# -- what the engine asks for ----------------------------------------------------------------


class Lookup(msgspec.Struct, frozen=True):
    """Whether a node has to run at all: it may be in the cache, or have succeeded before.

    The answer is an `Answer`; for a range of a map a tuple of `Piece`.
    """

    id: str


class Turn(msgspec.Struct, frozen=True):
    """Whether it is the execution's turn among others of its launch plan: True or False."""


class Emitted(msgspec.Struct, frozen=True):
    """The graph that a dynamic task has emitted: a `GraphIndex`, or the failure to be had by it."""

    graph: str


class PolicyOf(msgspec.Struct, frozen=True):
    """How the entity that an eager task's function has called is carried out: a `Policy`.

    `id` is the call's. What is called is in a bundle of its own, which the planner does not have.
    """

    id: str


Want = Binding | Lookup | Turn | Emitted | PolicyOf


class Found(msgspec.Struct, frozen=True):
    """A node need not run: these are its outputs.

    For the `BODY` of a dynamic task there are none, and `graph` is the bundle that it emitted.
    """

    outputs: bytes
    reuse: Reuse
    graph: str = ""


class Missing(msgspec.Struct, frozen=True):
    """A node has to run. `reserve`: the key that it fills for those who wait; None: nobody may."""

    reserve: str | None = None


MISSING = Missing()


class Busy(msgspec.Struct, frozen=True):
    """Somebody else is just filling the cache entry that a node needs."""

    key: str


Answer = Found | Missing | Busy | Failure
"""A `Failure`: the inputs of the node could not be made."""


class Piece(msgspec.Struct, frozen=True):
    """A part of a range of a map in which every element has an answer of one kind."""

    id: str
    answer: Answer


# -- what the engine decides -----------------------------------------------------------------


class Create(msgspec.Struct, frozen=True):
    """A node execution begins to exist, in this phase. For `until` see `NodeState`."""

    id: str
    kind: NodeKind
    phase: Phase = Phase.RUNNING
    failure: Failure | None = None
    user_failures: int = 0
    system_failures: int = 0
    until: float | None = None


class Move(msgspec.Struct, frozen=True):
    """A node execution changes phase."""

    id: str
    phase: Phase
    failure: Failure | None = None


class Give(msgspec.Struct, frozen=True):
    """The outputs of a node execution that SUCCEEDED with this plan and without an attempt.

    Attributes:
        outputs: the record, or bindings in the scope's graph that have to be resolved.
        reuse: where a record comes from that was made before.
    """

    id: str
    outputs: bytes | tuple[Bound, ...]
    reuse: Reuse | None = None


class Launch(msgspec.Struct, frozen=True):
    """An attempt of a task has to be carried out. The counters are those after this decision.

    Attributes:
        due: not before then; 0: at once.
        deadline: user code has to have begun by then. None: no limit.
        until: the attempt has to have ended by then. None: no limit.
        priority: higher ones are taken first; None: as the execution's.
        executor: what carries it out; None: as the execution says.
        reserve: key of the cache entry that others wait for from now on.
    """

    id: str
    attempt: int
    user_failures: int = 0
    system_failures: int = 0
    due: float = 0.0
    deadline: float | None = None
    until: float | None = None
    priority: int | None = None
    executor: str | None = None
    reserve: str | None = None


class Open(msgspec.Struct, frozen=True):
    """A child scope begins, or (as an execution of its own) a launch plan.

    `deadline`: it has to have ended by then.
    """

    id: str
    kind: NodeKind
    deadline: float | None = None


class Wait(msgspec.Struct, frozen=True):
    """The scope wants to be woken when a cache entry is filled or given up."""

    key: str


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

    Attributes:
        wants: knowledge that is asked for. The caller fetches it and goes on with the same scope
            and the same plan before anything is committed.
        release: children that end and may hold reservations in the cache.
        wake_at: look again then, also if nothing happens; None: only if something does.
    """

    create: list[Create] = []
    move: list[Move] = []
    give: list[Give] = []
    launch: list[Launch] = []
    open: list[Open] = []
    wait: list[Wait] = []
    abort: list[Abort] = []
    release: list[str] = []
    state: ScopeState | None = None
    finish: Finish | None = None
    wants: tuple[Want, ...] = ()
    wake_at: float | None = None
