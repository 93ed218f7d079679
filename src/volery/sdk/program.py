"""A program: a bundle together with the Python objects that it was compiled from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from volery.ir.specs import Bundle
    from volery.sdk.task import Task


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Program:
    """What compiling an entity yields. One is equal to itself only.

    Attributes:
        bundle: the specs of the entity and of everything that it refers to.
        tasks: the task objects by name, for executors that run in this process.
    """

    bundle: Bundle
    tasks: Mapping[str, Task[..., Any]]
