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
    if scope.state.length is None:
        if scope.stopping:
            plan.finish = aborted(scope.abort or "")
            return
        wanted = tuple(InputRef(name) for name in definition.target.over)
        if any(binding not in known for binding in wanted):
            plan.wants = wanted
            return
        lengths = {name: known[InputRef(name)] for name in definition.target.over}
        if len(set(lengths.values())) > 1:
            plan.finish = Finish(Phase.FAILED, failure=_unequal(lengths))
            return
        scope.state = plan.state = ScopeState(length=next(iter(lengths.values())))
    length = scope.state.length
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


def required(target: MapTarget, length: int) -> int:
    """How many elements have to succeed."""
    by_ratio = ceil(target.min_success_ratio * length)
    if target.min_successes is None:
        return by_ratio
    # A number alone lowers the bar; together with a ratio, both hold.
    if target.min_success_ratio == 1.0:
        return min(target.min_successes, length)
    return max(by_ratio, min(target.min_successes, length))


def range_of(id: str) -> tuple[int, int]:
    """The elements that a child of a map covers, as a half-open range."""
    first, _, end = id[1:-1].partition(":")
    start = int(first)
    return start, int(end) if end else start + 1


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
    id = f"[{index}]"
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
        start, end = scope.begun, min(scope.begun + size, length)
        id = f"[{start}]" if end == start + 1 else f"[{start}:{end}]"
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
