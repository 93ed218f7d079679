"""A program: a bundle together with the Python objects that it was compiled from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from volery.ir.specs import Bundle
    from volery.sdk.task import Task


class Program(msgspec.Struct, frozen=True, weakref=True, eq=False):
    """What compiling an entity yields. One is equal to itself only.

    Attributes:
        bundle: the specs of the entity and of everything that it refers to.
        tasks: the task objects by name, for executors that run in this process.
    """

    bundle: Bundle
    tasks: Mapping[str, Task[..., Any]]
