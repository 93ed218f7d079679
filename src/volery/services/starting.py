"""Starting: what holds for an execution from its beginning, as its entity says."""

from __future__ import annotations

from msgspec.structs import replace

from volery.engine.definitions import Definitions
from volery.engine.times import earliest
from volery.ir.nodes import Limits
from volery.ir.specs import LaunchPlanSpec, WorkflowSpec
from volery.store.base import NewExecution, Queue

_NO_LIMITS = Limits()


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
    limits = limits or (workflow and workflow.limits) or _NO_LIMITS
    state = replace(
        new.state,
        begun=queue is None,
        turn_by=None if limits.queued is None or queue is None else at + limits.queued,
        deadline=earliest((new.state.deadline, _deadline(limits, at, running=queue is None))),
        recovers=bool(new.options.recovers),
    )
    options = new.options
    if plan is not None and plan.overwrite_cache:
        options = replace(options, overwrite_cache=True)
    return replace(new, state=state, options=options, max_parallelism=most, queue=queue)


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
