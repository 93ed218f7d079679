"""Workflows: functions whose bodies run once, to record a graph."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, ParamSpec, Protocol, TypeVar, overload

import msgspec

from volery.errors import CompileError, DefinitionError, TypeMismatch, VoleryError
from volery.ir.bindings import Constant
from volery.ir.check import check_workflow
from volery.ir.nodes import EntityKind, Ref, Source
from volery.ir.problem import Problem, describe
from volery.ir.specs import WorkflowSpec
from volery.ir.values import NIL
from volery.sdk import options
from volery.sdk.body import Body
from volery.sdk.declaration import Declaration
from volery.sdk.entity import Entity
from volery.sdk.expression import Expression, expression
from volery.sdk.graph import graph_of
from volery.sdk.interface import Signature
from volery.sdk.promise import Origin, Part, Promise, Void
from volery.sdk.source import show
from volery.sdk.trace import Recording, Scope

P = ParamSpec("P")
R = TypeVar("R")


class WorkflowFailurePolicy(enum.Enum):
    """What a failed node means for the others: an end at once, or when what can run has run."""

    FAIL_IMMEDIATELY = "fail_immediately"
    FAIL_AFTER_EXECUTABLE_NODES_COMPLETE = "fail_after_executable_nodes_complete"


class Compiled(msgspec.Struct, frozen=True):
    """A workflow's IR, and the entities that its nodes refer to."""

    spec: WorkflowSpec
    entities: Mapping[Ref, Entity]


class AnyWorkflow(Entity):
    """A workflow, however its graph is made.

    Attributes:
        failure_policy: what a failed node means for the others.
        source: where it is defined.
    """

    kind: ClassVar[EntityKind] = "workflow"
    failure_policy: WorkflowFailurePolicy
    description: str
    source: Source

    def __repr__(self) -> str:
        return f"<workflow {self.name}>"

    def compiled(self) -> Compiled:
        """Its graph, checked.

        Raises:
            CompileError: the graph has problems; all are listed.
        """
        raise NotImplementedError

    @property
    def spec(self) -> WorkflowSpec:
        return self.compiled().spec

    @property
    def uses(self) -> Mapping[Ref, Entity]:
        return self.compiled().entities

    def record(
        self, body: Callable[..., Any], problems: list[Problem], returns: Source
    ) -> Compiled:
        """Run a body that calls entities, and make the IR of what it does.

        Args:
            body: takes a promise for each input.
            problems: what is known to be wrong with it.
            returns: where it gives its outputs back.
        """
        recording = Recording(f"workflow {self.name}")
        promises = {
            name: Promise(
                Part(Origin(recording.root, None, name, each.annotation), each.codec.type)
            )
            for name, each in self.signature.inputs.items()
        }
        try:
            with recording.active():
                returned = body(**promises)
        except VoleryError:
            raise
        except Exception as error:
            error.add_note(f"in the body of workflow {self.name}, which runs to be compiled")
            raise
        outputs = _returned(self.signature, returned, recording.root, returns, problems)
        return self.check_graph(recording, outputs, returns, problems)

    def check_graph(
        self,
        recording: Recording,
        outputs: Mapping[str, Expression],
        returns: Source,
        problems: list[Problem],
    ) -> Compiled:
        """Make the IR of what was recorded and check it.

        Args:
            recording: the nodes.
            outputs: what the workflow gives back.
            returns: where it does so.
            problems: what is known to be wrong besides what the recording found.

        Raises:
            DefinitionError: a conditional is left open.
            CompileError: the graph has problems; all are listed.
        """
        place = f"workflow {self.name} ({show(self.source)})"
        if recording.scope is not recording.root:
            raise DefinitionError(
                f"{place}: {recording.scope.name} is left open",
                hint="close it with .then(...) or .fail(...)",
            )
        spec = WorkflowSpec(
            name=self.name,
            interface=self.interface,
            graph=graph_of(recording.root, outputs),
            failure_policy=self.failure_policy.value,
            description=self.description,
            source=self.source,
        )
        interfaces = {ref: each.interface for ref, each in recording.entities.items()}
        found = [
            each if each.consumer else msgspec.structs.replace(each, consumer=returns)
            for each in (*problems, *recording.problems, *check_workflow(spec, interfaces))
        ]
        if found:
            raise _compile_error(place, found)
        return Compiled(spec, recording.entities)


