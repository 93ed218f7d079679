"""Task nodes: what follows from how an attempt ended."""

from __future__ import annotations

from volery.engine.look import Look
from volery.engine.model import AttemptPhase, Launch, NodeState, Phase
from volery.engine.retry import Tries, may_answer, wait
from volery.ids import join
from volery.ir.failure import TIMED_OUT, Failure
from volery.ir.policy import Policy

_FIRST = Tries()
UNKNOWN = Failure("Unknown", "SYSTEM", "the attempt failed without saying why")
TOO_LONG = Failure(
    TIMED_OUT, "USER", "its time limit, over all attempts, has passed", retryable=False
)


def launch(
    look: Look,
    id: str,
    policy: Policy,
    *,
    attempt: int = 1,
    tries: Tries = _FIRST,
    due: float = 0.0,
    reserve: str | None = None,
) -> None:
    """Have an attempt carried out, not before it is `due` (0: at once)."""
    queued = policy.limits and policy.limits.queued
    look.launch(
        Launch(
            id,
            attempt,
            tries.user,
            tries.system,
            due,
            None if queued is None else (due or look.now) + queued,
            look.scope.children[id].until,
            policy.priority,
            policy.executor,
            reserve,
        )
    )


def settle(look: Look, child: NodeState, policy: Policy, *, stopping: bool) -> None:
    """Decide about a task whose newest attempt may have ended."""
    match child.attempt_phase:
        case AttemptPhase.SUCCEEDED:
            look.end(child.id, "task", Phase.SUCCEEDED, policy)
        case AttemptPhase.ABORTED:
            look.end(child.id, "task", Phase.ABORTED, policy, child.attempt_failure)
        case AttemptPhase.LOST if stopping:
            look.end(child.id, "task", Phase.ABORTED, policy, child.attempt_failure)
        case AttemptPhase.LOST if is_over(look, child):
            look.end(child.id, "task", Phase.FAILED, policy, TOO_LONG)
        case AttemptPhase.LOST if _is_shared(policy) and not look.scope.stopping:
            look.scope.asking[child.id] = None  # others may do it now, or have done it
        case AttemptPhase.LOST:
            launch(look, child.id, policy, attempt=child.attempt + 1, tries=Tries.of(child))
        case AttemptPhase.FAILED:
            _retry_or_fail(look, child, policy, stopping=stopping)
        case _:
            return


def _is_shared(policy: Policy) -> bool:
    """Whether others wait for a task instead of doing the same."""
    return policy.cache is not None and policy.cache.serialize


def is_over(look: Look, child: NodeState) -> bool:
    """Whether the time in which a task has to have ended has passed."""
    return child.until is not None and look.now >= child.until


def due(
    look: Look, id: str, policy: Policy, failure: Failure, *, attempt: int, tries: Tries
) -> float:
    """When an attempt that answers a failure may begin; 0: at once."""
    identity = f"{look.scope.execution}\n{join(look.scope.path, id)}\n{attempt}"
    seconds = wait(policy, failure, tries, identity)
    return look.now + seconds if seconds else 0.0


def _retry_or_fail(look: Look, child: NodeState, policy: Policy, *, stopping: bool) -> None:
    failure = child.attempt_failure or UNKNOWN
    tries = Tries.of(child).after(failure)
    attempt = child.attempt + 1
    at = due(look, child.id, policy, failure, attempt=attempt, tries=tries)
    in_time = child.until is None or (at or look.now) < child.until
    if in_time and not stopping and may_answer(policy, failure, tries):
        launch(look, child.id, policy, attempt=attempt, tries=tries, due=at)
    else:
        look.end(child.id, "task", Phase.FAILED, policy, failure)
