"""Map nodes: one entity over the elements of lists.

A map of a task is cut into ranges; a range is one node execution (``[128:256]``) and travels to a
worker as one piece of work, which reports the elements that failed. Only those get node executions
of their own (``[130]``). Elements of anything but a task are scopes and stand for themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from volery.engine.definitions import MapDefinition
from volery.engine.look import Look
from volery.engine.model import Finish, Phase
from volery.engine.nodes.ranges import Ranges
from volery.engine.nodes.stop import ending, failed, stop_children, stop_if_asked
from volery.ir.bindings import InputRef
from volery.ir.nodes import MapTarget


def plan_map(look: Look, definition: MapDefinition) -> None:
    """Carry the map as far as what is known allows."""
    scope = look.scope
    stop_if_asked(look)
    length = scope.state.length
    if length is None:
        length = _measure(look, definition)
        if length is None:
            return
        look.decide(length=length)
    may_fail = length - required(definition.target, length)
    ranges = Ranges(look, definition, length, may_fail)
    ranges.settle()
    ranges.begin()
    if look.plan.wants:
        return
    stop_children(look)
    if scope.open == 0:
        too_many = ranges.elements.failed > may_fail
        end = ending(scope, scope.failure if too_many else None)
        look.plan.finish = end or Finish(Phase.SUCCEEDED)


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


def _measure(look: Look, definition: MapDefinition) -> int | None:
    """How long the lists are; None when the map cannot begin, or has to wait for the answer."""
    if look.scope.stopping:
        look.plan.finish = ending(look.scope)
        return None
    wanted = tuple(InputRef(name) for name in definition.target.over)
    if any(binding not in look.known for binding in wanted):
        look.plan.wants = wanted
        return None
    lengths = {each.name: look.known[each] for each in wanted}
    if len(set(lengths.values())) > 1:
        look.plan.finish = failed(look.scope, "MapLengths", _unequal(lengths))
        return None
    return next(iter(lengths.values()))


def _unequal(lengths: Mapping[str, int]) -> str:
    listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
    return (
        f"the lists of a map differ in length: {listed}\n"
        "  hint: bind what is the same for all elements with functools.partial"
    )
