"""Checks the graph of a workflow: all that can be known to be wrong before it runs.

All problems are collected, so that they can be mended together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from volery.errors import NotFound, suggest
from volery.ir.bindings import Binding, Bound, FailureRef, InputRef, OutputRef, references
from volery.ir.compare import incomparable, may_be_none
from volery.ir.edges import Edges
from volery.ir.gates import gate_problems
from volery.ir.interface import Input
from volery.ir.narrow import narrowed
from volery.ir.nodes import Arm, BranchTarget, Graph, LaunchPlanTarget, MapTarget, Node
from volery.ir.predicates import And, Comparison, IsNone, Or, Predicate
from volery.ir.problem import Problem, label
from volery.ir.ref import Source
from volery.ir.specs import WorkflowSpec
from volery.ir.typed_graph import (
    Interfaces,
    Types,
    agreed,
    arm_outputs,
    binding_type,
    bound_types,
    node_inputs,
    typed,
)
from volery.ir.types import LiteralType, show


def check_workflow(spec: WorkflowSpec, interfaces: Interfaces) -> list[Problem]:
    """Every problem of a workflow, in the order of its graph; none when it can run.

    Constants are trusted: codecs of the inputs' types have encoded them.

    Args:
        spec: the workflow.
        interfaces: of every entity that its nodes stand for.
    """
    inputs = {each.name: each.type for each in spec.interface.inputs}
    shared = _Shared(interfaces, [], Edges())
    checker = _Checker(spec.graph, inputs, shared)
    checker.graph()
    checker.outputs({each.name: each.type for each in spec.interface.outputs})
    shared.problems.extend(gate_problems(spec.graph))
    if spec.on_failure is not None:
        _Checker(Graph((spec.on_failure,)), inputs, shared, handles=True).graph()
    return shared.problems


_RESERVED: Final = frozenset("/[]")

_HANDLER_INPUTS: Final = (
    "a failure handler gets inputs of its workflow, by name, and the WorkflowFailure: give others "
    "a default"
)


class _Shared(msgspec.Struct, frozen=True):
    """What the checkers of a workflow's graph and of the graphs inside it have in common."""

    interfaces: Interfaces
    problems: list[Problem]
    edges: Edges


class _Origin(msgspec.Struct, frozen=True):
    """Where a value comes from: label of the node or input, and where that is written."""

    label: str
    source: Source | None = None


class _Place(msgspec.Struct, frozen=True):
    """Where something is wrong: at a node or one of its inputs, or at an output of the workflow.

    `part` says which part of the node is meant.
    """

    node: Node | None = None
    name: str | None = None
    part: str = ""


