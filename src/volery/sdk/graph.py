"""From drafts to the IR: the graph of a scope, once its recording is over."""

from __future__ import annotations

from collections.abc import Mapping

from volery.ir.assign import refusal
from volery.ir.bindings import (
    Binding,
    Bound,
    Cast,
    Constant,
    Entry,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
    Path,
)
from volery.ir.cast import needs_cast
from volery.ir.nodes import Arm, BranchTarget, Graph, Node
from volery.ir.predicates import And, Comparison, IsNone, Or, Predicate
from volery.ir.types import LiteralType
from volery.ir.values import NIL
from volery.sdk.condition import Absent, Both, Compared, Condition, Either, Refused
from volery.sdk.conditional import Branch, Taken
from volery.sdk.expression import Expression, Flow
from volery.sdk.promise import Origin, Promise, part_of
from volery.sdk.trace import Draft, Scope


def graph_of(scope: Scope, outputs: Mapping[str, Expression]) -> Graph:
    """The graph of a scope that gives these outputs back."""
    return Graph(tuple(map(_node, scope.drafts)), _bounds(outputs, scope))


def _node(draft: Draft) -> Node:
    if isinstance(draft.target, Branch):
        # In this order: building the arms finds out what they capture.
        target = BranchTarget(tuple(map(_arm, draft.target.arms)), draft.target.name)
        captures = draft.target.captures.items()
        inputs = tuple(Bound(name, _reference(each, draft.scope)) for name, each in captures)
    else:
        target = draft.target
        inputs = _bounds(draft.inputs, draft.scope)
    after = dict.fromkeys(each.id for each in draft.after)
    return Node(draft.id, target, inputs, tuple(after), draft.policy, draft.source)


def _arm(arm: Taken) -> Arm:
    predicate = None if arm.condition is None else _predicate(arm.condition, arm.scope)
    if arm.failure is not None:
        return Arm(predicate, fail=arm.failure)
    return Arm(predicate, graph_of(arm.scope, arm.outputs))


def _bounds(expressions: Mapping[str, Expression], scope: Scope) -> tuple[Bound, ...]:
    return tuple(Bound(name, _binding(each, scope)) for name, each in expressions.items())


def _binding(expression: Expression, scope: Scope) -> Binding:
    match expression:
        case Flow(promise, target):
            return with_cast(_use(promise, scope), part_of(promise).type, target)
        case list():
            return ListBinding(tuple(_binding(each, scope) for each in expression))
        case dict():
            entries = expression.items()
            return MapBinding(tuple(Entry(key, _binding(each, scope)) for key, each in entries))
        case _:
            return expression


def with_cast(binding: Binding, source: LiteralType, target: LiteralType) -> Binding:
    """The binding, with a cast where the wire form changes. Misfits are left to the check."""
    if source is target or refusal(source, target) is not None:
        return binding
    return Cast(binding, source, target) if needs_cast(source, target) else binding


def _use(promise: Promise, scope: Scope) -> InputRef | OutputRef:
    origin, _, path = part_of(promise)
    return _reference(origin, scope, path)


def _reference(origin: Origin, scope: Scope, path: Path = ()) -> InputRef | OutputRef:
    """How a scope refers to a value: an arm captures what comes from the scopes around it."""
    draft, name = origin.draft, origin.name
    if origin.scope is not scope:
        name = f"n{draft.number}.{name}" if draft else name
        scope.captures.setdefault(name, origin)
        return InputRef(name, path)
    return OutputRef(draft.id, name, path) if draft else InputRef(name, path)


def _predicate(condition: Condition, scope: Scope) -> Predicate:
    match condition:
        case Compared(operator, left, right, packed):
            other = packed or _use(right, scope)
            return Comparison(operator, _use(left, scope), other)
        case Absent(operand):
            return IsNone(_use(operand, scope))
        case Both(left, right):
            return And(_predicate(left, scope), _predicate(right, scope))
        case Either(left, right):
            return Or(_predicate(left, scope), _predicate(right, scope))
        case Refused():  # its problem keeps the graph from ever being used
            return Comparison("==", Constant(NIL), Constant(NIL))
        case _:
            raise TypeError(f"no condition: {condition!r}")
