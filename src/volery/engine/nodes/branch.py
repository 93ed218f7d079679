"""Branch nodes: the first arm whose predicate holds is taken, and is a graph like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from volery.engine.definitions import BranchDefinition
from volery.engine.look import Look
from volery.engine.model import Finish, Phase, Want
from volery.engine.nodes.graph import plan_graph
from volery.engine.nodes.stop import ending, failed, stop_if_asked
from volery.engine.predicates import holds
from volery.ir.nodes import arm_bindings


def plan_branch(look: Look, branch: BranchDefinition) -> None:
    """Choose an arm, once, and carry its graph on."""
    scope = look.scope
    if scope.state.arm is None:
        stop_if_asked(look)
        if scope.stopping:
            look.plan.finish = ending(scope)
            return
        wanted = tuple(binding for arm in branch.target.arms for binding in arm_bindings(arm))
        if any(binding not in look.known for binding in wanted):
            look.plan.wants = wanted
            return
        _choose(look, branch)
    graph = None if scope.state.arm is None else branch.arms[scope.state.arm]
    if graph is not None:
        plan_graph(look, graph)


def _choose(look: Look, branch: BranchDefinition) -> None:
    try:
        position = _first_that_holds(branch, look.known)
    except (TypeError, ArithmeticError) as error:  # times with and without zone, a decimal NaN
        look.plan.finish = failed(look.scope, "Incomparable", str(error))
        return
    if position is None:
        look.plan.finish = Finish(Phase.SKIPPED)
        return
    message = branch.target.arms[position].fail
    if message is not None:
        look.plan.finish = failed(look.scope, "BranchFailed", message)
        return
    look.decide(arm=position)


def _first_that_holds(branch: BranchDefinition, known: Mapping[Want, Any]) -> int | None:
    for position, arm in enumerate(branch.target.arms):
        if arm.predicate is None or holds(arm.predicate, known):
            return position
    return None
