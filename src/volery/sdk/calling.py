"""Calling: where calls of entities go that the function of an eager task makes."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from volery.errors import CallError

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator, Mapping

    from volery.sdk.entity import Entity


class Caller(Protocol):
    """Has entities run elsewhere, for a function that awaits them."""

    def call(self, entity: Entity, arguments: Mapping[str, Any]) -> Coroutine[Any, Any, Any]:
        """Begin a call; what it gives is awaited.

        Args:
            entity: what is called.
            arguments: complete, and none unknown.

        Raises:
            TypeMismatch: an argument is not of the declared type.
        """
        ...


_caller: ContextVar[Caller | None] = ContextVar("volery_caller", default=None)


def caller() -> Caller | None:
    """Where calls go here; None: they are plain calls."""
    return _caller.get()


@contextlib.contextmanager
def calling(caller: Caller) -> Generator[None]:
    """Have calls go to a caller, in this coroutine and in all that it starts."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def call_async(
    entity: Entity, positional: tuple[Any, ...], arguments: dict[str, Any]
) -> Coroutine[Any, Any, Any]:
    """What ``entity.aio(...)`` is: the call ``entity(...)`` of an eager function, typed.

    Raises:
        CallError: no eager function makes it, or an argument is positional, missing or unknown.
    """
    if caller() is None:
        raise CallError(
            f"{entity.signature.owner}: .aio() is for functions of eager tasks",
            hint=f"here write {entity.label}(...), without .aio and await",
        )
    return entity.call(positional, arguments)
