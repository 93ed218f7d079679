"""``CronSchedule`` and ``FixedRate``: when a launch plan starts by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, get_args

from volery.errors import DefinitionError, suggest
from volery.ir.schedule import Cron, Misfire, Overlap, Rate, Schedule
from volery.sdk import options
from volery.sdk.setting import Setting
from volery.sdk.source import here, show

if TYPE_CHECKING:
    from datetime import timedelta


class CronSchedule(Setting, frozen=True):
    """At the times that match an expression, as the clocks of a time zone show them.

    A time of day that the clocks skip counts at the moment of their jump, one that comes twice
    counts the first time. What comes every hour or more often goes on, whatever the clocks do.

    Args:
        schedule: five fields: minute, hour, day of the month, month, day of the week; or one of
            ``hourly``, ``daily``, ``weekly``, ``monthly``, ``yearly``, with or without a @.
        timezone: name of a zone of the IANA database.
        kickoff_time_input_arg: name of an input, a datetime, that is given the instant.
        misfire: what becomes of instants that nobody was there for: ``"last"``, ``"all"`` or
            ``"skip"`` of them are made up for, or the last so many.
        overlap: what becomes of an instant while the execution of the one before goes on:
            ``"allow"`` starts it, ``"skip"`` does not, ``"queue"`` does when that has ended.

    Raises:
        DefinitionError: a value cannot be used.
    """

    schedule: str
    timezone: str = "UTC"
    kickoff_time_input_arg: str | None = None
    misfire: Misfire = "last"
    overlap: Overlap = "allow"

    def __post_init__(self) -> None:
        _check(self.spec(), f"CronSchedule ({show(here())})")

    def spec(self) -> Schedule:
        """The same as the IR has it."""
        from volery.ir.instants import ALIASES

        place = f"CronSchedule ({show(here())})"
        words = options.text(self.schedule, "schedule", place)
        expression = ALIASES.get(words.strip().lower().removeprefix("@"), " ".join(words.split()))
        zone = options.text(self.timezone, "timezone", place)
        return _schedule(self, Cron(expression, zone), place)


class FixedRate(Setting, frozen=True):
    """Each so often, counted from the beginning of 1970 in UTC, so that it never drifts.

    Args:
        duration: a timedelta, or a number of seconds; at least one second.
        kickoff_time_input_arg, misfire, overlap: see `CronSchedule`.

    Raises:
        DefinitionError: a value cannot be used.
    """

    duration: timedelta | float
    kickoff_time_input_arg: str | None = None
    misfire: Misfire = "last"
    overlap: Overlap = "allow"

    def __post_init__(self) -> None:
        _check(self.spec(), f"FixedRate ({show(here())})")

    def spec(self) -> Schedule:
        """The same as the IR has it."""
        place = f"FixedRate ({show(here())})"
        # Of 0 `flaw` says more.
        period = options.seconds(self.duration, "duration", place, zero=True)
        return _schedule(self, Rate(period), place)


_MISFIRES: Final = ("all", "last", "skip")


def _schedule(given: CronSchedule | FixedRate, when: Cron | Rate, place: str) -> Schedule:
    argument = given.kickoff_time_input_arg
    return Schedule(
        when,
        options.text(argument or "", "kickoff_time_input_arg", place),
        _misfire(given.misfire, place),
        _overlap(given.overlap, place),
    )


def _misfire(value: Any, place: str) -> Misfire:
    from volery.ir.schedule_check import MOST_KEPT

    if value in _MISFIRES:
        return value
    if isinstance(value, str):
        raise _unknown("misfire", value, _MISFIRES, place)
    count = options.count(value, "misfire", place, 1)
    if count > MOST_KEPT:
        raise DefinitionError(
            f"{place}: misfire= takes a number up to {MOST_KEPT}, got {count}",
            hint='write misfire="all" for every one',
        )
    return count


def _overlap(value: Any, place: str) -> Overlap:
    choices = get_args(Overlap)
    if value not in choices:
        raise _unknown("overlap", value, choices, place)
    return value


def _unknown(name: str, value: object, choices: tuple[str, ...], place: str) -> DefinitionError:
    told = ", ".join(f'"{each}"' for each in choices)
    also = " or a whole number" if name == "misfire" else ""
    hint = suggest(value, choices) if isinstance(value, str) else None
    return DefinitionError(f"{place}: {name}= takes {told}{also}, got {value!r}", hint=hint)


def _check(schedule: Schedule, place: str) -> None:
    from volery.ir.instants import flaw

    if found := flaw(schedule.when):
        message, hint = found
        raise DefinitionError(f"{place}: {message}", hint=hint)