class _Checker:
    """Checks one graph.

    Args:
        graph: the graph.
        inputs: types of the inputs of its scope.
        shared: of all graphs of the workflow.
        origins: for the graph of an arm: where the values captured for it come from.
        handles: whether it is the graph of a failure handler.
    """

    def __init__(
        self,
        graph: Graph,
        inputs: Types,
        shared: _Shared,
        origins: Mapping[str, _Origin | None] | None = None,
        *,
        handles: bool = False,
    ) -> None:
        self.shared = shared
        self._graph = graph
        self._typed = typed(graph, inputs, shared.interfaces, handles=handles)
        self._origins = origins or {}

    # -- the graph and its outputs ---------------------------------------------------------

    def graph(self) -> None:
        """Check all nodes, and how they hang together."""
        self._ids()
        for node in self._graph.nodes:
            self._node(node)
        for cycle in self._typed.cycles:
            first = self._typed.nodes[cycle[0]]
            self._report(_Place(first), f"it waits for itself: {' -> '.join(cycle)}")

    def outputs(self, declared: Mapping[str, LiteralType]) -> None:
        """Check what the graph gives back against what the workflow declares."""
        self._names(self._graph.outputs, _Place())
        for bound in self._graph.outputs:
            place = _Place(name=bound.name)
            if bound.name not in declared:
                self._report(place, "it is not declared", hint=suggest(bound.name, declared))
            self._binding(bound.binding, declared.get(bound.name), place)
        given = {bound.name for bound in self._graph.outputs}
        for name, kind in declared.items():
            if name not in given:
                self._report(_Place(name=name), f"declared {show(kind)}, got nothing")

    def _ids(self) -> None:
        for id, node in self._typed.nodes.items():
            if not id or not _RESERVED.isdisjoint(id):
                reason = f"{id!r} cannot be an id: it is empty or has one of / [ ]"
                self._report(_Place(node), reason)
        for id, count in _repeated([node.id for node in self._graph.nodes]).items():
            self._report(_Place(self._typed.nodes[id]), f"{count} nodes have this id")

    # -- nodes -----------------------------------------------------------------------------

    def _node(self, node: Node) -> None:
        place = _Place(node)
        for id in node.after:
            if id not in self._typed.nodes:
                self._report(place, f"it comes after {id}, but there is no node {id}")
        self._names(node.inputs, place)
        if isinstance(node.target, BranchTarget):
            self._branch(node, node.target)
            return
        try:
            inputs = {each.name: each for each in node_inputs(node.target, self.shared.interfaces)}
        except NotFound as error:
            self._report(place, error.message, hint=error.hint)
            for bound in node.inputs:
                self._binding(bound.binding, None, _Place(node, bound.name))
            return
        if isinstance(node.target, MapTarget):
            self._over(node.target, inputs, place)
        self._inputs(node, inputs)

    def _inputs(self, node: Node, inputs: Mapping[str, Input]) -> None:
        for bound in node.inputs:
            place = _Place(node, bound.name)
            expected = inputs.get(bound.name)
            if expected is None:
                reason = "there is no such input"
                if isinstance(node.target, LaunchPlanTarget):
                    reason += ", or it is fixed"
                self._report(place, reason, hint=suggest(bound.name, inputs))
            self._binding(bound.binding, expected.type if expected else None, place)
        given = {bound.name for bound in node.inputs}
        for name, each in inputs.items():
            if each.default is None and name not in given:
                reason = f"expected {show(each.type)}, got nothing"
                hint = _HANDLER_INPUTS if self._typed.handles else None
                self._report(_Place(node, name), reason, hint=hint)

    def _over(self, target: MapTarget, inputs: Collection[str], place: _Place) -> None:
        if not target.over:
            reason = "a map needs at least one list to run over"
            if inputs:
                self._report(place, reason, hint=f"give {' or '.join(inputs)} as a list")
            else:
                self._report(place, f"{reason}, but {target.target.name} has no inputs")
        for name in target.over:
            if name not in inputs:
                reason = f"it runs over {name}, which {target.target.name} does not take"
                self._report(place, reason, hint=suggest(name, inputs))

    def _names(self, bounds: Iterable[Bound], place: _Place) -> None:
        for name, count in _repeated([bound.name for bound in bounds]).items():
            self._report(msgspec.structs.replace(place, name=name), f"given {count} times")

    # -- branches --------------------------------------------------------------------------

    def _branch(self, node: Node, target: BranchTarget) -> None:
        for bound in node.inputs:
            self._binding(bound.binding, None, _Place(node, bound.name))
        captured = bound_types(node.inputs, self._typed)
        origins = {bound.name: self._origin(bound.binding) for bound in node.inputs}
        if not target.arms:
            self._report(_Place(node), "a conditional needs at least one arm")
        if any(arm.predicate is None for arm in target.arms[:-1]):
            self._report(_Place(node), "only the last arm may be without a condition")
        for position, arm in enumerate(target.arms):
            seen = narrowed(target.arms, position, captured)
            inside = _Checker(arm.graph or Graph(), seen, self.shared, origins)
            inside.arm(arm, node, position + 1)
        self._agreement(node, target, captured)

    def arm(self, arm: Arm, node: Node, number: int) -> None:
        """Check an arm of a branch node, whose graph this checker is of."""
        if (arm.graph is None) == (arm.fail is None):
            self._report(_Place(node), f"arm {number} needs either a graph or a failure")
        if arm.predicate is not None:
            conditions = _Checker(Graph(), self._typed.inputs, self.shared, self._origins)
            part = f"in the condition of arm {number}: "
            conditions.predicate(arm.predicate, _Place(node, part=part))
        self.graph()
        self._names(self._graph.outputs, _Place(node, part=f"in arm {number}: "))
        for bound in self._graph.outputs:
            part = f"in output {bound.name} of arm {number}: "
            self._binding(bound.binding, None, _Place(node, part=part))

    def _agreement(self, node: Node, target: BranchTarget, captured: Types) -> None:
        arms = arm_outputs(target.arms, captured, self.shared.interfaces)
        for name in dict.fromkeys(name for arm in arms for name in arm):
            kinds = [kind for arm in arms if (kind := arm.get(name)) is not None]
            if kinds and agreed(kinds) is None:
                listed = " or ".join(dict.fromkeys(map(show, kinds)))
                self._report(
                    _Place(node), f"its arms have to give one type as {name}, not {listed}"
                )

    # -- conditions ------------------------------------------------------------------------

    def predicate(self, predicate: Predicate, place: _Place) -> None:
        """Check a condition; its operands are inputs of the scope."""
        match predicate:
            case And(left, right) | Or(left, right):
                self.predicate(left, place)
                self.predicate(right, place)
            case Comparison(operator, left, right):
                kinds = [self._operand(each, place) for each in (left, right)]
                known = [kind for kind in kinds if kind is not None]
                reason = incomparable(operator, known[0], known[-1]) if known else None
                if reason is not None:
                    self._report(place, reason)
            case IsNone(operand):
                kind = self._operand(operand, place)
                if kind is not None and not may_be_none(kind):
                    self._report(place, f"{show(kind)} is never None")

    def _operand(self, binding: Binding, place: _Place) -> LiteralType | None:
        self._binding(binding, None, place)
        try:
            return binding_type(binding, self._typed)
        except NotFound:
            return None

    # -- bindings --------------------------------------------------------------------------

    def _binding(self, binding: Binding, expected: LiteralType | None, place: _Place) -> None:
        for obstacle in self.shared.edges.obstacles(binding, expected, self._typed):
            self._report(place, obstacle.reason, self._origin(obstacle.binding), obstacle.hint)

    def _origin(self, binding: Binding) -> _Origin | None:
        match next(references(binding), None):
            case OutputRef(id) if id in self._typed.nodes:
                node = self._typed.nodes[id]
                return _Origin(label(node), node.source)
            case InputRef(name) if name in self._origins:
                return self._origins[name]
            case InputRef(name) if name in self._typed.inputs:
                return _Origin(f"input {name}")
            case _:
                return _Origin("the failure") if isinstance(binding, FailureRef) else None

    def _report(
        self, place: _Place, reason: str, origin: _Origin | None = None, hint: str | None = None
    ) -> None:
        node = place.node
        if node is None and reason.startswith("expected "):
            reason = f"declared {reason.removeprefix('expected ')}"  # as the workflow's author did
        self.shared.problems.append(
            Problem(
                message=place.part + reason,
                hint=hint,
                node=label(node) if node else None,
                input=place.name if node else None,
                output=None if node else place.name,
                consumer=node.source if node else None,
                producer_node=origin.label if origin else None,
                producer=origin.source if origin else None,
            )
        )


def _repeated(names: Sequence[str]) -> Mapping[str, int]:
    """How often each name is given that is given more than once; mostly there is none."""
    if len(set(names)) == len(names):
        return {}
    return {name: count for name, count in Counter(names).items() if count > 1}
