"""Works under way."""

from __future__ import annotations

import os
import select
import threading
import time

import pytest
from tests.executors.contained.works import changed, interface, work_of

from volery.executors.base import Printed, Started
from volery.executors.contained.works import SLACK, Works
from volery.ir.failure import Failure
from volery.ir.placement import ContainerCommand
from volery.ir.work import Result
from volery.testing.clock import FakeClock
from volery.wire.logs import LogRecord

NOTHING = interface({})
DONE = Result(0, b"\x80", started=1.0, ended=2.0)
BROKEN = Result(0, None, Failure("ValueError", "USER", "x"), (), 1.0, 2.0)


def a_work(id=1, *, limit=None, command=None):
    return changed(work_of(NOTHING, command=command, id=id), attempt=id, limit=limit)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def works(clock):
    made = Works(lambda work: f"name-{work.id}", clock.now)
    yield made
    made.close()


def rings(works):
    return bool(select.select([works.bell], (), (), 0)[0])


def test_events_come_in_order_and_the_result_last_and_once(works):
    works.take([a_work()])
    works.began("name-1", 5.0)
    works.began("name-1", 6.0)
    works.printed("name-1", [LogRecord(1.0, "stdout", "x")])
    works.over("name-1", DONE)
    works.printed("name-1", [LogRecord(1.0, "stdout", "late")])
    works.over("name-1", BROKEN)
    started, printed, result = works.poll(0)
    assert started == Started(1, 5.0)
    assert printed == Printed(1, (LogRecord(1.0, "stdout", "x"),))
    assert (result.id, result.outputs) == (1, b"\x80")
    assert works.poll(0) == []
    assert len(works) == 0


def test_a_work_that_is_under_way_is_not_taken_again(works):
    assert len(works.take([a_work(), a_work()])) == 1
    assert works.take([a_work()]) == []
    works.over("name-1", DONE)
    assert [held.name for held in works.take([a_work()])] == ["name-1"]


def test_the_bell_rings_as_long_as_there_is_something_to_give(works):
    works.take([a_work()])
    assert not rings(works)
    works.began("name-1", 1.0)
    works.over("name-1", DONE)
    assert rings(works)
    works.poll(0)
    assert not rings(works)


def test_a_poll_ends_when_another_thread_brings_something(works):
    works.take([a_work()])
    threading.Timer(0.05, works.over, ("name-1", DONE)).start()
    assert len(works.poll(30)) == 1


def test_a_poll_ends_when_there_is_news(works):
    reading, writing = os.pipe()
    os.write(writing, b"x")
    began = time.monotonic()
    assert works.poll(30, reading) == []
    assert time.monotonic() - began < 10
    os.close(reading)
    os.close(writing)


def test_what_was_aborted_ends_as_that_whatever_it_has_left(works):
    works.take([a_work(1), a_work(2)])
    assert [held.work.id for held in works.abort([1, 7])] == [1]
    assert works.abort([1]) == []
    works.over("name-1", DONE)
    works.over("name-2", DONE)
    first, second = works.poll(0)
    assert first.failure.code == "Aborted"
    assert second.failure is None


@pytest.mark.parametrize(("command", "slack"), [(None, SLACK), (ContainerCommand(("run",)), 0.0)])
def test_a_work_that_runs_too_long_is_overdue_once(works, clock, command, slack):
    works.take([a_work(limit=10.0, command=command)])
    assert works.due() is None
    works.began("name-1", clock.now())
    assert works.due() == pytest.approx(10.0 + slack)
    assert works.overdue() == []
    clock.advance(10.0 + slack + 1)
    assert [held.name for held in works.overdue()] == ["name-1"]
    assert works.overdue() == []
    works.over("name-1", BROKEN)
    *_, result = works.poll(0)
    assert (result.failure.code, result.failure.message) == ("TimedOut", "ran longer than 10.0 s")


def test_a_work_that_has_succeeded_before_it_was_stopped_has_succeeded(works, clock):
    works.take([a_work(limit=1.0, command=ContainerCommand(("run",)))])
    works.began("name-1", clock.now())
    clock.advance(2.0)
    works.overdue()
    works.over("name-1", DONE)
    assert works.poll(0)[-1].failure is None


def test_the_elements_of_a_part_have_their_time_one_after_the_other(works, clock):
    part = changed(a_work(limit=10.0, command=ContainerCommand(("run",))), elements=3)
    works.take([part])
    works.began("name-1", clock.now())
    assert works.due() == pytest.approx(30.0)


def test_a_work_without_a_container_fails(works):
    works.take([a_work()])
    works.failed("name-1", Failure("ImageNotFound", "USER", "x"))
    works.failed("name-1", Failure("Other", "USER", "x"))
    (result,) = works.poll(0)
    assert result.failure.code == "ImageNotFound"
    assert result.started <= result.ended


def test_after_the_end_nothing_happens(works):
    works.take([a_work()])
    works.close()
    works.over("name-1", DONE)
    works.began("name-1", 1.0)
    works.close()
    assert len(works) == 0
