"""``ReusePolicy``: containers that stay for further attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from volery.errors import DefinitionError
from volery.ir.placement import Reuse
from volery.sdk import options
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

if TYPE_CHECKING:
    from volery.sdk.options import Duration


class ReusePolicy(Setting, frozen=True):
    """Containers stay and are given one attempt after another, each in a process of its own.

    Tasks share containers when theirs would be the same: image, code, resources and all else that
    they ask for.

    Args:
        replicas: most containers at a time; as a pair: the least, which wait even without work,
            and the most.
        idle_ttl: how long one beyond the least waits for work, a timedelta or seconds.
        concurrency: attempts at a time in one.

    Raises:
        DefinitionError: a value cannot be used.
    """

    replicas: int | tuple[int, int] = (0, 1)
    idle_ttl: Duration = 300.0
    concurrency: int = 1

    def __post_init__(self) -> None:
        self.reuse(f"ReusePolicy ({show(here())})")

    def reuse(self, place: str = "ReusePolicy") -> Reuse:
        """The same as the IR has it."""
        return Reuse(
            _replicas(self.replicas, place),
            options.seconds(self.idle_ttl, "idle_ttl", place, zero=True),
            options.count(self.concurrency, "concurrency", place, 1),
        )


def _replicas(given: object, place: str) -> tuple[int, int]:
    if not isinstance(given, tuple | list):
        return 0, options.count(given, "replicas", place, 1)
    pair = tuple(cast("tuple[object, ...] | list[object]", given))
    if len(pair) != 2:
        raise DefinitionError(
            f"{place}: replicas= takes a number, or the least and the most, got {given!r}",
            hint="write replicas=(0, 4)",
        )
    least = options.count(pair[0], "replicas", place)
    most = options.count(pair[1], "replicas", place, 1)
    if least > most:
        raise DefinitionError(f"{place}: replicas= has a least of {least} and a most of {most}")
    return least, most
