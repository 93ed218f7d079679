"""Codes: what entities do, as digests, so that what was edited is told from what was not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from volery.engine.definitions import Definitions
from volery.ids import digest
from volery.ir.codec import contract_of
from volery.ir.nodes import (
    BranchTarget,
    GateTarget,
    Graph,
    LaunchPlanTarget,
    MapTarget,
    Node,
    Target,
    TaskTarget,
    WorkflowTarget,
    entity_of,
)
from volery.ir.ref import Ref
from volery.ir.specs import TaskSpec
from volery.services.pairing import Names, renamed

_encoder = msgspec.json.Encoder(order="deterministic")


class _UnknownError(Exception):
    """The code of a task has no fingerprint."""


class Codes:
    """The codes of the entities of one bundle.

    Equal codes give equal outputs for equal inputs, as far as code decides about that: how often
    something is tried, how long it may take and where it is written do not count.
    """

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._digests: dict[Ref, str | None] = {}

    def of(self, entity: Ref) -> str | None:
        """The code of an entity; None: that of a task in it is not known."""
        if entity not in self._digests:
            try:
                self._digests[entity] = digest(_encoder.encode(self._entity(entity)))
            except _UnknownError:
                self._digests[entity] = None
        return self._digests[entity]

    def of_node(self, node: Node) -> str | None:
        """The code of what a node stands for; None: see `of`."""
        try:
            return digest(_encoder.encode(self._target(node)))
        except _UnknownError:
            return None

    def tasks(self, target: Target) -> dict[str, TaskSpec]:
        """The tasks that a target comes to, by name."""
        found: dict[str, TaskSpec] = {}
        seen: set[Ref] = set()
        rest = list(_entities(target))
        while rest:
            entity = rest.pop()
            if entity in seen:
                continue
            seen.add(entity)
            match entity:
                case Ref("task", name):
                    found[name] = self._definitions.tasks[name]
                case Ref("launch_plan", name):
                    rest.append(Ref("workflow", self._definitions.launch_plan(name).workflow))
                case Ref(_, name):
                    for node in self._definitions.workflows[name].graph.nodes:
                        rest += _entities(node.target)
        return found

    def _entity(self, entity: Ref) -> list[Any]:
        match entity:
            case Ref("task", name):
                task = self._definitions.tasks[name]
                if not task.fingerprint:
                    raise _UnknownError
                contract = contract_of(task.interface)
                environment = task.policy.environment
                return [name, task.kind, task.mode, contract, task.fingerprint, environment]
            case Ref("launch_plan", name):
                plan = self._definitions.launch_plan(name)
                return [name, self._known(Ref("workflow", plan.workflow)), plan.fixed]
            case Ref(_, name):
                workflow = self._definitions.workflows[name]
                return [name, contract_of(workflow.interface), self._graph(workflow.graph)]

    def _graph(self, graph: Graph, inputs: Names | None = None) -> list[Any]:
        """A graph, with its nodes by their places: ids move when something is put in elsewhere."""
        places = {node.id: str(place) for place, node in enumerate(graph.nodes)}
        nodes = [
            [
                self._target(node),
                _bound(node, places, inputs),
                sorted(places[id] for id in node.after),
                node.policy.environment,
            ]
            for node in graph.nodes
        ]
        return [nodes, [renamed(each, places, inputs) for each in graph.outputs]]

    def _target(self, node: Node) -> list[Any]:
        match node.target:
            case TaskTarget() | WorkflowTarget() | LaunchPlanTarget() as target:
                entity = entity_of(target)
                return [entity.kind, self._known(entity)]
            case MapTarget(entity, over) as target:
                bar = [target.min_success_ratio, target.min_successes]
                return ["map", self._known(entity), over, bar]
            case BranchTarget(arms):
                names = places_of_inputs(node)
                ways = [
                    [
                        renamed(arm.predicate, {}, names),
                        arm.graph and self._graph(arm.graph, names),
                        arm.fail,
                    ]
                    for arm in arms
                ]
                return ["branch", ways]
            case GateTarget(gate, name) as target:
                return ["gate", gate, name, target.type, target.seconds if gate == "sleep" else 0]

    def _known(self, entity: Ref) -> str:
        found = self.of(entity)
        if found is None:
            raise _UnknownError
        return found


def places_of_inputs(node: Node) -> dict[str, str]:
    """Places in place of names: a branch calls its inputs by the nodes that they come from."""
    return {each.name: str(place) for place, each in enumerate(node.inputs)}


def _bound(node: Node, places: Names, inputs: Names | None) -> list[Any]:
    """What is bound to the inputs of a node; to those of a branch, in order."""
    values = [renamed(each.binding, places, inputs) for each in node.inputs]
    if isinstance(node.target, BranchTarget):
        return values
    return [[each.name, value] for each, value in zip(node.inputs, values, strict=True)]


def _entities(target: Target) -> Iterator[Ref]:
    """The entities that a target names."""
    match target:
        case BranchTarget(arms):
            for arm in arms:
                for node in (arm.graph or Graph()).nodes:
                    yield from _entities(node.target)
        case GateTarget():
            return
        case _:
            yield entity_of(target)
