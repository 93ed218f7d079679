"""Find a task by its loader, and keep it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from functools import cache, reduce
from typing import Any, cast

from volery.errors import suggest
from volery.ir.codec import contract_of
from volery.ir.failure import Failure
from volery.ir.interface import Interface
from volery.ir.specs import Loader
from volery.ir.types import show
from volery.sdk.task import Task
from volery.worker.failures import failure_of

_loaded: dict[tuple[Loader, str], Task[..., Any]] = {}


def prepend(roots: Iterable[str]) -> None:
    """Put import roots at the front of ``sys.path``, in order."""
    first = list(roots)
    sys.path[:] = [*first, *(path for path in sys.path if path not in first)]


def loaded(loader: Loader | None, name: str) -> Task[..., Any] | None:
    """The task that `loader` leads to, if this process has loaded it."""
    return None if loader is None else _loaded.get((loader, name))


def load(loader: Loader | None, name: str) -> Task[..., Any] | Failure:
    """Import a task, which is kept; or why it cannot be had.

    Another attempt would fail in the same way, so the failure is not retryable.
    """
    if loader is None:
        return _refusal(f"task {name} can be reached only in the process that defined it")
    found = _find(loader)
    if isinstance(found, Failure):
        return found
    if not isinstance(found, Task):
        return _unexpected(loader, name, f"of type {type(found).__name__}")
    task = cast("Task[..., Any]", found)
    if task.name != name:
        return _unexpected(loader, name, f"task {task.name}")
    _loaded[loader, name] = task
    return task


def changed(task: Task[..., Any], interface: str) -> Failure | None:
    """Why an execution that was started with another interface cannot go on with this task.

    Args:
        task: as it was loaded.
        interface: digest of the interface that the execution counts on; empty: any will do.
    """
    if not interface or interface == _contract(task):
        return None
    message = (
        "the execution was started with another interface of the task, which is now "
        f"{task.name}{_signature(task.interface)}\n  hint: start it anew"
    )
    return Failure("InterfaceChanged", "USER", message, retryable=False)


@cache
def _contract(task: Task[..., Any]) -> str:
    return contract_of(task.interface)


def _signature(interface: Interface) -> str:
    """An interface as people write it: ``(x: int) -> str``."""
    inputs = ", ".join(f"{each.name}: {show(each.type)}" for each in interface.inputs)
    outputs = [f"{each.name}: {show(each.type)}" for each in interface.outputs]
    match outputs:
        case []:
            returned = "None"
        case [_] if interface.outputs[0].name == "o0":
            returned = show(interface.outputs[0].type)
        case _:
            returned = f"({', '.join(outputs)})"
    return f"({inputs}) -> {returned}"


def _find(loader: Loader) -> object:
    try:
        module = importlib.import_module(loader.module)
    except KeyboardInterrupt:
        raise
    except BaseException as exception:  # noqa: BLE001 - a module may raise whatever it likes
        return _import_failed(loader.module, exception)
    try:
        return reduce(getattr, loader.attribute.split("."), module)
    except AttributeError:
        near = suggest(loader.attribute, [name for name in vars(module) if name[0] != "_"])
        return _refusal(f"module {loader.module} has no {loader.attribute}; {near}")


def _import_failed(module: str, exception: BaseException) -> Failure:
    failure = failure_of(exception)
    message = f"cannot import {module}: {failure.code}: {failure.message}"
    return Failure("ImportFailed", "USER", message, failure.traceback, retryable=False)


def _unexpected(loader: Loader, name: str, found: str) -> Failure:
    return _refusal(f"{loader.module}:{loader.attribute} is {found}, expected task {name}")


def _refusal(message: str) -> Failure:
    return Failure("ImportFailed", "USER", message, retryable=False)