class WorkflowFunction(AnyWorkflow, Generic[P, R]):
    """A workflow made by the decorator `workflow`."""

    def __init__(
        self, declaration: Declaration, failure_policy: WorkflowFailurePolicy, description: str
    ) -> None:
        functools.update_wrapper(self, declaration.decorated)
        self.function: Callable[..., Any] = declaration.decorated
        self.name = declaration.name
        self.failure_policy = failure_policy
        self.description = description
        self.source = declaration.source
        self._declaration = declaration
        self._compiled: Compiled | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the workflow on the engine, in this process; inside of a workflow: record a node.

        Raises:
            CallError: an argument is positional, missing or unknown.
            TypeMismatch: an input is not of the declared type.
            CompileError: the graph has problems.
        """
        return self.call(args, kwargs)

    @property
    def signature(self) -> Signature:
        return self._declaration.signature

    def compiled(self) -> Compiled:
        if self._compiled is None:
            self._compiled = self._record()
        return self._compiled

    def _record(self) -> Compiled:
        body = Body(self._declaration.function, self.source.file)
        return self.record(self.function, body.surprises(), body.returns)


class Decorator(Protocol):
    """What ``workflow(...)`` with options gives: it keeps the function's parameters."""

    def __call__(self, function: Callable[P, R], /) -> WorkflowFunction[P, R]: ...


@overload
def workflow(function: Callable[P, R], /) -> WorkflowFunction[P, R]: ...
@overload
def workflow(
    *,
    failure_policy: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY,
    docs: str | None = None,
) -> Decorator: ...
def workflow(
    function: Callable[..., Any] | None = None,
    /,
    *,
    failure_policy: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY,
    docs: str | None = None,
    **others: object,
) -> Any:
    """Make a function a workflow. Its body runs once, at first use, and records a graph.

    Args:
        function: the function, where the decorator stands without options.
        failure_policy: what a failed node means for the others.
        docs: replaces the description in the docstring.
        others: refused: unknown, or not available yet.

    Raises:
        DefinitionError: an option, the signature or a default cannot be used.
    """

    def decorate(function: object) -> WorkflowFunction[..., Any]:
        declaration = Declaration(function, "workflow")
        options.refuse("workflow", others, declaration.place)
        policy = options.one_of(
            failure_policy, WorkflowFailurePolicy, "failure_policy", declaration.place
        )
        described = declaration.docs.description if docs is None else docs
        return WorkflowFunction(
            declaration, policy, options.text(described, "docs", declaration.place)
        )

    return decorate if function is None else decorate(function)


def _returned(
    signature: Signature, returned: Any, scope: Scope, at: Source, problems: list[Problem]
) -> dict[str, Expression]:
    """What the body gives back, by output; what is wrong with it goes to `problems`."""
    if not signature.outputs and isinstance(returned, Void):
        return {}
    outputs: dict[str, Expression] = dict.fromkeys(signature.outputs, Constant(NIL))
    try:
        values = signature.split(returned)
    except TypeMismatch as error:
        problems.append(Problem(message=error.message, consumer=at))
        return outputs
    for each, value in zip(signature.outputs.values(), values, strict=True):
        try:
            outputs[each.name] = expression(value, each.annotation, each.codec, scope)
        except TypeMismatch as error:
            problems.append(Problem(message=error.message, output=each.name, consumer=at))
    return outputs


def _compile_error(place: str, problems: list[Problem]) -> CompileError:
    ordered = sorted(problems, key=lambda each: each.consumer.line if each.consumer else 0)
    told = tuple(describe(each).strip() for each in ordered)
    lines = [f"  {number}. {each}".replace("\n", "\n  ") for number, each in enumerate(told, 1)]
    count = "1 problem" if len(told) == 1 else f"{len(told)} problems"
    return CompileError("\n".join([f"{place} has {count}", *lines]), told)
