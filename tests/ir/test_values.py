from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from volery.ir.values import (
    COMPLEX,
    CONTENT,
    EMPTY,
    UUID,
    Ext,
    Raw,
    comparable,
    join_array,
    join_map,
    join_record,
    pack,
    split_array,
    split_record,
    unpack,
)
from volery.types.registry import codec_for

BERLIN = ZoneInfo("Europe/Berlin")


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9)))
def test_a_record_is_cut_and_joined_without_a_change(record):
    assert join_record(split_record(pack(record))) == pack(record)
    assert join_record({}) == EMPTY


@given(st.lists(st.integers(0, 9)))
def test_an_array_is_cut_and_joined_without_a_change(array):
    assert join_array(split_array(pack(array))) == pack(array)


@pytest.mark.parametrize("count", [0, 1, 15, 16, 2**16 - 1, 2**16])
def test_a_map_of_any_size_is_joined_as_it_would_be_packed(count):
    entries = dict.fromkeys(range(count))
    assert join_map([(pack(key), Raw(pack(value))) for key, value in entries.items()]) == pack(
        entries
    )


def test_a_map_with_a_key_that_is_an_extension_is_joined_as_pairs():
    day = Ext(3, b"2024-01-31")
    joined = join_map([(pack(1), pack("a")), (pack(day), pack("b"))])
    assert unpack(joined) == [[1, "a"], [day, "b"]]


@pytest.mark.parametrize(
    ("kind", "smaller", "larger"),
    [
        (int, -(2**70), 3),
        (timedelta, timedelta(days=-2), timedelta(microseconds=1)),
        (date, date(999, 12, 31), date(1000, 1, 1)),
        (datetime, datetime(2024, 1, 1, 12, tzinfo=BERLIN), datetime(2024, 1, 1, 12, tzinfo=UTC)),
        (
            datetime,
            datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN),
            datetime(2024, 10, 27, 2, 30, tzinfo=BERLIN, fold=1),
        ),
        (time, time(12), time(12, 0, 0, 1)),
        (time, time(12, tzinfo=BERLIN), time(12, 0, 0, 1, tzinfo=BERLIN)),
        (time, time(12, tzinfo=timezone(timedelta(hours=2))), time(11, tzinfo=UTC)),
    ],
)
def test_scalars_compare_by_what_they_mean(kind, smaller, larger):
    codec = codec_for(kind)
    left, right = (comparable(codec.to_wire(each, "$")) for each in (smaller, larger))
    assert left < right
    assert left == comparable(codec.to_wire(smaller, "$"))


def test_uuids_compare_by_being_equal():
    one, other = (comparable(Ext(UUID, bytes([each] * 16))) for each in (1, 2))
    assert one == comparable(Ext(UUID, bytes([1] * 16)))
    assert one != other


def test_decimals_compare_with_each_other_and_with_ints():
    codec = codec_for(Decimal)
    small, large = (comparable(codec.to_wire(Decimal(each), "$")) for each in ("1.10", "1.2"))
    assert small < large < 2
    assert comparable(codec.to_wire(Decimal("1.0"), "$")) == 1


def test_one_time_of_the_day_in_two_zones_is_equal():
    codec = codec_for(time)
    there = time(13, tzinfo=timezone(timedelta(hours=1)))
    left, right = (comparable(codec.to_wire(each, "$")) for each in (there, time(12, tzinfo=UTC)))
    assert left == right


@pytest.mark.parametrize(
    "wire", [[1], {"a": 1}, Ext(99, b""), Ext(COMPLEX, bytes(16)), Ext(CONTENT, b"\x80")]
)
def test_what_is_no_scalar_does_not_compare(wire):
    with pytest.raises(ValueError, match="compare"):
        comparable(wire)
