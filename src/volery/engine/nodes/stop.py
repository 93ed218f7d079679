"""How a scope stops: what its children are told and what remains of it."""

from __future__ import annotations

from volery.engine.model import Abort, Finish, Phase, Plan
from volery.engine.scope import Scope
from volery.ir.failure import ABORTED, Failure

SIBLING_FAILED = "another node failed"


def stop_children(scope: Scope, plan: Plan) -> None:
    """Tell open children to stop, once. Saying it again is harmless: only what is open hears it."""
    if not scope.stopping or scope.told or scope.open == 0:
        return
    scope.told = True
    reason = scope.abort or SIBLING_FAILED
    plan.abort.extend(
        Abort(child.id, reason) for child in scope.children.values() if not child.phase.terminal
    )


def aborted(reason: str) -> Finish:
    """The end of a scope that somebody asked to stop."""
    return Finish(Phase.ABORTED, failure=Failure(ABORTED, "USER", reason, retryable=False))
