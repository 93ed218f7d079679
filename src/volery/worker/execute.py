"""Carry out one attempt: the only caller of user code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from time import time
from typing import TYPE_CHECKING, Any, ClassVar, cast

import msgspec

from volery.data import offload
from volery.data.workplace import working_at
from volery.errors import (
    DefinitionError,
    ExecutionError,
    PromiseError,
    RegistrationError,
    StorageError,
)
from volery.ids import element_path
from volery.ir.failure import Failure
from volery.ir.values import NIL, Raw, join_record, split_record
from volery.ir.work import ElementFailure, Result, Work
from volery.sdk.context import Context, environment
from volery.worker.failures import failure_of

if TYPE_CHECKING:
    from volery.sdk.task import Task
    from volery.worker.calls import Caller, Eager

Way = Callable[[dict[str, Any]], bytes]
"""From the arguments of a task's function to what a call leaves: an output record, or a graph."""


class Observer:
    """Told what happens while a work is carried out. This one takes no notice.

    Attributes:
        elsewhere: other processes run what a dynamic task emits.
    """

    elsewhere: ClassVar[bool] = False

    def raised(self, path: str, exception: BaseException) -> None:
        """An exception has ended a call, at this path (of a map: the element's)."""

    def element(self) -> None:
        """The next element of a map begins."""

    def emitted(self, tasks: Mapping[str, Task[..., Any]]) -> None:
        """A dynamic task has emitted a graph, to which these tasks belong, by name."""


_NOBODY = Observer()
_AS_IT_IS = nullcontext()


class _Times:
    """When user code last returned; 0: it has not."""

    __slots__ = ("returned",)

    def __init__(self) -> None:
        self.returned = 0.0


def run(
    task: Task[..., Any], work: Work, observer: Observer = _NOBODY, caller: Caller | None = None
) -> Result:
    """Unpack the inputs, call the task's function, pack what it returned.

    Args:
        task: the task.
        work: the attempt.
        observer: told what happens meanwhile.
        caller: of an eager task: carries its calls.

    Raises:
        KeyboardInterrupt: the only thing that is not turned into a failure.
    """
    started, times = time(), _Times()
    failures: tuple[ElementFailure, ...] = ()
    with environment(work.environment) if work.environment else _AS_IT_IS:
        if work.elements is None:
            outcome = _call(task, work, _way(task, work, observer, caller), observer, times)
        else:
            outcome, failures = _range(task, work, work.elements, observer)
    if isinstance(outcome, Failure):
        result = Result(work.id, None, outcome, (), started, time())
    elif work.mode == "dynamic":
        result = Result(work.id, None, None, (), started, time(), graph=outcome)
    else:
        result = Result(work.id, outcome, None, failures, started, time(), returned=times.returned)
    return _guarded(result, work) if work.secrets else result


def _guarded(result: Result, work: Work) -> Result:
    from volery.worker.guard import guarded  # most tasks have no secrets

    return guarded(result, work.secrets)


def _provided(context: Context, work: Work) -> AbstractContextManager[None]:
    from volery.sdk.secret import provided

    return provided(context, work.secrets)


def _way(task: Task[..., Any], work: Work, observer: Observer, caller: Caller | None) -> Way | None:
    """What else than calling the function of a task there is to do; None: nothing, as mostly."""
    if work.mode == "dynamic":
        return partial(_emit, task, work.most_nodes, observer)
    if caller is not None:
        return lambda arguments: task.pack(caller.run(cast("Eager", task.called), arguments))
    return None


def _emit(
    task: Task[..., Any], most_nodes: int, observer: Observer, arguments: Mapping[str, Any]
) -> bytes:
    from volery.worker.emit import emission

    emitted = emission(task, arguments, most_nodes, elsewhere=observer.elsewhere)
    observer.emitted(emitted.tasks)
    return emitted.bundle


def _call(
    task: Task[..., Any],
    work: Work,
    way: Way | None,
    observer: Observer,
    times: _Times,
    *,
    together: str = "",
) -> bytes | Failure:
    """One call, in surroundings of its own: what it leaves, or why that is nothing."""
    context = Context(
        work.execution, work.task, work.path, work.attempt, work.recovers, together=together
    )
    unpacked = False
    try:
        with (
            context,
            working_at(context),
            _provided(context, work) if work.secrets else _AS_IT_IS,
        ):
            arguments = task.unpack(work.inputs)
            unpacked = True
            if way is not None:
                return way(arguments)
            given = task.invoke(arguments)
            times.returned = time()
            return task.pack(given)
    except KeyboardInterrupt:
        raise
    except BaseException as exception:  # noqa: BLE001 - whatever user code raises is its failure
        observer.raised(work.path, exception)
        # Another attempt would get the same inputs, unless they could not be fetched.
        if isinstance(exception, StorageError):
            return failure_of(exception)
        retryable = unpacked and _may_pass(task, work, exception)
        return failure_of(exception, retryable=retryable)


def _may_pass(task: Task[..., Any], work: Work, exception: BaseException) -> bool:
    """Whether another attempt can succeed where an exception has ended this one."""
    if work.mode and isinstance(exception, DefinitionError | PromiseError | RegistrationError):
        return False  # its code is wrong
    return not _is_recorded(exception) and task.retryable(exception)


def _is_recorded(exception: BaseException) -> bool:
    """Whether it says how a call of an eager task failed, which would fail likewise again."""
    if isinstance(exception, BaseExceptionGroup):
        members = cast("BaseExceptionGroup[BaseException]", exception).exceptions
        return any(map(_is_recorded, members))
    return isinstance(exception, ExecutionError) and exception.failure is not None


def _range(
    task: Task[..., Any], work: Work, elements: int, observer: Observer
) -> tuple[bytes | Failure, tuple[ElementFailure, ...]]:
    """The calls of a part of a map, or why there is nothing to show for them."""
    try:
        return _call_each(task, work, elements, observer)
    except KeyboardInterrupt:
        raise
    except BaseException as exception:  # noqa: BLE001 - its lists cannot be fetched or stored
        observer.raised(work.path, exception)
        return failure_of(exception), ()


def _call_each(
    task: Task[..., Any], work: Work, elements: int, observer: Observer
) -> tuple[bytes, tuple[ElementFailure, ...]]:
    """One call for each element of a part of a map: a record of arrays, nil where one failed."""
    way = _way(task, work, observer, None)
    shared = split_record(work.inputs)
    arrays = {name: list(offload.elements(shared[name])) for name in work.over}
    outputs: dict[str, list[Raw]] = {
        each.name: [Raw(NIL)] * elements for each in task.interface.outputs
    }
    failures: list[ElementFailure] = []
    times = _Times()
    for index in range(elements):
        observer.element()
        for name, array in arrays.items():
            shared[name] = array[index]
        path = element_path(work.path, index)
        element = msgspec.structs.replace(work, path=path, inputs=join_record(shared))
        outcome = _call(task, element, way, observer, times, together=work.path)
        if isinstance(outcome, Failure):
            failures.append(ElementFailure(index, outcome))
        else:
            for name, value in split_record(outcome).items():
                outputs[name][index] = value
    record = join_record({name: offload.pack(values) for name, values in outputs.items()})
    return record, tuple(failures)
