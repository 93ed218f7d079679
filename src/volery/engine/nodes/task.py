"""Task nodes: what follows from how an attempt ended."""

from __future__ import annotations

from volery.engine.model import AttemptPhase, Launch, NodeState, Phase, Plan
from volery.engine.scope import Scope
from volery.ir.failure import Failure

SYSTEM_RETRIES = 3
"""Failures that are not the user's (a lost or crashed worker) which further attempts answer."""

_LOST = Failure("Lost", "SYSTEM", "the process that ran this attempt is gone")


def settle(scope: Scope, plan: Plan, child: NodeState, retries: int) -> None:
    """Decide about a task whose newest attempt may have ended."""
    match child.attempt_phase:
        case AttemptPhase.SUCCEEDED:
            scope.move(plan, child.id, Phase.SUCCEEDED)
        case AttemptPhase.ABORTED:
            scope.move(plan, child.id, Phase.ABORTED, child.attempt_failure)
        case AttemptPhase.FAILED | AttemptPhase.LOST:
            _retry_or_fail(scope, plan, child, retries)
        case _:
            return


def _retry_or_fail(scope: Scope, plan: Plan, child: NodeState, retries: int) -> None:
    failure = child.attempt_failure or _LOST
    user, system = child.user_failures, child.system_failures
    if failure.kind == "USER":
        again = user < retries and failure.retryable
        user += 1
    else:
        again = system < SYSTEM_RETRIES and failure.retryable
        system += 1
    if again and not scope.stopping:
        scope.launch(plan, Launch(child.id, child.attempt + 1, user, system))
    else:
        scope.move(plan, child.id, Phase.FAILED, failure)
