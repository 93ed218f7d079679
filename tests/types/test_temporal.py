# ruff: noqa: DTZ001, DTZ901 - naive datetimes are among the cases
from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from volery.errors import TypeMismatch
from volery.ir import values
from volery.testing.conformance.codec import check_codec
from volery.types.packing import pack, unpack
from volery.types.registry import codec_for

BERLIN = ZoneInfo("Europe/Berlin")


class Odd(tzinfo):
    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return None if dt is None else timedelta(hours=dt.month)

    def __repr__(self) -> str:
        return "Odd()"


def test_datetimes_keep_zone_offset_and_fold():
    moments = [
        datetime(2024, 2, 29, 12, 30, 15, 999_999),
        datetime(2024, 2, 29, tzinfo=UTC),
        datetime(2024, 2, 29, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(2024, 2, 29, tzinfo=timezone(timedelta(seconds=-1, microseconds=-1))),
        datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN),
        datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1),
        datetime(2024, 3, 31, 2, 30, tzinfo=BERLIN),
        datetime(2024, 10, 27, 2, 30, fold=1),
        datetime.min,
        datetime.max,
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ]
    check_codec(datetime, moments, bad=[(date(2024, 1, 1), "$"), ("2024-01-01", "$"), (0, "$")])


def test_the_stored_form_of_a_datetime():
    later = datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1)
    wire = codec_for(datetime).to_wire(later, "$")
    assert wire == values.Ext(values.DATETIME, b"2024-10-27T02:30:00+01:00[Europe/Berlin]#1")


def test_the_zone_key_comes_back_as_that_zone():
    codec = codec_for(datetime)
    back = unpack(codec, pack(codec, datetime(2024, 1, 1, tzinfo=BERLIN)))
    assert back.tzinfo is BERLIN


def test_dates():
    check_codec(date, [date.min, date.max, date(2024, 2, 29)], bad=[(datetime(2024, 1, 1), "$")])


@pytest.mark.parametrize(
    ("declared", "given", "hint"),
    [
        (date, datetime(2024, 1, 1), "pass its .date()"),
        (datetime, date(2024, 1, 1), "pass datetime.combine(..., time()) of it"),
    ],
)
def test_a_date_and_a_datetime_say_how_to_make_one_of_the_other(declared, given, hint):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(declared), given)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("declared", "value", "hint"),
    [
        (datetime, "2024-01-01", "pass datetime.fromisoformat(...) of it"),
        (time, "12:00", "pass time.fromisoformat(...) of it"),
        (timedelta, 5, "pass timedelta(seconds=...)"),
    ],
)
def test_a_common_mistake_gets_the_way_out(declared: type, value: object, hint: str):
    with pytest.raises(TypeMismatch) as caught:
        pack(codec_for(declared), value)
    assert caught.value.hint == hint


def test_times():
    times = [time.min, time.max, time(12, tzinfo=UTC), time(2, 30, tzinfo=BERLIN, fold=1)]
    check_codec(time, times, bad=[("12:00", "$"), (datetime(2024, 1, 1), "$")])


def test_durations_are_exact_to_the_microsecond():
    check_codec(
        timedelta,
        [timedelta.min, timedelta.max, timedelta(0), timedelta(microseconds=-1)],
        bad=[(1.5, "$"), (timedelta, "$")],
    )


def test_a_zone_without_a_key_is_refused_with_the_way_out():
    with pytest.raises(TypeMismatch, match=r"zone Odd\(\) has no key: use zoneinfo"):
        pack(codec_for(datetime), datetime(2024, 1, 1, tzinfo=Odd()))


@pytest.mark.parametrize(
    "text",
    ["", "noon", "2024-13-01T00:00:00", "2024-01-01T00:00:00[Mars/Olympus]", "2024-01-01T00[../x]"],
)
def test_a_stored_datetime_that_cannot_be_read_is_refused(text: str):
    wire = values.Ext(values.DATETIME, text.encode())
    with pytest.raises(TypeMismatch):
        codec_for(datetime).from_wire(wire, "$")


def test_a_stored_duration_beyond_the_range_is_refused():
    with pytest.raises(TypeMismatch):
        codec_for(timedelta).from_wire(values.Ext(values.DURATION, b"9" * 30), "$")


def test_a_stored_date_is_no_datetime():
    with pytest.raises(TypeMismatch):
        unpack(codec_for(datetime), pack(codec_for(date), date(2024, 1, 1)))


class Fixed(tzinfo):
    """A zone with one offset for ever, as pydantic and dateutil make them."""

    def utcoffset(self, when, /):
        return timedelta(hours=1)

    def dst(self, when, /):
        return None

    def tzname(self, when, /):
        return "fixed"


def test_a_zone_of_any_class_with_one_offset_comes_back_as_that_offset():
    """Datetimes that pydantic had parsed were refused."""
    codec = codec_for(datetime)
    value = datetime(2024, 1, 1, tzinfo=Fixed())
    assert unpack(codec, pack(codec, value)) == value
    assert unpack(codec, pack(codec, value)).utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize("key", ["UTC", "Etc/GMT+5"])
def test_a_zone_of_the_database_with_one_offset_keeps_its_name(key):
    """It came back as its offset."""
    codec = codec_for(datetime)
    value = datetime(2024, 1, 1, tzinfo=ZoneInfo(key))
    assert unpack(codec, pack(codec, value)).tzinfo == ZoneInfo(key)
