"""The function of a dynamic or eager task, as a child of the task's scope."""

from __future__ import annotations

from volery.engine.definitions import FunctionDefinition
from volery.engine.look import Look
from volery.engine.model import BODY, MISSING, Answer, NodeState
from volery.engine.nodes import task
from volery.engine.nodes.begin import begin


def carry_body(look: Look, definition: FunctionDefinition) -> NodeState | None:
    """Begin the function or see how its attempt has ended. None: it has not begun.

    In an execution that recovers another one it is asked first whether it has to run.
    """
    scope = look.scope
    body = scope.children.get(BODY)
    if body is None:
        if not scope.stopping:
            _start(look, definition)
    elif not body.phase.terminal and BODY in scope.changed:
        scope.changed.remove(BODY)
        task.settle(look, body, definition.body.policy, stopping=scope.stopping)
    return scope.children.get(BODY)


def begin_body(look: Look, definition: FunctionDefinition, answer: Answer) -> None:
    """Begin the function, now that it is known whether it has to run."""
    begin(look, BODY, "task", definition.body.policy, answer)


def _start(look: Look, definition: FunctionDefinition) -> None:
    if look.scope.state.recovers:
        look.scope.asking[BODY] = None
    else:
        begin_body(look, definition, MISSING)
