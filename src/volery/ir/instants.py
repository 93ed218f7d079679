"""Instants: when a schedule comes due, as a function of nothing but its words.

An instant is a number of seconds since the epoch. What is to happen at a time of day happens when
the clock on the wall first shows that time, or jumps over it. So a time that comes twice, because
the clocks go back, counts once, and one that is skipped, because they go forward, counts at the
moment of the jump; of several that are skipped together only one instant comes.

What comes every hour, or at a step of minutes, is not about times of day: it happens whenever the
clock shows such a time, goes on through an hour that comes twice, and makes up for nothing that is
skipped. This is what the manual of Debian's cron has, too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from math import floor, inf, nextafter
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from volery.ir.schedule import Cron, Rate

Flaw = tuple[str, str | None]
"""What cannot work, and what to do about it."""

ALIASES: Final = {
    "hourly": "0 * * * *",
    "daily": "0 0 * * *",
    "midnight": "0 0 * * *",
    "weekly": "0 0 * * 0",
    "monthly": "0 0 1 * *",
    "yearly": "0 0 1 1 *",
    "annually": "0 0 1 1 *",
}
"""Words for common expressions, which may begin with @."""

LEAST: Final = 1.0
"""Seconds between two instants at the least."""
LONGEST: Final = 200
"""Characters of an expression at the most."""

_FIELDS: Final = {
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day-of-month": "1 to 31 as far as the months have so many, or L for the last",
    "month": "1 to 12, or JAN to DEC",
    "day-of-week": "0 to 7, or SUN to SAT; 0 and 7 are Sunday",
}
_HOURS = 24
"""Of a day."""
_MICROSECONDS = 1_000_000
_PROBE = datetime(2000, 1, 1)  # noqa: DTZ001 - a time on the wall
_UNITS = (("d", 86_400), ("h", 3600), ("m", 60))


# -- what is wrong with it --------------------------------------------------------------------


def flaw(when: Cron | Rate) -> Flaw | None:
    """Why there can be no such schedule; None: there can."""
    if isinstance(when, Rate):
        if LEAST <= when.seconds < inf:
            return None
        return f"the period is {when.seconds:g} s", "make it at least 1 second"
    return _expression_flaw(when.expression) or _zone_flaw(when.timezone)


def _expression_flaw(expression: str) -> Flaw | None:
    shown = f"{expression[:LONGEST]!r} is no cron expression"
    if len(fields := expression.split()) != len(_FIELDS):
        seconds = "; for seconds take a FixedRate" if len(fields) == 6 else ""
        names = ", ".join(_FIELDS)
        count = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        return f"{shown}: it has {count}", f"they are five: {names}{seconds}"
    if len(expression) > LONGEST:
        return f"{shown}: it has {len(expression)} characters", f"use {LONGEST} at most"
    try:
        coming = next(CronSim(expression, _PROBE), None)
    except (CronSimError, ValueError) as error:  # ValueError: a number of thousands of digits
        return _field_flaw(shown, fields, str(error))
    if coming is None:
        return f"{expression!r} never comes", "look at its days and months: they exclude each other"
    return None


def _field_flaw(shown: str, fields: list[str], told: str) -> Flaw:
    for (name, takes), field in zip(_FIELDS.items(), fields, strict=True):
        if told == f"Bad {name}":
            return f"{shown}: the {name} cannot be {field}", f"it is {takes}"
    return f"{shown}: {told}", None


def _zone_flaw(name: str) -> Flaw | None:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # each for other names: folders, and ways out of one
        from difflib import get_close_matches
        from zoneinfo import available_timezones

        near = get_close_matches(name, sorted(available_timezones()), cutoff=0.5)
        hint = " or ".join(near) or "a name of the IANA database, such as Europe/Berlin"
        return f"there is no time zone {name[:LONGEST]!r}", f"write {hint}"
    return None


# -- when it comes due ------------------------------------------------------------------------


def instants(when: Cron | Rate, after: float) -> Iterator[float]:
    """All instants later than `after`, in order. It has no `flaw`."""
    if isinstance(when, Rate):
        return _rate(when, after)
    return _whenever_shown(when, after) if _is_frequent(when) else _once_shown(when, after)


def next_after(when: Cron | Rate, after: float) -> float | None:
    """The first instant later than `after`; None: there is none."""
    return next(instants(when, after), None)


def between(when: Cron | Rate, since: float, until: float) -> Iterator[float]:
    """The instants from `since` on, and before `until`."""
    return takewhile(lambda at: at < until, instants(when, nextafter(since, -inf)))


def _rate(when: Rate, after: float) -> Iterator[float]:
    # Whole microseconds: sums of floats would drift.
    period = round(when.seconds * _MICROSECONDS)
    number = round(after * _MICROSECONDS) // period
    while True:
        at = number * period / _MICROSECONDS
        if at > after:
            yield at
        number += 1


def _is_frequent(when: Cron) -> bool:
    """Whether it is about distances, and not about times of day."""
    return when.expression.startswith("*") or len(CronSim(when.expression, _PROBE).hours) == _HOURS


def _once_shown(when: Cron, after: float) -> Iterator[float]:
    zone = ZoneInfo(when.timezone)
    last = floor(after)
    for wall in CronSim(when.expression, _wall(last, zone)):
        at = _first(wall, zone)
        if at > last:
            yield float(at)
            last = at


def _whenever_shown(when: Cron, after: float) -> Iterator[float]:
    zone = ZoneInfo(when.timezone)
    start = _wall(floor(after), zone)
    first, second = _readings(start, zone)
    # What the clock has shown before `start` may come again.
    start -= timedelta(seconds=max(second - first, 0))
    again: deque[int] = deque()
    for wall in CronSim(when.expression, start):
        first, second = _readings(wall, zone)
        while again and again[0] < min(first, second):
            yield float(again.popleft())
        if after < first <= second:
            yield float(first)
        if max(after, first) < second:
            again.append(second)


def _first(wall: datetime, zone: ZoneInfo) -> int:
    """When the clock of a zone first shows this time, or jumps over it."""
    first, second = _readings(wall, zone)
    if first <= second:
        return first
    return second + bisect_left(range(second, first), wall, key=lambda each: _wall(each, zone))


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """When the clock of a zone shows this time: first, and again if that is later.

    If the second is the earlier one, it is never shown, and the jump over it lies between them.
    """
    aware = wall.replace(tzinfo=zone)
    return int(aware.timestamp()), int(aware.replace(fold=1).timestamp())


def _wall(at: int, zone: ZoneInfo) -> datetime:
    """What the clock of a zone shows."""
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None, fold=0)


# -- for people -------------------------------------------------------------------------------


def told(when: Cron | Rate) -> str:
    """A schedule in words: ``0 9 * * * (Europe/Berlin)``, ``every 1h30m``."""
    if isinstance(when, Cron):
        return f"{when.expression} ({when.timezone})"
    rest, parts = when.seconds, ""
    for unit, seconds in _UNITS:
        count, rest = divmod(rest, seconds)
        parts += f"{count:.0f}{unit}" if count else ""
    return f"every {parts}{f'{rest:.6g}s' if rest else ''}"


def moment(when: Cron | Rate, at: float) -> datetime:
    """An instant as the schedule's time zone writes it; a rate has none, and so UTC."""
    return datetime.fromtimestamp(at, ZoneInfo(when.timezone) if isinstance(when, Cron) else UTC)


def note(when: Cron | Rate, at: float) -> str:
    """What a change of the clocks does to an instant; empty: nothing."""
    if isinstance(when, Rate):
        return ""
    zone = ZoneInfo(when.timezone)
    now = _wall(int(at), zone)
    expected = _wall(int(at) - 1, zone) + timedelta(seconds=1)
    skipped = next(CronSim(when.expression, expected - timedelta(seconds=1)), None)
    if skipped is not None and expected <= skipped < now:
        fires = "" if _is_frequent(when) else f", fires at {now:%H:%M}"
        return f"the clocks go forward: {skipped:%H:%M} does not exist{fires}"
    first, second = _readings(now, zone)
    if first < second:
        which = "first" if at == first else "second"
        return f"the clocks go back: the {which} of two {now:%H:%M}"
    return ""
