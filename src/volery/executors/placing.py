"""Placing: what services ask about the executors that stand behind one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from volery.executors.known import Known

if TYPE_CHECKING:
    from volery.executors.base import Executor


class Placing(Protocol):
    """What stands behind an executor, for whoever hands out works.

    Attributes:
        default: name of the executor that carries out what names none.
    """

    @property
    def default(self) -> str: ...

    def name_of(self, wanted: str, said: str = "") -> str:
        """What an attempt is to name that wants this executor.

        Args:
            wanted: a name; `CONTAINER`: any that runs containers; empty: what is said.
            said: what its execution says; empty: nothing.

        Raises:
            ConfigError: there is none of this name.
        """
        ...

    def rooms(self) -> Mapping[str, int]:
        """How many more works each takes without queueing them for long, by name."""
        ...

    def lasts_on(self, name: str) -> bool:
        """Whether works of an executor go on without the engine, and can be found again here.

        See `Executor.lasts`: those in containers that stay do not.
        """
        ...

    def about(self, name: str) -> Known:
        """What is known of an executor."""
        ...

    def tidy(self) -> None:
        """Open executors that may have left something where they carry attempts out.

        An executor that is open removes what nobody asks for. One that cannot be opened is tried
        again now and then, and nobody is told.
        """
        ...


class Only:
    """One executor that carries everything out, whatever is asked for. See `Placing`."""

    default = ""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def name_of(self, wanted: str, said: str = "") -> str:  # noqa: ARG002
        return ""

    def rooms(self) -> Mapping[str, int]:
        return {"": self._executor.room()}

    def lasts_on(self, name: str) -> bool:
        return not name and self._executor.lasts

    def about(self, name: str) -> Known:  # noqa: ARG002
        return _HERE

    def tidy(self) -> None:
        """It is open."""


_HERE = Known(away=False)
