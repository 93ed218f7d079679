"""Map nodes: one entity over the elements of lists.

A map of a task is cut into ranges; a range is one node execution (``[128:256]``) and travels to a
worker as one piece of work, which reports the elements that failed. Only those get node executions
of their own (``[130]``). Elements of a workflow or launch plan are scopes and stand for themselves.

The ranges begin in order, so what has begun is known from its highest end.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from volery.engine.definitions import MapDefinition
from volery.engine.model import (
    AttemptPhase,
    Create,
    Finish,
    Launch,
    Open,
    Phase,
    Plan,
    ScopeState,
)
from volery.engine.nodes import task
from volery.engine.nodes.stop import aborted, stop_children
from volery.engine.scope import Scope
from volery.ids import range_id, range_of
from volery.ir.bindings import Binding, InputRef
from volery.ir.failure import Failure
from volery.ir.nodes import MapTarget

LARGEST_RANGE = 256
RANGES = 64
"""A short list is cut into ranges of one, so that long-running elements spread over workers."""


def plan_map(
    scope: Scope, plan: Plan, definition: MapDefinition, known: Mapping[Binding, Any]
) -> None:
    """Carry the map as far as what is known allows. `known` holds the lengths of the lists."""
    if scope.abort is not None:
        scope.stopping = True
    length = scope.state.length
    if length is None:
        length = _measure(scope, plan, definition, known)
        if length is None:
            return
        scope.state = plan.state = ScopeState(length=length)
    if scope.begun < 0:
        scope.begun = max((range_of(id)[1] for id in scope.children), default=0)
    _settle(scope, plan, definition)
    scope.settled.clear()
    if scope.failed > length - required(definition.target, length):
        scope.stopping = True
    _begin(scope, plan, definition, length)
    stop_children(scope, plan)
    if scope.open == 0:
        plan.finish = _finish(scope, definition, length)


def _measure(
    scope: Scope, plan: Plan, definition: MapDefinition, known: Mapping[Binding, Any]
) -> int | None:
    """How long the lists are; None when the map cannot begin, or has to wait for the answer."""
    if scope.abort is not None:
        plan.finish = aborted(scope.abort)
        return None
    wanted = tuple(InputRef(name) for name in definition.target.over)
    if any(binding not in known for binding in wanted):
        plan.wants = wanted
        return None
    lengths = {each.name: known[each] for each in wanted}
    if len(set(lengths.values())) > 1:
        plan.finish = Finish(Phase.FAILED, failure=_unequal(lengths))
        return None
    return next(iter(lengths.values()))


def required(target: MapTarget, length: int) -> int:
    """How many elements have to succeed."""
    # Rounded first: 0.55 * 100 is 55.000000000000007 in floating point.
    by_ratio = ceil(round(target.min_success_ratio * length, 9))
    if target.min_successes is None:
        return by_ratio
    # A number alone lowers the bar; together with a ratio, both hold.
    if target.min_success_ratio == 1.0:
        return min(target.min_successes, length)
    return max(by_ratio, min(target.min_successes, length))


def _settle(scope: Scope, plan: Plan, definition: MapDefinition) -> None:
    changed, scope.changed = scope.changed, []
    for id in changed:
        child = scope.children[id]
        if child.kind != "task" or child.phase.terminal:
            continue
        failures = child.elements
        succeeded = child.attempt_phase is AttemptPhase.SUCCEEDED
        task.settle(scope, plan, child, definition.retries)
        if succeeded:
            start, _ = range_of(id)
            for each in failures:
                _settle_element(scope, plan, definition, start + each.index, each.failure)


def _settle_element(
    scope: Scope, plan: Plan, definition: MapDefinition, index: int, failure: Failure
) -> None:
    """An element failed on its range's attempt, which counts as its own first."""
    id = range_id(index, index + 1)
    if failure.retryable and definition.retries > 0 and not scope.stopping:
        scope.create(plan, Create(id, "task", user_failures=1))
        scope.launch(plan, Launch(id, 2, user_failures=1))
    else:
        scope.create(plan, Create(id, "task", Phase.FAILED, failure))


def _begin(scope: Scope, plan: Plan, definition: MapDefinition, length: int) -> None:
    """Begin as many ranges as may be under way at once."""
    if scope.stopping or scope.begun >= length:
        return
    size = _range_size(definition, length)
    window = definition.target.concurrency or length
    while scope.begun < length and scope.open < window:
        end = min(scope.begun + size, length)
        id = range_id(scope.begun, end)
        scope.create(plan, Create(id, definition.kind))
        if definition.kind == "task":
            scope.launch(plan, Launch(id, 1))
        else:
            plan.open.append(Open(id, definition.kind))
        scope.begun = end


def _range_size(definition: MapDefinition, length: int) -> int:
    if definition.kind != "task":
        return 1
    size = min(LARGEST_RANGE, max(1, length // RANGES))
    concurrency = definition.target.concurrency
    return size if concurrency is None else min(size, ceil(length / concurrency))


def _finish(scope: Scope, definition: MapDefinition, length: int) -> Finish:
    if scope.abort is not None:
        return aborted(scope.abort)
    if scope.failed > length - required(definition.target, length):
        return Finish(Phase.FAILED, failure=scope.failure)
    return Finish(Phase.SUCCEEDED)


def _unequal(lengths: Mapping[str, int]) -> Failure:
    listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
    return Failure(
        "MapLengths", "USER", f"the lists of a map differ in length: {listed}", retryable=False
    )
