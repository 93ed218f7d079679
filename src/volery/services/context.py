"""What never changes about a scope: its definition and its inputs, kept at hand."""

from __future__ import annotations

from dataclasses import dataclass

from volery.engine.definitions import Definition, Definitions, MapDefinition, graph_of
from volery.engine.model import ScopeState
from volery.errors import NotFound
from volery.ids import ROOT, split
from volery.ir.codec import read_bundle
from volery.ir.nodes import (
    BranchTarget,
    LaunchPlanTarget,
    MapTarget,
    Node,
    Ref,
    TaskTarget,
    WorkflowTarget,
)
from volery.ir.values import Raw, split_record
from volery.store.base import ExecutionRecord, Store

KEPT = 4096
KEPT_BYTES = 32 * 1024 * 1024
"""So many scopes with so much input are kept at hand; the rest is read again when it is needed."""


@dataclass(frozen=True, slots=True)
class Context:
    """A scope's surroundings.

    Attributes:
        execution: the record as it was when the scope was first met.
        definitions: everything the execution is pinned to.
        definition: what the scope is planned by.
        inputs: the scope's input record, split.
    """

    execution: ExecutionRecord
    definitions: Definitions
    definition: Definition
    inputs: dict[str, Raw]

    def node(self, state: ScopeState, id: str) -> Node:
        """The node that a child of this scope stands for (not of a map: it has elements)."""
        return graph_of(self.definition, state).nodes[id]

    def entity(self, state: ScopeState, id: str) -> Ref:
        """The task, workflow or launch plan that a child of this scope carries out."""
        if isinstance(self.definition, MapDefinition):
            return self.definition.target.target
        match self.node(state, id).target:
            case TaskTarget(name):
                return Ref("task", name)
            case WorkflowTarget(name):
                return Ref("workflow", name)
            case LaunchPlanTarget(name):
                return Ref("launch_plan", name)
            case MapTarget() | BranchTarget():
                raise NotFound(f"node {id} carries out no single entity")


class Contexts:
    """Finds contexts, from the bundle and the path."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._definitions: dict[str, Definitions] = {}
        self._found: dict[tuple[str, str], Context] = {}
        self._states: dict[tuple[str, str], ScopeState] = {}
        self._bytes = 0

    def definitions(self, bundle: str) -> Definitions:
        """The definitions of a bundle, by digest."""
        found = self._definitions.get(bundle)
        if found is None:
            found = Definitions(read_bundle(self._store.bundle(bundle)))
            self._definitions[bundle] = found
        return found

    def add(self, bundle: str, definitions: Definitions) -> None:
        """Take in definitions that are at hand already."""
        self._definitions.setdefault(bundle, definitions)

    def get(self, execution: str, path: str) -> Context:
        """The context of a scope."""
        key = (execution, path)
        found = self._found.get(key)
        if found is None:
            found = self._find(execution, path)
            self._bytes += sum(len(memoryview(each)) for each in found.inputs.values())
            if len(self._found) >= KEPT or self._bytes > KEPT_BYTES:
                self._found.clear()
                self._states.clear()
                self._bytes = 0
            self._found[key] = found
        return found

    def state(self, execution: str, path: str) -> ScopeState:
        """What a scope that has children has decided; it does not change after that."""
        key = (execution, path)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = self._store.scope_state(execution, path)
        return found

    def _find(self, execution: str, path: str) -> Context:
        inputs = split_record(self._store.scope_inputs(execution, path))
        if path == ROOT:
            record = self._store.execution(execution)
            if record is None:
                raise NotFound(f"there is no execution {execution}")
            definitions = self.definitions(record.bundle)
            return Context(record, definitions, definitions.root(record.entity), inputs)
        above, id = split(path)
        parent = self.get(execution, above)
        definition = parent.definitions.child(parent.definition, self.state(execution, above), id)
        return Context(parent.execution, parent.definitions, definition, inputs)
