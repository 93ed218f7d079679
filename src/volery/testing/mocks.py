"""Mocks: stand-ins for the functions of tasks, and for whole workflows."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from volery.errors import CallError
from volery.ir.specs import TaskSpec
from volery.sdk.compile import stand_ins
from volery.sdk.entity import Compiled, Entity
from volery.sdk.interface import Signature
from volery.sdk.launch_plan import LaunchPlan
from volery.sdk.map import MapTask
from volery.sdk.task import Task
from volery.sdk.trace import Recording
from volery.sdk.workflow import AnyWorkflow, OneNode
from volery.types.mismatch import preview

if TYPE_CHECKING:
    from unittest.mock import MagicMock


@contextmanager
def task_mock(target: Entity) -> Generator[MagicMock]:
    """Have a mock called in place of a task's function, or of a workflow, in this process.

    It is called with the inputs by name. What it returns, or its `side_effect` raises, is checked
    and recorded as if the task had: its types, its retries and its failure are the same.

    Args:
        target: a task of any kind, or a workflow.

    Raises:
        CallError: it is something else.
    """
    from unittest.mock import MagicMock

    mock = MagicMock(name=getattr(target, "name", None))
    match target:
        case Task():
            standing = _in_function(cast("Task[..., Any]", target), mock)
        case AnyWorkflow():
            standing = _in_graph(target, mock)
        case _:
            raise _refusal(target)
    with standing:
        yield mock


def patch(target: Entity) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run a test with a `task_mock`, which it is given as its last argument.

    Raises:
        CallError: it is neither a task nor a workflow.
    """
    if not isinstance(cast("object", target), Task | AnyWorkflow):
        raise _refusal(target)

    def decorate(test: Callable[..., Any]) -> Callable[..., Any]:
        signature = inspect.signature(test)
        if not signature.parameters:
            raise CallError(
                f"{test.__qualname__}() has no argument for the mock of {target.name}",
                hint=f"write def {test.__name__}(mock)",
            )
        *others, last = signature.parameters.values()
        way = _awaiting if inspect.iscoroutinefunction(test) else _calling
        patched = functools.wraps(test)(way(test, target, last.name))
        # pytest gives a test what its signature asks for.
        vars(patched)["__signature__"] = signature.replace(parameters=others)
        return patched

    return decorate


def _calling(test: Callable[..., Any], target: Entity, name: str) -> Callable[..., Any]:
    def patched(*args: Any, **kwargs: Any) -> Any:
        with task_mock(target) as mock:
            return test(*args, **kwargs, **{name: mock})

    return patched


def _awaiting(test: Callable[..., Any], target: Entity, name: str) -> Callable[..., Any]:
    async def patched(*args: Any, **kwargs: Any) -> Any:
        with task_mock(target) as mock:
            return await test(*args, **kwargs, **{name: mock})

    return patched


def is_mocked(tasks: Mapping[str, Task[..., Any]]) -> bool:
    """Whether a mock stands in for one of these tasks, or for a workflow."""
    return bool(stand_ins) or any(task.stand_in is not None for task in tasks.values())


@contextmanager
def _in_function(task: Task[..., Any], mock: MagicMock) -> Generator[None]:
    before = task.stand_in
    task.stand_in = _awaited(mock) if task.mode == "eager" else mock
    try:
        yield
    finally:
        task.stand_in = before


@contextmanager
def _in_graph(workflow: AnyWorkflow, mock: MagicMock) -> Generator[None]:
    before = dict(stand_ins)
    stand_ins[workflow] = _MockedWorkflow(workflow, mock)
    try:
        yield
    finally:
        stand_ins.clear()
        stand_ins.update(before)


def _awaited(mock: MagicMock) -> Callable[..., Any]:
    async def call(**arguments: Any) -> Any:
        returned = mock(**arguments)
        return await returned if inspect.isawaitable(returned) else returned

    return call


class _MockedWorkflow(OneNode):
    """A workflow whose graph is one task: the mock."""

    def __init__(self, workflow: AnyWorkflow, mock: MagicMock) -> None:
        self.name = workflow.name
        self.source = workflow.source
        self._signature = workflow.signature
        self._task = _MockTask(workflow, mock)

    @property
    def signature(self) -> Signature:
        return self._signature

    def leave(self, recording: Recording, arguments: Mapping[str, Any]) -> Any:
        return recording.call(self._task, arguments)


class _MockTask(Task[..., Any]):
    """A task that has a mock in place of a function."""

    def __init__(self, workflow: AnyWorkflow, mock: MagicMock) -> None:
        self.name = workflow.name
        self.mode = ""
        self.source = workflow.source
        self._mock = mock
        self._signature = workflow.signature

    @property
    def signature(self) -> Signature:
        return self._signature

    @property
    def function(self) -> Callable[..., Any]:
        return self._mock

    def compiled(self) -> Compiled:
        return Compiled(
            TaskSpec(self.name, self.interface, unreachable="it is a mock", source=self.source)
        )


def _refusal(target: object) -> CallError:
    message = f"a mock stands in for a task or a workflow, not for {preview(target)}"
    match target:
        case LaunchPlan():
            return CallError(message, hint="name the workflow that it runs")
        case MapTask():
            return CallError(message, hint="name the task that is mapped")
        case _ if callable(target):
            return CallError(message, hint="put @task above the function")
        case _:
            return CallError(message, hint="name the object that @task or @workflow has made")
