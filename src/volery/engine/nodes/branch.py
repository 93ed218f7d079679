"""Branch nodes: the first arm whose predicate holds is taken, and is a graph like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from volery.engine.definitions import BranchDefinition
from volery.engine.model import Finish, Phase, Plan, ScopeState
from volery.engine.nodes.graph import plan_graph
from volery.engine.nodes.stop import aborted
from volery.engine.predicates import holds
from volery.engine.scope import Scope
from volery.ir.bindings import Binding
from volery.ir.failure import Failure
from volery.ir.nodes import arm_bindings


def plan_branch(
    scope: Scope, plan: Plan, branch: BranchDefinition, known: Mapping[Binding, Any]
) -> None:
    """Choose an arm, once, and carry its graph on."""
    if scope.state.arm is None:
        if scope.abort is not None:
            plan.finish = aborted(scope.abort)
            return
        wanted = tuple(binding for arm in branch.target.arms for binding in arm_bindings(arm))
        if any(binding not in known for binding in wanted):
            plan.wants = wanted
            return
        _choose(scope, plan, branch, known)
    graph = None if scope.state.arm is None else branch.arms[scope.state.arm]
    if graph is not None:
        plan_graph(scope, plan, graph)


def _choose(
    scope: Scope, plan: Plan, branch: BranchDefinition, known: Mapping[Binding, Any]
) -> None:
    try:
        position = _first_that_holds(branch, known)
    except (TypeError, ArithmeticError) as error:  # times with and without zone, a decimal NaN
        plan.finish = _fail(scope, "Incomparable", str(error))
        return
    if position is None:
        plan.finish = Finish(Phase.SKIPPED)
        return
    message = branch.target.arms[position].fail
    if message is not None:
        plan.finish = _fail(scope, "BranchFailed", message)
        return
    scope.state = plan.state = ScopeState(arm=position)


def _first_that_holds(branch: BranchDefinition, known: Mapping[Binding, Any]) -> int | None:
    for position, arm in enumerate(branch.target.arms):
        if arm.predicate is None or holds(arm.predicate, known):
            return position
    return None


def _fail(scope: Scope, code: str, message: str) -> Finish:
    failure = Failure(
        code, "USER", message, path=scope.path, execution=scope.execution, retryable=False
    )
    return Finish(Phase.FAILED, failure=failure)
