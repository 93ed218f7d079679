"""Task nodes: what follows from how an attempt ended."""

from __future__ import annotations

from volery.engine.model import AttemptPhase, Launch, NodeState, Phase, Plan
from volery.engine.scope import Scope
from volery.ir.failure import Failure

SYSTEM_RETRIES = 3
"""Failures that are not the user's (a worker that crashed) which further attempts answer.

An attempt that was LOST costs nothing: whoever drove it is gone, which says nothing about the task.
"""

_UNKNOWN = Failure("Unknown", "SYSTEM", "the attempt failed without saying why")


def settle(scope: Scope, plan: Plan, child: NodeState, retries: int) -> None:
    """Decide about a task whose newest attempt may have ended."""
    match child.attempt_phase:
        case AttemptPhase.SUCCEEDED:
            scope.move(plan, child.id, Phase.SUCCEEDED)
        case AttemptPhase.ABORTED:
            scope.move(plan, child.id, Phase.ABORTED, child.attempt_failure)
        case AttemptPhase.LOST if scope.stopping:
            scope.move(plan, child.id, Phase.ABORTED, child.attempt_failure)
        case AttemptPhase.LOST:
            _again(scope, plan, child, child.user_failures, child.system_failures)
        case AttemptPhase.FAILED:
            _retry_or_fail(scope, plan, child, retries)
        case _:
            return


def _retry_or_fail(scope: Scope, plan: Plan, child: NodeState, retries: int) -> None:
    failure = child.attempt_failure or _UNKNOWN
    user, system = child.user_failures, child.system_failures
    if failure.kind == "USER":
        may = user < retries
        user += 1
    else:
        may = system < SYSTEM_RETRIES
        system += 1
    if may and failure.retryable and not scope.stopping:
        _again(scope, plan, child, user, system)
    else:
        scope.move(plan, child.id, Phase.FAILED, failure)


def _again(scope: Scope, plan: Plan, child: NodeState, user: int, system: int) -> None:
    scope.launch(plan, Launch(child.id, child.attempt + 1, user, system))
