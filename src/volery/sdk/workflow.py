"""Workflows: functions whose bodies run once, to record a graph."""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Coroutine
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    overload,
)

from volery.errors import DefinitionError
from volery.ir.policy import Limits
from volery.ir.ref import EntityKind
from volery.sdk import options, source
from volery.sdk.calling import call_async
from volery.sdk.declaration import Declaration
from volery.sdk.entity import Compiled, Entity
from volery.sdk.interface import Signature
from volery.sdk.trace import recording

if TYPE_CHECKING:
    from volery.sdk.options import Duration
    from volery.sdk.timeout import Timeout

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
        on_failure: what runs when it has failed, timed out or was aborted.
        max_parallelism: most attempts under way at once in an execution of it.
        limits: how long an execution of it, or a node that it is, may take.
        interruptible: whether its tasks are that do not say it themselves.
    """

    kind: ClassVar[EntityKind] = "workflow"
    failure_policy: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY
    on_failure: Entity | None = None
    max_parallelism: int | None = None
    limits: Limits | None = None
    interruptible: bool | None = None
    description: str = ""

    def __repr__(self) -> str:
        return f"<workflow {self.name}>"

    def adjust(  # noqa: PLR0917 - all of them, always
        self,
        place: str,
        failure_policy: WorkflowFailurePolicy,
        on_failure: Entity | None,
        max_parallelism: int | None,
        timeout: Duration | Timeout | None,
        interruptible: bool | None,  # noqa: FBT001 - an option, as it was given
    ) -> None:
        """Take over options that do not concern the graph.

        Raises:
            DefinitionError: one cannot be used.
        """
        self.failure_policy = options.one_of(
            failure_policy, WorkflowFailurePolicy, "failure_policy", place
        )
        if on_failure is not None:
            self.on_failure = handler(on_failure, place)
        if max_parallelism is not None:
            self.max_parallelism = options.count(max_parallelism, "max_parallelism", place, 1)
        if timeout is not None:
            from volery.sdk.timeout import limits_of

            self.limits = limits_of(timeout, place)
        if interruptible is not None:
            self.interruptible = options.flag(interruptible, "interruptible", place)


def handler(entity: object, place: str) -> Entity:
    """A failure handler.

    Raises:
        DefinitionError: it is no entity.
    """
    if isinstance(entity, Entity):
        return entity
    raise DefinitionError(
        f"{place}: on_failure= takes a task, a workflow or a launch plan, got {entity!r}",
        hint="put @task above the function" if callable(entity) else None,
    )


class OneNode(AnyWorkflow):
    """A workflow of one node, which inside of another workflow is just that node."""

    def compiled(self) -> Compiled:
        from volery.sdk.build import build

        def body(**promises: Any) -> Any:
            given = self.call((), promises)
            under_way = recording()
            for draft in under_way.drafts if under_way else ():
                draft.source = self.source  # not where somebody happens to have it compiled
            return given

        return build(self, body, [], lambda: self.source)


class WorkflowFunction(AnyWorkflow, Generic[P, R]):
    """A workflow made by the decorator `workflow`."""

    def __init__(self, declaration: Declaration, description: str) -> None:
        functools.update_wrapper(self, declaration.decorated)
        self.function: Callable[..., Any] = declaration.decorated
        self.name = declaration.name
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

    def aio(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R]:
        """The same call in the function of an eager task, where it is awaited."""
        return call_async(self, args, kwargs)

    @property
    def signature(self) -> Signature:
        return self._declaration.signature

    def compiled(self) -> Compiled:
        if self._compiled is not None and self.lasting:
            return self._compiled
        from volery.sdk.body import Body
        from volery.sdk.build import build

        body = Body(self._declaration.function, self.source.file)
        built = build(self, self.function, body.surprises(), lambda: body.returns)
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
    on_failure: Entity | None = None,
    max_parallelism: int | None = None,
    timeout: Duration | Timeout | None = None,
    interruptible: bool | None = None,
    docs: str | None = None,
) -> Decorator: ...
def workflow(
    function: Callable[..., Any] | None = None,
    /,
    *,
    failure_policy: WorkflowFailurePolicy = WorkflowFailurePolicy.FAIL_IMMEDIATELY,
    on_failure: Entity | None = None,
    max_parallelism: int | None = None,
    timeout: Duration | Timeout | None = None,
    interruptible: bool | None = None,
    docs: str | None = None,
    **others: object,
) -> Any:
    """Make a function a workflow. Its body runs once, at first use, and records a graph.

    Args:
        function: the function, where the decorator stands without options.
        failure_policy: what a failed node means for the others.
        on_failure: a task, workflow or launch plan that runs when the workflow has failed, timed
            out or was aborted. It gets inputs of the workflow by name, and where it takes a
            `WorkflowFailure` the reason; its other inputs need defaults.
        max_parallelism: most attempts under way at once in an execution of it.
        timeout: how long an execution of it, or a node that it is, may take.
        interruptible: whether those of its tasks may run where they can be taken away at any time
            that do not say it themselves.
        docs: replaces the description in the docstring.
        others: refused: unknown, or not available yet.

    Raises:
        DefinitionError: an option, the signature or a default cannot be used.
    """

    def decorate(function: object) -> WorkflowFunction[..., Any]:
        declaration = Declaration(function, "workflow")
        options.refuse("workflow", others, declaration.place)
        described = declaration.docs.description if docs is None else docs
        made = WorkflowFunction[..., Any](
            declaration, options.text(described, "docs", declaration.place)
        )
        made.adjust(
            declaration.place, failure_policy, on_failure, max_parallelism, timeout, interruptible
        )
        return made

    return decorate if function is None else decorate(function)
