from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from volery.errors import CallError
from volery.testing import FakeClock


def test_a_fake_clock_stands_still():
    clock = FakeClock(5.0)
    assert (clock.now(), clock.now()) == (5.0, 5.0)


def test_it_begins_where_it_is_told():
    assert FakeClock(datetime(1970, 1, 2, tzinfo=UTC)).now() == 86_400


def test_it_is_advanced_by_seconds_and_by_durations():
    clock = FakeClock(0.0)
    clock.advance(1.5)
    clock.advance(timedelta(minutes=1))
    assert clock.now() == 61.5


def test_it_goes_to_a_time_and_never_back():
    clock = FakeClock(10.0)
    clock.skip(20.0)
    clock.skip(15.0)
    assert clock.now() == 20.0


def test_threads_move_it_together():
    clock = FakeClock(0.0)
    threads = [
        Thread(target=lambda: [clock.advance(1) for _ in range(1000)] and None) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == 4000


def test_it_cannot_be_set_back():
    with pytest.raises(CallError, match=r"forward, got -1"):
        FakeClock().advance(-1)


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(CallError, match=r"with its zone.*\n.*tzinfo=UTC"):
        FakeClock(datetime(2030, 1, 1))  # noqa: DTZ001 - it is what is refused
