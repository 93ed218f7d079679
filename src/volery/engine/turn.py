"""Turns: executions of a launch plan that share a limit begin one after the other."""

from __future__ import annotations

from volery.engine.look import Look
from volery.engine.model import Finish, Phase, Turn
from volery.engine.nodes.stop import ending, stop_if_asked, timed_out
from volery.ir.nodes import Limits


def has_come(look: Look, limits: Limits | None) -> bool:
    """Whether a scope that has not begun begins now. It can end while it waits.

    `limits`: of the execution.
    """
    scope = look.scope
    stop_if_asked(look)
    if scope.stopping:
        look.plan.finish = ending(scope)
    elif Turn() not in look.known:
        look.plan.wants = (Turn(),)
    elif look.known[Turn()]:
        _begin(look, limits)
        return True
    elif scope.state.turn_by is not None and look.now >= scope.state.turn_by:
        failure = timed_out(scope, "it was not its turn within its time limit")
        look.plan.finish = Finish(Phase.FAILED, failure=failure)
    return False


def _begin(look: Look, limits: Limits | None) -> None:
    deadline = look.scope.state.deadline
    if limits is not None and limits.running is not None:
        end = look.now + limits.running
        deadline = end if deadline is None else min(deadline, end)
    look.decide(begun=True, deadline=deadline)
