"""Turns: executions of a launch plan that share a limit begin one after the other."""

from __future__ import annotations

from volery.engine.look import Look
from volery.engine.model import Turn
from volery.engine.nodes.stop import ending, failed, stop_if_asked
from volery.engine.times import earliest
from volery.ir.failure import TIMED_OUT
from volery.ir.policy import Limits


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
        look.plan.finish = failed(scope, TIMED_OUT, "it was not its turn within its time limit")
    return False


def _begin(look: Look, limits: Limits | None) -> None:
    running = limits and limits.running
    end = None if running is None else look.now + running
    look.decide(begun=True, deadline=earliest((look.scope.state.deadline, end)))
