"""How a node begins: its outputs are there already, or somebody makes them, or it has to run."""

from __future__ import annotations

from volery.engine.look import Look
from volery.engine.model import (
    MISSING,
    Answer,
    Busy,
    Create,
    Found,
    Missing,
    NodeKind,
    Phase,
    Wait,
)
from volery.engine.nodes.task import TOO_LONG, is_over, launch
from volery.engine.retry import Tries
from volery.engine.times import earliest
from volery.ir.failure import Failure
from volery.ir.policy import Limits, Policy

_NO_LIMITS = Limits()


def begin(look: Look, id: str, kind: NodeKind, policy: Policy, answer: Answer = MISSING) -> None:
    """Begin a node, or go on with a task that has waited for what others make.

    `answer` says whether it has to run. A gate that has to is begun by `gate`.
    """
    match answer:
        case Missing(reserve) if kind == "task":
            _run(look, id, policy, reserve)
        case Found():
            look.end(id, kind, Phase.SUCCEEDED, policy)
            if not answer.graph:
                look.give(id, answer.outputs, answer.reuse)
        case Failure():
            look.end(id, kind, Phase.FAILED, policy, answer)
        case Busy(key) if kind == "task":
            _wait(look, id, policy, key)
        case _:
            look.open(id, kind, _deadline(look, kind, policy.limits or _NO_LIMITS))


def _run(look: Look, id: str, policy: Policy, reserve: str | None) -> None:
    if _exists(look, id, policy):
        child = look.scope.children[id]
        tries = Tries.of(child)
        launch(look, id, policy, attempt=child.attempt + 1, tries=tries, reserve=reserve)


def _wait(look: Look, id: str, policy: Policy, key: str) -> None:
    if _exists(look, id, policy):
        look.plan.wait.append(Wait(key))
        look.scope.waiting[id] = None


def _exists(look: Look, id: str, policy: Policy) -> bool:
    """Make sure that a task is RUNNING; False when it has waited for too long."""
    child = look.scope.children.get(id)
    if child is None:
        total = policy.limits and policy.limits.total
        look.create(Create(id, "task", until=None if total is None else look.now + total))
    elif is_over(look, child):
        look.end(id, "task", Phase.FAILED, policy, TOO_LONG)
        return False
    return True


def _deadline(look: Look, kind: NodeKind, limits: Limits) -> float | None:
    """When a scope has to have ended. The policy of a map is that of its elements."""
    match kind:
        case "workflow" | "launch_plan":
            seconds = earliest((limits.running, limits.total))
        case "dynamic" | "eager":
            seconds = limits.total  # `running` is for the function alone
        case _:
            seconds = None
    return None if seconds is None else look.now + seconds
