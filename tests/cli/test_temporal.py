from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from volery.durations import read_duration, write_duration
from volery.types.written.temporal import date_text, datetime_text, time_text

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", 90 * SECOND),
        ("1h30m", 90 * MINUTE),
        ("1h 30m", 90 * MINUTE),
        ("5 minutes", 5 * MINUTE),
        ("1 hour, 5 mins", 65 * MINUTE),
        ("1.5h", 90 * MINUTE),
        ("0.1s", 100_000),
        ("250ms", 250_000),
        ("3us", 3),
        ("2 days", 2 * DAY),
        ("1w", 7 * DAY),
        ("-5m", -5 * MINUTE),
        ("PT1H30M", 90 * MINUTE),
        ("P1DT0.5S", DAY + 500_000),
        ("P2W", 14 * DAY),
        ("PT90S", 90 * SECOND),
        ("0s", 0),
    ],
)
def test_durations_are_read_as_people_write_them(text, expected):
    assert read_duration(text) == expected


@pytest.mark.parametrize("text", ["", "90", "h", "5 parsecs", "1h30", "P", "PT", "P1DT", "ten s"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_duration(text)


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_a_duration_reads_back_as_it_was_shown(microseconds):
    assert read_duration(write_duration(microseconds)) == microseconds


def test_durations_are_shown_short():
    assert write_duration(90 * MINUTE) == "1h30m"
    assert write_duration(250_000) == "250ms"
    assert write_duration(0) == "0s"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-01T09:00", "2024-05-01T09:00:00"),
        ("2024-05-01 09:00:30Z", "2024-05-01T09:00:30+00:00"),
        ("2024-05-01T09:00+02:00[Europe/Berlin]", "2024-05-01T09:00:00+02:00[Europe/Berlin]"),
        ("2024-10-27T02:30+01:00[Europe/Berlin]#1", "2024-10-27T02:30:00+01:00[Europe/Berlin]#1"),
        ("2024-05-01", "2024-05-01T00:00:00"),
    ],
)
def test_datetimes_are_iso_8601(text, expected):
    assert datetime_text(text) == expected


def test_now_is_now_in_utc():
    before = datetime.now(UTC)
    assert before <= datetime.fromisoformat(datetime_text("now")) <= datetime.now(UTC)


def test_today_is_the_midnight_that_was():
    today = datetime.fromisoformat(datetime_text("today"))
    assert (today.hour, today.minute, today.utcoffset()) == (0, 0, UTC.utcoffset(None))
    assert date_text("today") in {today.date().isoformat(), datetime.now(UTC).date().isoformat()}


@pytest.mark.parametrize("read", [datetime_text, date_text, time_text])
@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "25:00"])
def test_what_is_no_time_is_refused(read, text):
    with pytest.raises(ValueError, match=r"."):
        read(text)
