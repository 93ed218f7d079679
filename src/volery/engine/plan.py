"""The planner: from a scope as it is to what has to happen next.

Level-triggered: it looks at the state, not at the event that woke it, so a wake-up that comes
twice, late, or merged with others changes nothing. Its cost follows what changed since the last
look, not the size of the scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from volery.engine.definitions import (
    BranchDefinition,
    Definition,
    DynamicDefinition,
    EagerDefinition,
    MapDefinition,
)
from volery.engine.graph import GraphIndex
from volery.engine.look import POLL, Look
from volery.engine.model import HANDLER, Phase, Plan, Want
from volery.engine.nodes import handler
from volery.engine.nodes.branch import plan_branch
from volery.engine.nodes.dynamic import plan_dynamic
from volery.engine.nodes.eager import plan_eager
from volery.engine.nodes.graph import plan_graph
from volery.engine.nodes.map import plan_map
from volery.engine.nodes.stop import wind_up
from volery.engine.scope import Scope
from volery.engine.times import earliest
from volery.engine.turn import has_come
from volery.ir.policy import Limits

NOTHING: Mapping[Want, Any] = MappingProxyType({})


def plan(
    scope: Scope,
    definition: Definition,
    now: float,
    known: Mapping[Want, Any] = NOTHING,
    decided: Plan | None = None,
) -> Plan:
    """Decide what follows from the scope's present state.

    A plan that wants something is not complete. The caller fetches it, empties `wants`, and calls
    again with the same scope and plan and with all answers so far, until nothing is wanted.

    Args:
        scope: with the latest rows merged in. It notes the decisions; throw it away when they
            cannot be committed.
        definition: what the scope is planned by.
        now: seconds since the epoch.
        known: answers to what the plan has wanted.
        decided: the plan so far; None: nothing yet.
    """
    look = Look(scope, Plan() if decided is None else decided, now, known)
    if scope.phase is Phase.RUNNING:
        _go_on(look, definition)
        look.plan.wake_at = _wake_at(look)
    return look.plan


def _go_on(look: Look, definition: Definition) -> None:
    state = look.scope.state
    if state.refused is not None and HANDLER not in look.scope.children:
        wind_up(look)
        if isinstance(definition, GraphIndex):
            _handle(look, definition)
    elif state.begun or has_come(look, _limits(definition)):
        match definition:
            case GraphIndex():
                plan_graph(look, definition)
            case BranchDefinition():
                plan_branch(look, definition)
            case MapDefinition():
                plan_map(look, definition)
            case DynamicDefinition():
                plan_dynamic(look, definition)
            case EagerDefinition():
                plan_eager(look, definition)


def _handle(look: Look, graph: GraphIndex) -> None:
    """Have the failure handler answer the end of a scope that could not go on."""
    end = look.plan.finish
    if end is not None and handler.answers(look.scope, graph):
        look.plan.finish = None
        handler.run(look, graph, end)


def _limits(definition: Definition) -> Limits | None:
    return definition.limits if isinstance(definition, GraphIndex) else None


def _wake_at(look: Look) -> float | None:
    """When to look again although nothing may have happened."""
    scope, state = look.scope, look.scope.state
    if look.plan.finish is not None:
        return None
    if not scope.gates and not scope.waiting and state.deadline is None and state.begun:
        return None  # as most scopes
    times = [scope.next_due()]
    if not scope.stopping and state.handled is None:  # a failure handler has the time it needs
        times.append(state.deadline)
    if not state.begun:
        times.append(state.turn_by)
    if scope.waiting or not state.begun:
        times.append(look.now + POLL)
    return earliest(times)
