"""``Timeout``: how long a task or an execution may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from volery.errors import DefinitionError
from volery.ir.policy import Limits
from volery.sdk import options
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

if TYPE_CHECKING:
    from volery.sdk.options import Duration


class Timeout(Setting, frozen=True, kw_only=True):
    """Limits, each a timedelta or a number of seconds. None: none.

    Args:
        queued: until the code begins to run, from when it may. Of an execution: until its turn.
        running: for the code itself, in each attempt. Of an execution: from its turn.
        total: for everything: all attempts and the waits between them.

    Raises:
        DefinitionError: a value cannot be used, or one limit can never be reached.
    """

    queued: Duration | None = None
    running: Duration | None = None
    total: Duration | None = None

    def __post_init__(self) -> None:
        place = f"Timeout ({show(here())})"
        limits = self.limits(place)
        if limits == Limits():
            raise DefinitionError(f"{place} limits nothing", hint="give queued, running or total")
        for name in ("queued", "running"):
            part: float | None = getattr(limits, name)
            if part is not None and limits.total is not None and part > limits.total:
                raise DefinitionError(
                    f"{place}: {name}= is {part:g} s, more than total=, {limits.total:g} s",
                    hint=f"total= counts everything: make it longer, or {name}= shorter",
                )

    def limits(self, place: str = "Timeout") -> Limits:
        """The same as the IR has it."""
        given = {name: getattr(self, name) for name in self.__struct_fields__}
        return Limits(
            **{
                name: options.seconds(value, name, place)
                for name, value in given.items()
                if value is not None
            }
        )


def limits_of(value: object, place: str) -> Limits | None:
    """What ``timeout=`` says: a duration limits how long code runs."""
    match value:
        case None:
            return None
        case Timeout():
            return value.limits()
        case _:
            return Limits(running=options.seconds(value, "timeout", place))
