"""Instants, compared with somebody who looks at the clock on the wall once a minute."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, strategies as st

from volery.ir.instants import between, flaw, instants, moment, next_after, note, told
from volery.ir.schedule import Cron, Rate

MINUTE = 60
HOUR = 3_600
DAY = 86_400
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

Matches = Callable[[datetime], bool]
"""Whether something is to happen when the clock on the wall shows this minute."""

EVERY_HOUR = frozenset(range(24))


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def local(when: Cron | Rate, found: Iterator[float], count: int) -> list[str]:
    return [f"{moment(when, each):%a %Y-%m-%d %H:%M %z}" for each in islice(found, count)]


# -- the slow way -----------------------------------------------------------------------------


def looked_at(matches: Matches, zone: ZoneInfo, since: int, until: int) -> list[float]:
    """When somebody acts who looks once a minute, and remembers nothing."""
    return [float(each) for each in range(since, until, MINUTE) if matches(wall(each, zone))]


def watched(matches: Matches, zone: ZoneInfo, since: int, until: int) -> list[float]:
    """When somebody acts who sees each minute that a clock shows or jumps over, none twice."""
    begin = since - LONGEST
    seen = wall(begin - 1, zone)
    found: list[float] = []
    for second in range(begin, until, MINUTE):
        now = wall(second, zone)
        new = [seen + each * timedelta(minutes=1) for each in range(1, (now - seen) // MINUTES + 1)]
        if any(map(matches, new)) and second >= since:
            found.append(float(second))
        seen = max(seen, now)
    return found


LONGEST = 7 * HOUR
"""Since 1975 no clock has been set back by more."""
MINUTES = timedelta(minutes=1)


def wall(second: int, zone: ZoneInfo) -> datetime:
    shown = datetime.fromtimestamp(second, zone).replace(tzinfo=None, fold=0)
    return shown.replace(second=0)


# -- what is written, and what it means -------------------------------------------------------


@st.composite
def fields(draw: st.DrawFn, low: int, high: int) -> tuple[str, frozenset[int]]:
    """A field of an expression, and the numbers that it stands for."""
    every = range(low, high + 1)
    match draw(st.sampled_from(["any", "step", "range", "list"])):
        case "any":
            return "*", frozenset(every)
        case "step":
            step = draw(st.integers(1, high))
            return f"*/{step}", frozenset(every[::step])
        case "range":
            first, last = sorted((draw(st.integers(low, high)), draw(st.integers(low, high))))
            return f"{first}-{last}", frozenset(range(first, last + 1))
        case _:
            some = draw(st.sets(st.integers(low, high), min_size=1, max_size=5))
            return ",".join(map(str, some)), frozenset(some)


@st.composite
def expressions(draw: st.DrawFn) -> tuple[str, Matches, bool]:
    """An expression, what it matches, and whether it is about distances, not times of day."""
    limits = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
    written, meant = zip(*(draw(fields(*each)) for each in limits), strict=True)
    minutes, hours, days, months, weekdays = meant
    both = written[2].startswith("*") or written[4].startswith("*")

    def matches(shown: datetime) -> bool:
        day = shown.day in days
        weekday = not weekdays.isdisjoint({shown.isoweekday(), shown.isoweekday() % 7})
        return (
            shown.minute in minutes
            and shown.hour in hours
            and shown.month in months
            and ((day and weekday) if both else (day or weekday))
        )

    return " ".join(written), matches, written[0].startswith("*") or hours == EVERY_HOUR


@st.composite
def moments(draw: st.DrawFn) -> tuple[str, int]:
    """A zone and a moment, where there is one just before its clocks change."""
    name, year = draw(st.sampled_from(ZONES)), draw(st.integers(1975, 2100))
    zone, start = ZoneInfo(name), int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
    changes = [
        (start + day * DAY)
        for day in range(365)
        if offset(start + day * DAY, zone) != offset(start + (day + 1) * DAY, zone)
    ]
    if changes and draw(st.booleans()):
        return name, draw(st.sampled_from(changes)) - draw(st.integers(0, 1440)) * MINUTE
    return name, start + draw(st.integers(0, 365 * 1440)) * MINUTE


def offset(second: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(second, zone).utcoffset()


WEEKS = range(1_262_304_000, 2_051_222_400, 7 * DAY)
"""From 2010 to 2034."""


@cache
def changes() -> list[tuple[str, int]]:
    """Every change of clocks, with one of the zones that make it."""
    found: dict[tuple[int, timedelta | None, timedelta | None], tuple[str, int]] = {}
    for name in ZONES:
        zone = ZoneInfo(name)
        offsets = [offset(week, zone) for week in WEEKS]
        for week, (before, after) in zip(WEEKS, pairwise(offsets), strict=False):
            if before != after:
                span = range(week, week + 7 * DAY + 1)
                number = bisect_left(span, 1, key=lambda each: offset(each, zone) == after)
                change = span[number]
                found.setdefault((change, before, after), (name, change))
    return list(found.values())


# -- cron -------------------------------------------------------------------------------------


@given(expressions(), moments())
@example(
    ("30 2 * * *", lambda shown: (shown.hour, shown.minute) == (2, 30), False),
    ("Europe/Berlin", 1774699200),
)
@example(
    ("0 9 * * *", lambda shown: (shown.hour, shown.minute) == (9, 0), False),
    ("Pacific/Apia", 1325116800),
)
@example(
    ("*/10 * * * *", lambda shown: shown.minute % 10 == 0, True),
    ("Australia/Lord_Howe", 1775318400),
)
def test_instants_are_what_somebody_finds_who_looks_at_the_clock(written, where):
    (expression, matches, frequent), (zone, since) = written, where
    until = since + 3 * DAY
    when = Cron(expression, zone)
    if flaw(when) is None:
        slow = looked_at if frequent else watched
        found = list(between(when, since, until))
        assert found == slow(matches, ZoneInfo(zone), since, until)


@pytest.mark.parametrize(
    ("expression", "matches", "slow"),
    [
        ("*/15 * * * *", lambda shown: shown.minute % 15 == 0, looked_at),
        ("0,40 * * * *", lambda shown: shown.minute in {0, 40}, looked_at),
        (
            "20,50 */2 * * *",
            lambda shown: shown.minute in {20, 50} and shown.hour % 2 == 0,
            watched,
        ),
    ],
)
def test_instants_are_right_around_every_change_of_clocks_that_there_is(expression, matches, slow):
    for name, change in changes():
        since, until = change - 2 * HOUR, change + 2 * HOUR
        found = list(between(Cron(expression, name), since, until))
        assert found == slow(matches, ZoneInfo(name), since, until), (name, change)


@given(expressions(), st.sampled_from(ZONES), st.floats(0, 4_102_444_800))
def test_instants_rise_and_each_is_the_next_of_the_one_before(written, zone, after):
    when = Cron(written[0], zone)
    if flaw(when) is None:
        found = list(islice(instants(when, after), 5))
        assert found
        assert all(first < second for first, second in pairwise([after, *found]))
        assert [next_after(when, each) for each in [after, *found[:-1]]] == found
        # Not a moment before, and not a moment after.
        assert next_after(when, math.nextafter(found[0], -math.inf)) == found[0]
        assert next_after(when, math.nextafter(found[0], math.inf)) == found[1]


def test_a_time_that_is_skipped_counts_at_the_moment_of_the_jump():
    when = Cron("30 2 * * *", "Europe/Berlin")
    assert local(when, instants(when, at("2026-03-28T12:00Z")), 2) == [
        "Sun 2026-03-29 03:00 +0200",
        "Mon 2026-03-30 02:30 +0200",
    ]


def test_a_time_that_comes_twice_counts_the_first_time():
    when = Cron("30 2 * * *", "Europe/Berlin")
    assert local(when, instants(when, at("2026-10-24T12:00Z")), 2) == [
        "Sun 2026-10-25 02:30 +0200",
        "Mon 2026-10-26 02:30 +0100",
    ]


def test_who_asks_between_the_two_gets_neither_again():
    when = Cron("30 2 * * *", "Europe/Berlin")
    second = at("2026-10-25T02:30+01:00")
    for after in (second - MINUTE, second, second + MINUTE):
        assert local(when, instants(when, after), 1) == ["Mon 2026-10-26 02:30 +0100"]


def test_times_that_are_skipped_together_are_one_instant():
    when = Cron("0,30 1-3 * * *", "Europe/Berlin")
    assert local(when, instants(when, at("2026-03-29T00:15Z")), 3) == [
        "Sun 2026-03-29 01:30 +0100",
        "Sun 2026-03-29 03:00 +0200",
        "Sun 2026-03-29 03:30 +0200",
    ]


def test_what_comes_every_quarter_of_an_hour_goes_on_through_an_hour_that_comes_twice():
    when = Cron("*/15 * * * *", "Europe/Berlin")
    found = list(between(when, at("2026-10-24T22:00Z"), at("2026-10-25T04:00Z")))
    assert found == [found[0] + number * 900 for number in range(24)]


@pytest.mark.parametrize("after", ["02:20+02:00", "02:50+02:00", "02:20+01:00", "02:50+01:00"])
def test_who_asks_within_the_two_gets_what_is_next(after):
    when = Cron("40 * * * *", "Europe/Berlin")
    asked = at(f"2026-10-25T{after}")
    assert next_after(when, asked) == asked + 1200 + (1800 if "50" in after else 0)


def test_what_comes_every_hour_makes_up_for_nothing_that_is_skipped():
    when = Cron("30 * * * *", "Europe/Berlin")
    assert local(when, instants(when, at("2026-03-29T00:15Z")), 2) == [
        "Sun 2026-03-29 01:30 +0100",
        "Sun 2026-03-29 03:30 +0200",
    ]


def test_what_comes_every_other_hour_is_about_times_of_day():
    when = Cron("0 */2 * * *", "Europe/Berlin")
    assert local(when, instants(when, at("2026-10-24T23:30Z")), 2) == [
        "Sun 2026-10-25 02:00 +0200",
        "Sun 2026-10-25 04:00 +0100",
    ]


def test_a_day_that_is_skipped_counts_when_the_next_begins():
    when = Cron("0 9 * * *", "Pacific/Apia")
    assert local(when, instants(when, at("2011-12-29T12:00-10:00")), 2) == [
        "Sat 2011-12-31 00:00 +1400",
        "Sat 2011-12-31 09:00 +1400",
    ]


def test_day_of_month_or_day_of_week_is_enough_where_both_are_given():
    either, both = Cron("0 0 13 * 5"), Cron("0 0 13 * *")
    assert local(either, instants(either, at("2026-02-01T00:00Z")), 3) == [
        "Fri 2026-02-06 00:00 +0000",
        "Fri 2026-02-13 00:00 +0000",
        "Fri 2026-02-20 00:00 +0000",
    ]
    assert local(both, instants(both, at("2026-02-01T00:00Z")), 1) == ["Fri 2026-02-13 00:00 +0000"]


def test_the_29th_of_february_is_waited_for_where_there_is_none_for_eight_years():
    when = Cron("0 0 29 2 *")
    assert local(when, instants(when, at("2096-03-01T00:00Z")), 1) == ["Fri 2104-02-29 00:00 +0000"]


# -- fixed rates ------------------------------------------------------------------------------


@given(
    st.integers(1_000_000, 10**13).map(lambda each: each / 1_000_000),
    st.floats(0, 4_102_444_800),
)
def test_a_rate_comes_at_multiples_of_its_period(period, after):
    when = Rate(period)
    first, second = islice(instants(when, after), 2)
    microseconds = round(period * 1_000_000)
    assert round(first * 1_000_000) % microseconds == 0
    assert round((second - first) * 1_000_000) == pytest.approx(microseconds, abs=1)
    assert after < first <= after + period + 1e-6
    assert next_after(when, first) == second


def test_a_rate_does_not_drift():
    when = Rate(0.1 + 1)
    assert next_after(when, 1.1 * 10**9) == pytest.approx(1_100_000_001.1, abs=1e-6)


# -- stretches --------------------------------------------------------------------------------


@pytest.mark.parametrize("when", [Cron("0 * * * *"), Rate(3600)])
def test_a_stretch_begins_with_its_beginning_and_ends_before_its_end(when):
    assert list(between(when, 3600.0, 10_800.0)) == [3600.0, 7200.0]
    assert list(between(when, 3600.1, 10_800.1)) == [7200.0, 10_800.0]


# -- for people -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "time", "noted"),
    [
        ("30 2 * * *", "2026-03-29T03:00+02:00", "forward: 02:30 does not exist, fires at 03:00"),
        ("*/20 * * * *", "2026-03-29T03:00+02:00", "forward: 02:00 does not exist"),
        ("*/20 * * * *", "2026-10-25T02:20+02:00", "back: the first of two 02:20"),
        ("*/20 * * * *", "2026-10-25T02:20+01:00", "back: the second of two 02:20"),
        ("*/20 * * * *", "2026-10-25T03:00+01:00", ""),
        ("0 3 * * *", "2026-03-29T03:00+02:00", ""),
        ("30 2 * * *", "2026-10-25T02:30+02:00", "back: the first of two 02:30"),
        ("0 3 * * *", "2026-10-25T03:00+01:00", ""),
        ("30 2 * * *", "2026-10-24T02:30+02:00", ""),
    ],
)
def test_what_a_change_of_the_clocks_does_is_noted(expression, time, noted):
    assert note(Cron(expression, "Europe/Berlin"), at(time)).removeprefix("the clocks go ") == noted


def test_rates_know_of_no_clocks():
    assert note(Rate(60), at("2026-03-29T03:00+02:00")) == ""


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (Cron("0 9 * * *", "Europe/Berlin"), "0 9 * * * (Europe/Berlin)"),
        (Rate(5400), "every 1h30m"),
        (Rate(86_400), "every 1d"),
        (Rate(90_061.5), "every 1d1h1m1.5s"),
        (Rate(1), "every 1s"),
    ],
)
def test_a_schedule_is_told_in_words(when, words):
    assert told(when) == words


@pytest.mark.parametrize("seconds", [0.5, 0.0, -1.0, math.inf, math.nan])
def test_a_period_is_at_least_a_second_and_ends(seconds):
    assert flaw(Rate(seconds)) is not None
