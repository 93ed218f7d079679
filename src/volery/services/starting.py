"""Starting: what holds for an execution from its beginning, as its entity says."""

from __future__ import annotations

from itertools import islice

from msgspec.structs import replace

from volery.data.identity import meaning
from volery.data.references import references
from volery.engine.definitions import Definitions
from volery.engine.times import earliest
from volery.ids import ROOT, digest
from volery.ir.content import Offloaded
from volery.ir.failure import Failure
from volery.ir.policy import Limits
from volery.ir.specs import LaunchPlanSpec, WorkflowSpec
from volery.ir.values import Raw, split_record
from volery.store.base import NewExecution, Queue, Store

Pairs = tuple[tuple[str, str], ...]

_NO_LIMITS = Limits()

MOST_MARKS = 32
"""So many inputs of an execution can be searched for."""
LONGEST = 1024
"""Bytes of a packed input that can."""


def prepared(
    definitions: Definitions, new: NewExecution, limits: Limits | None, at: float
) -> NewExecution:
    """An execution about to be created, with what its entity and its launch plan say filled in.

    Args:
        definitions: where its entity is found.
        new: as it was asked for; what it says itself comes first.
        limits: how long it may take; None: as its workflow says.
        at: when it is created.
    """
    plan, workflow = _specs(definitions, new)
    if plan is not None:
        new = _under(plan, new)
    most = new.max_parallelism
    if most is None and plan is not None:
        most = plan.max_parallelism
    if most is None and workflow is not None:
        most = workflow.max_parallelism
    concurrency = plan and plan.concurrency
    queue = None
    if concurrency is not None:
        name = f"{new.project}/{new.domain}/{new.entity.name}"
        queue = Queue(name, concurrency.most, concurrency.when_full)
    kept_to = limits or (workflow and workflow.limits) or _NO_LIMITS
    state = replace(
        new.state,
        begun=queue is None,
        turn_by=None if kept_to.queued is None or queue is None else at + kept_to.queued,
        deadline=earliest((new.state.deadline, _deadline(kept_to, at, running=queue is None))),
        recovers=bool(new.options.recovers),
    )
    return replace(
        new,
        state=state,
        options=replace(new.options, limits=limits),
        max_parallelism=most,
        queue=queue,
        marks=() if new.parent else _marks(new.inputs),
    )


def with_turn(new: NewExecution, store: Store) -> NewExecution:
    """An execution about to be created; refused where its turn in a queue might never come.

    What has started it, at whatever depth, has its own turn in the same queue until it ends. Even
    where there is room for both, they wait for each other as soon as several do the same.
    """
    queue, above = new.queue, new.parent
    if queue is None or queue.when_full != "queue":
        return new
    while above is not None and (starter := store.execution(above[0])) is not None:
        if starter.queue is not None and starter.queue.name == queue.name:
            refused = _waits_for_itself(new, starter.id)
            return replace(new, state=replace(new.state, refused=refused))
        above = starter.parent
    return new


def _waits_for_itself(new: NewExecution, starter: str) -> Failure:
    execution, path = new.parent or (new.id, ROOT)
    message = (
        f"launch plan {new.entity.name} queues, and execution {starter} of it has started this one:"
        " it would wait for its turn until that one ends, which waits for it"
        "\n  hint: call the workflow itself, or another launch plan of it without concurrency"
    )
    return Failure("NoTurn", "USER", message, path=path, execution=execution, retryable=False)


def _under(plan: LaunchPlanSpec, new: NewExecution) -> NewExecution:
    """An execution with what its launch plan says, where it says nothing itself.

    One that another has started has its executor from that one: there the launch plan comes first.
    """
    options = new.options
    return replace(
        new,
        labels=_merged(plan.labels, new.labels),
        annotations=_merged(plan.annotations, new.annotations),
        notify=bool(plan.notifications),
        options=replace(
            options,
            overwrite_cache=plan.overwrite_cache or options.overwrite_cache,
            executor=(plan.executor if new.parent else "") or options.executor or plan.executor,
        ),
    )


def _merged(under: Pairs, over: Pairs) -> Pairs:
    return tuple(sorted({**dict(under), **dict(over)}.items())) if under else over


def _marks(inputs: bytes) -> Pairs:
    """What an execution with this input record can be found by: its small inputs."""
    small = (entry for entry in split_record(inputs).items() if _is_small(entry[1]))
    return tuple(input_mark(name, value) for name, value in islice(small, MOST_MARKS))


def _is_small(value: Raw) -> bool:
    if memoryview(value).nbytes > LONGEST:
        return False
    return not any(isinstance(each, Offloaded) for each in references(value))


def input_mark(name: str, value: bytes | Raw) -> tuple[str, str]:
    """The mark of a packed input."""
    return f"input.{name}", digest(meaning(value))


def _specs(
    definitions: Definitions, new: NewExecution
) -> tuple[LaunchPlanSpec | None, WorkflowSpec | None]:
    match new.entity.kind:
        case "task":
            return None, None
        case "workflow":
            return None, definitions.workflows[new.entity.name]
        case "launch_plan":
            plan = definitions.launch_plan(new.entity.name)
            return plan, definitions.workflows[plan.workflow]


def _deadline(limits: Limits, at: float, *, running: bool) -> float | None:
    """When it has to have ended; `running`: its turn is at once."""
    seconds = earliest((limits.total, limits.running if running else None))
    return None if seconds is None else at + seconds
