"""Carry out one attempt: the only caller of user code."""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import TYPE_CHECKING, Any

from volery.data import offload
from volery.data.workplace import working_at
from volery.errors import StorageError
from volery.ids import element_path
from volery.ir.failure import Failure
from volery.ir.values import NIL, Raw, join_record, split_record
from volery.ir.work import ElementFailure, Result, Work
from volery.sdk.context import attempt, environment
from volery.worker.failures import failure_of

if TYPE_CHECKING:
    from volery.sdk.task import Task

Raised = Callable[[str, BaseException], object]
"""Told of every exception that ended a call, and of the path it came from (of a map: the
element's), before it becomes a failure."""


def _forget(_path: str, _exception: BaseException) -> None:
    """Nobody here needs the exception itself."""


def run(task: Task[..., Any], work: Work, raised: Raised = _forget) -> Result:
    """Unpack the inputs, call the task's function, pack what it returned.

    Raises:
        KeyboardInterrupt: the only thing that is not turned into a failure.
    """
    started = time()
    with environment(work.environment):
        if work.elements is None:
            outcome = _call(task, work, work.path, work.inputs, raised)
            failures: tuple[ElementFailure, ...] = ()
        else:
            outcome, failures = _range(task, work, work.elements, raised)
    if isinstance(outcome, Failure):
        return Result(work.id, None, outcome, (), started, time())
    return Result(work.id, outcome, None, failures, started, time())


def _call(
    task: Task[..., Any], work: Work, path: str, inputs: bytes, raised: Raised
) -> bytes | Failure:
    """One call, in surroundings of its own: its output record, or why there is none."""
    context = attempt(work.execution, work.task, path, work.attempt)
    unpacked = False
    try:
        with context, working_at(context):
            arguments = task.unpack(inputs)
            unpacked = True
            return task.pack(task.invoke(arguments))
    except KeyboardInterrupt:
        raise
    except BaseException as exception:  # noqa: BLE001 - whatever user code raises is its failure
        raised(path, exception)
        # Another attempt would get the same inputs, unless they could not be fetched.
        return failure_of(exception, retryable=unpacked or isinstance(exception, StorageError))


def _range(
    task: Task[..., Any], work: Work, elements: int, raised: Raised
) -> tuple[bytes | Failure, tuple[ElementFailure, ...]]:
    """The calls of a part of a map, or why there is nothing to show for them."""
    try:
        return _call_each(task, work, elements, raised)
    except KeyboardInterrupt:
        raise
    except BaseException as exception:  # noqa: BLE001 - its lists cannot be fetched or stored
        raised(work.path, exception)
        return failure_of(exception), ()


def _call_each(
    task: Task[..., Any], work: Work, elements: int, raised: Raised
) -> tuple[bytes, tuple[ElementFailure, ...]]:
    """One call for each element of a part of a map: a record of arrays, nil where one failed."""
    shared = split_record(work.inputs)
    arrays = {name: list(offload.elements(shared[name])) for name in work.over}
    outputs: dict[str, list[Raw]] = {
        each.name: [Raw(NIL)] * elements for each in task.interface.outputs
    }
    failures: list[ElementFailure] = []
    for index in range(elements):
        for name, array in arrays.items():
            shared[name] = array[index]
        path = element_path(work.path, index)
        outcome = _call(task, work, path, join_record(shared), raised)
        if isinstance(outcome, Failure):
            failures.append(ElementFailure(index, outcome))
        else:
            for name, value in split_record(outcome).items():
                outputs[name][index] = value
    record = join_record({name: offload.pack(values) for name, values in outputs.items()})
    return record, tuple(failures)
