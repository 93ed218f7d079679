"""Eager tasks: the function runs, and beside it whatever it calls.

A call that fails fails nothing: the function is told, and decides.
"""

from __future__ import annotations

from volery.engine.definitions import EagerDefinition
from volery.engine.look import Look
from volery.engine.model import BODY, MISSING, Finish, NodeState, Phase, PolicyOf
from volery.engine.nodes import task
from volery.engine.nodes.begin import begin
from volery.engine.nodes.body import begin_body, carry_body
from volery.engine.nodes.stop import ending, stop_children, stop_if_asked
from volery.ir.bindings import Bound, OutputRef

OVER = "the function that called it has ended"


def plan_eager(look: Look, definition: EagerDefinition) -> None:
    """Carry the scope as far as what is known allows."""
    scope = look.scope
    stop_if_asked(look)
    body = carry_body(look, definition)
    _stop_if_over(look, body)
    if _lacks_policies(look):
        return
    _settle(look)
    _begin(look, definition)
    _stop_if_over(look, scope.children.get(BODY))
    look.ask()
    if look.plan.wants:
        return
    stop_children(look, OVER)
    scope.ended.clear()
    if scope.open == 0:
        look.plan.finish = _finish(look, definition)


def _stop_if_over(look: Look, body: NodeState | None) -> None:
    """Nobody waits for calls any more when the function has ended."""
    scope = look.scope
    if body is not None and body.phase.terminal:
        scope.stopping = True
    if scope.stopping:
        scope.calls.clear()
        scope.asking.clear()


def _lacks_policies(look: Look) -> bool:
    """Whether it has to be asked first how calls are carried out."""
    scope = look.scope
    lacking: list[PolicyOf] = []
    for id in (*scope.changed, *scope.calls):
        want = PolicyOf(id)
        if want in look.known:
            scope.policies[id] = look.known[want]
        elif id not in scope.policies:
            lacking.append(want)
    look.plan.wants = tuple(lacking)
    return bool(lacking)


def _settle(look: Look) -> None:
    """See how attempts of calls have ended."""
    scope = look.scope
    changed, scope.changed = scope.changed, []
    for id in changed:
        child = scope.children[id]
        if child.kind == "task" and not child.phase.terminal:
            task.settle(look, child, scope.policies[id], stopping=scope.stopping)


def _begin(look: Look, definition: EagerDefinition) -> None:
    """Begin calls, and the function, as far as it is known whether they have to run."""
    scope = look.scope
    for id, call in list(scope.calls.items()):
        if scope.state.recovers or scope.policies[id].cache is not None:
            scope.asking[id] = None
        else:
            del scope.calls[id]
            begin(look, id, call.kind, scope.policies[id], MISSING)
    for id, answer in look.answers():
        if id == BODY:
            begin_body(look, definition, answer)
        else:
            call = scope.calls.pop(id, None)  # None: a task that has waited
            kind = "task" if call is None else call.kind
            begin(look, id, kind, scope.policies[id], answer)


def _finish(look: Look, definition: EagerDefinition) -> Finish | None:
    scope = look.scope
    body = scope.children.get(BODY)
    if body is None or body.phase is Phase.SUCCEEDED:
        failure = None
    else:
        failure = body.failure or scope.stopped(BODY)
    outputs = tuple(
        Bound(each.name, OutputRef(BODY, each.name)) for each in definition.task.interface.outputs
    )
    return ending(scope, failure) or Finish(Phase.SUCCEEDED, outputs)
