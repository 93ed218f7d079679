"""Graphs with types: of what goes into them, of what their nodes take and give back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from volery.errors import NotFound, suggest
from volery.ir.assign import refusal
from volery.ir.bindings import (
    Binding,
    Bound,
    Cast,
    Constant,
    FailureRef,
    InputRef,
    ListBinding,
    MapBinding,
    OutputRef,
    Path,
)
from volery.ir.cast import needs_cast
from volery.ir.failure import WORKFLOW_FAILURE
from volery.ir.interface import Input, Interface
from volery.ir.narrow import narrowed
from volery.ir.nodes import (
    Arm,
    BranchTarget,
    EntityTarget,
    GateTarget,
    Graph,
    MapTarget,
    Node,
    Target,
    entity_of,
)
from volery.ir.order import in_order
from volery.ir.parts import follow
from volery.ir.ref import Ref
from volery.ir.types import (
    NONE,
    ListType,
    LiteralType,
    UnionType,
)

Interfaces = Mapping[Ref, Interface]
Types = Mapping[str, LiteralType | None]
"""Types by name; None where the graph does not say one, as for a constant."""


GATED: Final = "o0"
"""The output of a gate, and the input of an approval."""


class TypedGraph(msgspec.Struct, frozen=True):
    """What the bindings of a graph may refer to, and its types.

    Attributes:
        inputs: types of the inputs of the graph's scope.
        nodes: the nodes of the graph, by id.
        outputs: types of each node's outputs; None for a node whose entity is not known.
        handles: whether it is a failure handler's, which alone is told a failure.
        cycles: see `Order`.
    """

    inputs: Types
    nodes: Mapping[str, Node]
    outputs: Mapping[str, Types | None]
    handles: bool = False
    cycles: Sequence[Sequence[str]] = ()


def typed(
    graph: Graph, inputs: Types, interfaces: Interfaces, *, handles: bool = False
) -> TypedGraph:
    """The types of a graph that is given inputs of these types; for `handles` see `TypedGraph`."""
    outputs: dict[str, Types | None] = {}
    order = in_order(graph)
    nodes = {node.id: node for node in graph.nodes}
    known = TypedGraph(inputs, nodes, outputs, handles, order.cycles)
    for node in order.nodes:
        outputs[node.id] = _output_types(node, known, interfaces)
    return known


def bound_types(bounds: Iterable[Bound], graph: TypedGraph) -> Types:
    """Types of what is bound, by name; None also where a binding refers to nothing."""
    types: dict[str, LiteralType | None] = {}
    for bound in bounds:
        try:
            types[bound.name] = binding_type(bound.binding, graph)
        except NotFound:
            types[bound.name] = None
    return types


def binding_type(binding: Binding, graph: TypedGraph) -> LiteralType | None:
    """The type of what a binding gives; None where the graph does not say it.

    Raises:
        NotFound: it refers to a node, output, input or part that does not exist.
    """
    match binding:
        case InputRef(name, path):
            if name not in graph.inputs:
                raise NotFound(f"there is no input {name}", hint=suggest(name, graph.inputs))
            return _part(graph.inputs[name], path)
        case OutputRef():
            return _output_type(binding, graph)
        case FailureRef():
            if not graph.handles:
                raise NotFound("only a failure handler is told why its workflow failed")
            return WORKFLOW_FAILURE
        case Cast(_, _, target):
            return target
        case Constant() | ListBinding() | MapBinding():
            return None


def _output_type(reference: OutputRef, graph: TypedGraph) -> LiteralType | None:
    node, output = reference.node, reference.output
    if node not in graph.nodes:
        raise NotFound(f"there is no node {node}")
    outputs = graph.outputs.get(node)
    if outputs is None:  # a problem of that node, or a cycle
        return None
    if output not in outputs:
        raise _no_output(graph.nodes[node], output, outputs)
    return _part(outputs[output], reference.path)


def node_inputs(target: Target, interfaces: Interfaces) -> tuple[Input, ...]:
    """The inputs that a node takes: those of its entity, lists of them for what a map runs over.

    A branch takes whatever its arms use, so it has none of its own. An approval takes what it gives
    on.

    Raises:
        NotFound: the entity is not in the bundle.
    """
    match target:
        case BranchTarget():
            return ()
        case GateTarget(gate, type=kind):
            return (Input(GATED, kind),) if gate == "approve" and kind is not None else ()
        case MapTarget(_, over):
            return tuple(
                Input(each.name, ListType(each.type)) if each.name in over else each
                for each in _interface(target, interfaces).inputs
            )
        case _:
            return _interface(target, interfaces).inputs


def arm_outputs(arms: Sequence[Arm], bound: Types, interfaces: Interfaces) -> list[Types]:
    """Types of what each arm gives back, without those that fail; no arm gives without an else."""
    if not arms or arms[-1].predicate is not None:
        return []
    return [
        bound_types(
            arm.graph.outputs, typed(arm.graph, narrowed(arms, position, bound), interfaces)
        )
        for position, arm in enumerate(arms)
        if arm.graph is not None
    ]


def agreed(types: Iterable[LiteralType | None]) -> LiteralType | None:
    """The one of several types that values of all others are of as they stand, if there is one."""
    known = [kind for kind in types if kind is not None]
    for kind in known:
        if all(refusal(each, kind) is None and not needs_cast(each, kind) for each in known):
            return kind
    return None


def _part(kind: LiteralType | None, path: Path) -> LiteralType | None:
    return None if kind is None else follow(kind, path)


def _interface(target: EntityTarget | MapTarget, interfaces: Interfaces) -> Interface:
    ref = entity_of(target)
    if ref not in interfaces:
        raise NotFound(f"there is no {ref.kind.replace('_', ' ')} {ref.name} in the bundle")
    return interfaces[ref]


def _output_types(node: Node, graph: TypedGraph, interfaces: Interfaces) -> Types | None:
    """What a node gives: the outputs of its entity, lists of them for a map.

    A branch gives what all arms that do not fail have in common, and nothing without an else arm.
    A constant has no type in a graph: when every arm gives one back, a `Cast` has to say it.
    """
    match node.target:
        case BranchTarget(arms):
            bound = bound_types(node.inputs, graph)
            return _common_types(arm_outputs(arms, bound, interfaces))
        case GateTarget(type=kind):
            return {} if kind is None else {GATED: kind}
        case target:
            try:
                outputs = _interface(target, interfaces).outputs
            except NotFound:
                return None
            if isinstance(target, MapTarget):
                return {each.name: ListType(_element(each.type, target)) for each in outputs}
            return {each.name: each.type for each in outputs}


def _common_types(arms: Sequence[Types]) -> Types:
    """The outputs that all arms have; no type for those that the arms do not agree about."""
    if not arms:
        return {}
    names = [name for name in arms[0] if all(name in arm for arm in arms)]
    return {name: agreed(arm[name] for arm in arms) for name in names}


def _element(kind: LiteralType, target: MapTarget) -> LiteralType:
    """What an element of a map gives: perhaps None, where elements are allowed to fail."""
    if target.min_success_ratio >= 1 and target.min_successes is None:
        return kind
    parts = kind.variants if isinstance(kind, UnionType) else (kind,)
    return UnionType((*parts, NONE)) if NONE not in parts else kind


def _no_output(node: Node, output: str, outputs: Types) -> NotFound:
    match node.target:
        case BranchTarget(arms) if not arms or arms[-1].predicate is not None:
            hint = "end the conditional with else_()"
            return NotFound(f"{node.id} gives nothing back when no condition holds", hint=hint)
        case BranchTarget(arms) if all(arm.graph is None for arm in arms):
            return NotFound(f"{node.id} gives nothing back: every arm of it fails")
        case BranchTarget(arms):
            hint = suggest(output, outputs)
            return NotFound(f"not every arm of {node.id} gives {output} back", hint=hint)
        case _:
            return NotFound(f"{node.id} has no output {output}", hint=suggest(output, outputs))
