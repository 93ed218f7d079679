"""How a scope stops: what its children are told and what remains of it."""

from __future__ import annotations

from volery.engine.look import Look
from volery.engine.model import Abort, AttemptPhase, Finish, NodeState, Phase
from volery.engine.nodes import task
from volery.engine.scope import Scope
from volery.ir.failure import ABORTED, TIMED_OUT, Failure
from volery.ir.policy import Caching, Policy

_ANY = Policy(cache=Caching(serialize=True))
"""The policy of a child that may have a cache: if it holds a reservation, that ends with it."""
SIBLING_FAILED = "another node failed"
OVERDUE = "its time limit has passed"


def stop_if_asked(look: Look) -> None:
    """Let nothing more begin in a scope that was aborted, or whose time has passed."""
    scope, deadline = look.scope, look.scope.state.deadline
    # A failure handler has the time that it needs.
    if deadline is not None and look.now >= deadline and scope.state.handled is None:
        scope.overdue = True
    if scope.abort is not None or scope.overdue or scope.state.refused is not None:
        scope.stopping = True


def stop_children(look: Look, reason: str = SIBLING_FAILED) -> None:
    """Tell open children of a scope that stops, again each time that somebody asks for an abort.

    A scope that was loaded afresh says it once more, which changes nothing.
    """
    scope = look.scope
    asked = max(1, scope.aborts)
    if not scope.stopping or scope.open == 0 or scope.told >= asked:
        return
    scope.told = asked
    reason = scope.abort or (OVERDUE if scope.overdue else reason)
    for child in scope.children.values():
        if not child.phase.terminal:
            _stop(look, child, reason)


def _stop(look: Look, child: NodeState, reason: str) -> None:
    """Tell a child; one that only waits is ended here."""
    if child.kind == "gate" or (child.kind == "task" and not _is_tried(child)):
        failure = Failure(ABORTED, "USER", reason, retryable=False)
        look.move(child.id, Phase.ABORTED, failure)
    else:
        look.plan.abort.append(Abort(child.id, reason))


def _is_tried(child: NodeState) -> bool:
    """Whether a task has an attempt that is open, and not only waits for another execution."""
    return child.attempt > 0 and child.attempt_phase is not AttemptPhase.LOST


def wind_up(look: Look) -> None:
    """Bring a scope to its end that cannot go on: its children stop first."""
    scope = look.scope
    scope.stopping = True
    changed, scope.changed = scope.changed, []
    for id in changed:
        child = scope.children[id]
        if child.kind == "task" and not child.phase.terminal:
            task.settle(look, child, _ANY, stopping=True)
    stop_children(look)
    if scope.open == 0:
        look.plan.finish = ending(scope)


def ending(scope: Scope, failure: Failure | None = None) -> Finish | None:
    """How a scope ends in which nothing is open any more; None: it has succeeded.

    `failure`: what its children have come to.
    """
    state = scope.state
    if state.handled is not None:
        return _handled(state.handled)
    if state.refused is not None:
        return Finish(Phase.FAILED, failure=state.refused)
    if scope.abort is not None:
        return Finish(Phase.ABORTED, failure=_aborted(scope.abort))
    if scope.overdue:
        return failed(scope, TIMED_OUT, OVERDUE)
    return None if failure is None else Finish(Phase.FAILED, failure=failure)


def failed(scope: Scope, code: str, message: str) -> Finish:
    """The end of a scope that fails by itself, and not by a child."""
    failure = Failure(
        code, "USER", message, path=scope.path, execution=scope.execution, retryable=False
    )
    return Finish(Phase.FAILED, failure=failure)


def _aborted(reason: str) -> Failure:
    return Failure(ABORTED, "USER", reason, retryable=False)


def _handled(failure: Failure) -> Finish:
    """The end that a failure handler has been told of: an abort began nowhere, so has no path."""
    return Finish(
        Phase.ABORTED if failure == _aborted(failure.message) else Phase.FAILED, failure=failure
    )
