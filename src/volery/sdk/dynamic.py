"""``dynamic``: tasks whose functions say at run time what is to be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, Protocol, TypeVar, Unpack, overload

from volery.sdk.options import TaskOptions
from volery.sdk.task import Task, declare

P = ParamSpec("P")
R = TypeVar("R")


class Decorator(Protocol):
    """What ``dynamic(...)`` with options gives: it keeps the function's parameters."""

    def __call__(self, function: Callable[P, R], /) -> Task[P, R]: ...


@overload
def dynamic(function: Callable[P, R], /) -> Task[P, R]: ...
@overload
def dynamic(**options: Unpack[TaskOptions]) -> Decorator: ...
def dynamic(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make a function a dynamic task.

    It runs when its inputs are there, with their values. What it calls is recorded, as in the body
    of a workflow, and the graph that comes of it runs next; what it returns may be promises.

    Args:
        function: the function, where the decorator stands without options.
        options: see `TaskOptions`.

    Raises:
        DefinitionError: an option, the signature or a default cannot be used.
    """
    decorate = partial(declare, given=options, mode="dynamic")
    return decorate if function is None else decorate(function)
