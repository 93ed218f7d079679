"""Failure handlers: what a workflow runs when it would end otherwise than it should."""

from __future__ import annotations

from volery.engine.graph import GraphIndex
from volery.engine.look import Look
from volery.engine.model import HANDLER, Abort, Finish, Phase
from volery.engine.nodes.begin import begin
from volery.engine.nodes.stop import ending
from volery.engine.scope import Scope


def answers(scope: Scope, graph: GraphIndex) -> bool:
    """Whether the failure handler answers the end of a scope in which nothing is open.

    A scope that was refused before anything began has nothing to be put right, nor inputs for it.
    """
    return (
        graph.on_failure is not None
        and scope.state.handled is None
        and (scope.state.refused is None or bool(scope.children))
        and scope.aborts < 2
    )


def run(look: Look, graph: GraphIndex, end: Finish) -> None:
    """Begin the failure handler. Its scope ends with `end` when it has ended."""
    look.decide(handled=end.failure)
    begin(look, HANDLER, graph.kinds[HANDLER], graph.policies[HANDLER])


def has_to_stop(scope: Scope) -> bool:
    """Whether a failure handler that has begun cannot go on, or somebody has asked for an abort."""
    state = scope.state
    if state.refused is not None and state.refused != state.handled:
        return True
    end = ending(scope)
    by_abort = end is not None and end.phase is Phase.ABORTED
    return scope.aborts > by_abort


def stop(look: Look) -> None:
    """Tell a failure handler that has to stop, as `stop_children` does."""
    scope = look.scope
    if has_to_stop(scope) and scope.told <= scope.aborts:
        scope.told = scope.aborts + 1
        look.plan.abort.append(Abort(HANDLER, scope.abort or ""))
