"""``Workflow``: a workflow that is built by calls instead of by a decorated function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from volery.errors import DefinitionError, TypeMismatch, UnsupportedType
from volery.ir.bindings import InputRef, references
from volery.sdk import options
from volery.sdk.build import finish
from volery.sdk.conditional import Conditional, conditional
from volery.sdk.create_node import NodeHandle, create_node
from volery.sdk.entity import Compiled, Entity
from volery.sdk.expression import Expression, expression
from volery.sdk.graph import graph_of
from volery.sdk.interface import Port, Signature, port
from volery.sdk.map import MapTask
from volery.sdk.promise import Origin, Part, Promise, Promises, part_of
from volery.sdk.source import here, show
from volery.sdk.trace import Recording
from volery.sdk.workflow import AnyWorkflow, WorkflowFailurePolicy, handler

if TYPE_CHECKING:
    from volery.sdk.options import Duration
    from volery.sdk.timeout import Timeout


class Workflow(AnyWorkflow):
    """A workflow that is built step by step.

    Args:
        name: its full name.
        failure_policy: what a failed node means for the others.
        on_failure, max_parallelism, timeout, interruptible: see `workflow`.
        docs: its description.
        others: refused: unknown, or not available yet.
    """

    def __init__(
        self,
        name: str,
        failure_policy: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY,
        docs: str = "",
        *,
        on_failure: Entity | None = None,
        max_parallelism: int | None = None,
        timeout: Duration | Timeout | None = None,
        interruptible: bool | None = None,
        **others: object,
    ) -> None:
        self.source = here()
        self._place = f"workflow {name} ({show(self.source)})"
        options.refuse("workflow", others, self._place)
        self.name = options.text(name, "name", self._place)
        self.adjust(
            self._place, failure_policy, on_failure, max_parallelism, timeout, interruptible
        )
        self.description = options.text(docs, "docs", self._place)
        self.inputs = Promises("input", self._place)
        self._input_ports: dict[str, Port] = {}
        self._output_ports: dict[str, Port] = {}
        self._outputs: dict[str, Expression] = {}
        self._recording = Recording(f"workflow {name}")
        self._compiled: Compiled | None = None

    @property
    def signature(self) -> Signature:
        return Signature(f"workflow {self.name}", self._input_ports, self._output_ports)

    def add_workflow_input(self, name: str, python_type: Any) -> Promise:
        """Declare an input; returns the promise of it.

        Raises:
            DefinitionError: there is one of this name already.
        """
        self._require_open()
        self._require_new(name, self._input_ports, "input")
        self._input_ports[name] = each = self._port(name, python_type, "input")
        origin = Origin(self._recording.root, None, name, python_type)
        self.inputs[name] = Promise(Part(origin, each.codec.type))
        return self.inputs[name]

    def add_entity(self, entity: Entity | MapTask, **inputs: Any) -> NodeHandle:
        """Add a node.

        Args:
            entity: a task, a workflow, a launch plan or a map.
            inputs: values, and promises of inputs and of nodes that were added before.
        """
        self._require_open()
        with self._recording.active():
            return create_node(entity, **inputs)

    add_task = add_subwf = add_launch_plan = add_entity

    def add_on_failure_handler(self, entity: Entity) -> None:
        """Have an entity run when the workflow has failed: see ``on_failure`` of `workflow`.

        Raises:
            DefinitionError: it is no entity, or there is a handler already.
        """
        self._require_open()
        if self.on_failure is not None:
            raise DefinitionError(
                f"{self._place} has a failure handler already: {self.on_failure.name}",
                hint="call both in a workflow, and let that be the handler",
            )
        self.on_failure = handler(entity, self._place)

    def create_conditional(self, name: str) -> Conditional:
        """Begin a choice, as `conditional` does in the body of a workflow.

        What an arm does is added as everything else:
        ``.if_(x > 1).then(wf.add_entity(double, n=x))``.
        """
        self._require_open()
        with self._recording.active():
            return conditional(name)

    def add_workflow_output(self, name: str, value: Any, python_type: Any = None) -> None:
        """Declare an output.

        Args:
            name: of the output.
            value: a promise, a constant, or a list or dict that mixes them.
            python_type: its type; the promise of a whole output says it itself.

        Raises:
            DefinitionError: there is one of this name already, or the type is missing.
            TypeMismatch: the value is not of the type.
        """
        self._require_open()
        self._require_new(name, self._output_ports, "output")
        if python_type is None and isinstance(value, Promise):
            origin, _, path = part_of(value)
            python_type = None if path else origin.annotation
        if python_type is None:
            raise DefinitionError(
                f"{self._place}: the type of output {name} is not known", hint="add python_type="
            )
        each = self._port(name, python_type, "output")
        root = self._recording.root
        try:
            self._outputs[name] = expression(value, each.annotation, each.codec, root)
        except TypeMismatch as error:
            raise TypeMismatch(
                f"{self._place}: output {name} ({show(here())}): {error.message}",
                hint=error.hint,
                path=error.path,
            ) from None
        self._output_ports[name] = each

    def ready(self) -> bool:
        """Whether it can run: it has a node, and every input is used."""
        return not self._missing()

    def compiled(self) -> Compiled:
        if self._compiled is None:
            missing = self._missing()
            if missing:
                raise DefinitionError(f"{self._place} is not ready: {'; '.join(missing)}")
            self._compiled = finish(self, self._recording, self._outputs, [], lambda: self.source)
        return self._compiled

    def _port(self, name: str, annotation: Any, role: str) -> Port:
        try:
            return port(name, annotation)
        except UnsupportedType as error:
            raise UnsupportedType(
                f"{self._place}: {role} {name}: {error.message}", hint=error.hint, path=error.path
            ) from None

    def _missing(self) -> list[str]:
        """What keeps it from being ready."""
        graph = graph_of(self._recording.root, self._outputs)
        bounds = [*graph.outputs, *(bound for node in graph.nodes for bound in node.inputs)]
        used = {
            each.name
            for bound in bounds
            for each in references(bound.binding)
            if isinstance(each, InputRef)
        }
        missing = [f"input {name} is not used" for name in self._input_ports if name not in used]
        return missing if graph.nodes else [*missing, "it has no node"]

    def _require_open(self) -> None:
        if self._compiled is not None:
            raise DefinitionError(
                f"{self._place} has been compiled and cannot be changed",
                hint="add everything before it is first used",
            )

    def _require_new(self, name: str, known: Mapping[str, Port], what: str) -> None:
        if not name.isidentifier():
            raise DefinitionError(f"{self._place}: {name!r} cannot be the name of an {what}")
        if name in known:
            raise DefinitionError(f"{self._place} has an {what} {name} already")
