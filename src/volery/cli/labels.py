"""What nodes are called: the entity that the node at a path stands for."""

from __future__ import annotations

from collections.abc import Iterator

from volery.ids import ROOT, split
from volery.ir.nodes import BranchTarget, Graph, LaunchPlanTarget, MapTarget, Node, WorkflowTarget
from volery.ir.problem import stands_for
from volery.ir.ref import Ref
from volery.ir.specs import Bundle


class Labels:
    """Names for the paths of an execution, those of its children below their launch plan nodes.

    Args:
        bundle: what the execution is pinned to.
        entity: what it runs.
    """

    def __init__(self, bundle: Bundle, entity: Ref) -> None:
        self._workflows = {spec.name: spec for spec in bundle.workflows}
        self._launch_plans = {spec.name: spec for spec in bundle.launch_plans}
        self._entity = entity
        self._scopes: dict[str, dict[str, Node]] = {}

    def of(self, path: str) -> str:
        """What the node at a path stands for; empty where there is none to tell."""
        scope, id = split(path)
        node = self._nodes(scope).get(id)
        if node is not None:
            return stands_for(node.target)
        return short(self._entity.name) if path == ROOT else ""

    def _nodes(self, scope: str) -> dict[str, Node]:
        """The nodes of a scope; of a branch, those of all its arms, whose ids all differ."""
        if scope not in self._scopes:
            self._scopes[scope] = {node.id: node for node in self._find(scope)}
        return self._scopes[scope]

    def _find(self, scope: str) -> Iterator[Node]:
        if scope == ROOT:
            yield from self._entity_nodes(self._entity)
            return
        above, id = split(scope)
        if id.startswith("["):  # an element of a map
            above, id = split(above)
        node = self._nodes(above).get(id)
        match node.target if node else None:
            case WorkflowTarget(name):
                yield from self._entity_nodes(Ref("workflow", name))
            case LaunchPlanTarget(name):
                yield from self._entity_nodes(Ref("launch_plan", name))
            case MapTarget(target):
                yield from self._entity_nodes(target)
            case BranchTarget(arms):
                for arm in arms:
                    yield from (arm.graph or Graph()).nodes
            case _:
                return

    def _entity_nodes(self, entity: Ref) -> tuple[Node, ...]:
        name = entity.name
        if entity.kind == "launch_plan":
            name = self._launch_plans[name].workflow
        spec = self._workflows.get(name)
        return spec.graph.nodes if spec else ()


def short(name: str) -> str:
    """The last part of an entity's name."""
    return name.rpartition(".")[2]
