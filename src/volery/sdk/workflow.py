"""Workflows: functions whose bodies run once, to record a graph."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from typing import (
    Any,
    ClassVar,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    overload,
)

from volery.ir.nodes import EntityKind
from volery.sdk import options, source
from volery.sdk.declaration import Declaration
from volery.sdk.entity import Compiled, Entity
from volery.sdk.interface import Signature

P = ParamSpec("P")
R = TypeVar("R")


class WorkflowFailurePolicy(enum.Enum):
    """What a failed node means for the others: an end at once, or when what can run has run."""

    FAIL_IMMEDIATELY = "fail_immediately"
    FAIL_AFTER_EXECUTABLE_NODES_COMPLETE = "fail_after_executable_nodes_complete"


class AnyWorkflow(Entity):
    """A workflow, however its graph is made.

    Attributes:
        failure_policy: what a failed node means for the others.
    """

    kind: ClassVar[EntityKind] = "workflow"
    failure_policy: WorkflowFailurePolicy
    description: str

    def __repr__(self) -> str:
        return f"<workflow {self.name}>"


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
        self.lasting = not source.is_interactive(declaration.function.__globals__)
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
        if self._compiled is not None and self.lasting:
            return self._compiled
        from volery.sdk.body import Body
        from volery.sdk.build import build

        body = Body(self._declaration.function, self.source.file)
        built = build(self, self.function, body.surprises(), body.returns)
        if self._compiled is None or not self.lasting:  # of two threads, the first one's counts
            self._compiled = built
        return self._compiled


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
