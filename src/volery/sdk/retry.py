"""``Retry``: how often a task is tried again, after which exceptions, and how soon."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from volery.errors import DefinitionError, RecoverableError
from volery.ir.policy import Backoff
from volery.sdk import options
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

if TYPE_CHECKING:
    from volery.sdk.options import Duration

    Exceptions = type[BaseException] | tuple[type[BaseException], ...]


class Retry(Setting, frozen=True):
    """What follows when the function of a task raises.

    Before further attempt number n (from 1) it waits ``backoff * factor ** (n - 1)``, but no longer
    than `max_backoff`. So that many that failed together do not come back together, up to the part
    `jitter` of the wait is left out, by lot.

    Args:
        attempts: how many there may be, with the first.
        backoff: the first wait: a timedelta, or seconds.
        factor: by which each wait is longer than the one before; at least 1.
        max_backoff: the longest wait; None: an hour, or `backoff` if that is longer.
        jitter: from 0 to 1.
        on: classes of exceptions after which it is tried again; none: after all.
        never: classes of exceptions after which it is not, which come before `on`.

    A `RecoverableError` is always a reason to try again.

    Raises:
        DefinitionError: a value cannot be used.
    """

    attempts: int
    backoff: Duration = 0
    factor: float = 2.0
    max_backoff: Duration | None = None
    jitter: float = 0.0
    on: Exceptions = ()
    never: Exceptions = ()

    def __post_init__(self) -> None:
        place = f"Retry ({show(here())})"
        options.count(self.attempts, "attempts", place, 1)
        if self.attempts == 1 and (self.backoff or self.on or self.never):
            raise DefinitionError(
                f"{place}: attempts= counts the first one: with 1 nothing is tried again",
                hint="write attempts=2 for one further attempt",
            )
        waits = self.waits(place)
        if waits.most < waits.first:
            raise DefinitionError(
                f"{place}: max_backoff= is {waits.most:g} s, less than the first wait, "
                f"{waits.first:g} s",
                hint="make backoff= shorter, or max_backoff= longer",
            )
        on = _exceptions(self.on, "on", place)
        never = _exceptions(self.never, "never", place)
        if on and all(
            issubclass(each, never) and not issubclass(each, RecoverableError) for each in on
        ):
            raise DefinitionError(
                f"{place}: never= has all that on= has, and comes first: nothing is tried again",
                hint="give never= classes that are narrower than those of on=",
            )

    @property
    def filters(self) -> bool:
        """Whether it depends on the exception."""
        return bool(self.on or self.never)

    def follows(self, exception: BaseException) -> bool:
        """Whether another attempt follows an exception, as long as some are left."""
        if isinstance(exception, RecoverableError):
            return True
        if isinstance(exception, self.never):
            return False
        return not self.on or isinstance(exception, self.on)

    def waits(self, place: str = "Retry") -> Backoff:
        """The waits, as the IR has them."""
        first = options.seconds(self.backoff, "backoff", place, zero=True)
        most = max(first, Backoff().most)
        if self.max_backoff is not None:
            most = options.seconds(self.max_backoff, "max_backoff", place)
        factor = options.at_least(self.factor, 1, "factor", place)
        return Backoff(first, factor, most, options.ratio(self.jitter, "jitter", place))


def _exceptions(value: object, name: str, place: str) -> tuple[type[BaseException], ...]:
    """The classes of exceptions that an option has."""
    classes = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    for each in classes:
        if not (isinstance(each, type) and issubclass(each, BaseException)):
            raise DefinitionError(
                f"{place}: {name}= takes classes of exceptions, got {each!r}",
                hint=f"write {name}=(ConnectionError, TimeoutError)",
            )
    return cast("tuple[type[BaseException], ...]", classes)
