"""``eager``: async tasks whose functions call entities and await them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar, Unpack, overload

from volery.sdk.options import TaskOptions
from volery.sdk.task import Task, declare

P = ParamSpec("P")
R = TypeVar("R")


class Decorator(Protocol):
    """What ``eager(...)`` with options gives: it keeps the function's parameters."""

    def __call__(self, function: Callable[P, Coroutine[Any, Any, R]], /) -> Task[P, R]: ...


@overload
def eager(function: Callable[P, Coroutine[Any, Any, R]], /) -> Task[P, R]: ...
@overload
def eager(**options: Unpack[TaskOptions]) -> Decorator: ...
def eager(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make an async function an eager task.

    Calls of entities in it run as nodes of their own; awaited, they give values. If the process
    dies, calls that have ended are not made again.

    Args:
        function: the function, where the decorator stands without options.
        options: see `TaskOptions`.

    Raises:
        DefinitionError: the function is not async; an option, the signature or a default cannot be
            used.
    """
    decorate = partial(declare, given=options, mode="eager")
    return decorate if function is None else decorate(function)
