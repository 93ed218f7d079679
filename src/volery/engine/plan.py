"""The planner: from a scope as it is to what has to happen next.

Level-triggered: it looks at the state, not at the event that woke it, so a wake-up that comes
twice, late, or merged with others changes nothing. Its cost follows what changed since the last
look, not the size of the scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from volery.engine.definitions import BranchDefinition, Definition, MapDefinition
from volery.engine.model import Finish, Phase, Plan
from volery.engine.nodes.branch import plan_branch
from volery.engine.nodes.graph import plan_graph
from volery.engine.nodes.map import plan_map
from volery.engine.scope import Scope
from volery.ir.bindings import Binding
from volery.ir.failure import Failure

NOTHING: Mapping[Binding, Any] = {}


def plan(scope: Scope, definition: Definition, known: Mapping[Binding, Any] = NOTHING) -> Plan:
    """Decide what follows from the scope's present state.

    Args:
        scope: with the latest rows merged in. It notes the decisions; throw it away when they
            cannot be committed.
        definition: what the scope is planned by.
        known: answers to an earlier plan's `wants`.
    """
    decided = Plan()
    if scope.phase is not Phase.RUNNING:
        return decided
    if scope.state.refused is not None:
        return refuse(scope.state.refused)
    match definition:
        case BranchDefinition():
            plan_branch(scope, decided, definition, known)
        case MapDefinition():
            plan_map(scope, decided, definition, known)
        case _:
            plan_graph(scope, decided, definition)
    return decided


def refuse(failure: Failure) -> Plan:
    """The plan for a scope whose inputs, or whose answers to `wants`, cannot be had."""
    return Plan(finish=Finish(Phase.FAILED, failure=failure))
