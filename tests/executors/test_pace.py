from __future__ import annotations

import pytest

from volery.executors.pace import Pace
from volery.ir.work import Result, Work


def work(task, elements=None):
    return Work(1, "e", "n", 1, task, None, b"", elements)


def took(seconds):
    return Result(1, b"", started=100.0, ended=100.0 + seconds)


def test_nothing_is_expected_of_a_task_that_has_not_run():
    pace = Pace()
    pace.learn(work("short"), took(0.001))
    assert pace.expected(work("other")) is None


def test_tasks_are_told_apart():
    pace = Pace()
    pace.learn(work("short"), took(0.001))
    pace.learn(work("long"), took(10))
    assert pace.expected(work("short")) == pytest.approx(0.001)
    assert pace.expected(work("long")) == pytest.approx(10)


def test_the_average_follows_a_change():
    pace = Pace()
    for seconds in [1.0] * 5 + [0.1] * 40:
        pace.learn(work("f"), took(seconds))
    assert pace.expected(work("f")) == pytest.approx(0.1, rel=0.01)
    assert pace.typical == pytest.approx(0.1, rel=0.01)


def test_a_part_of_a_map_takes_as_long_as_its_elements():
    pace = Pace()
    pace.learn(work("f", elements=10), took(1.0))
    assert pace.expected(work("f")) == pytest.approx(0.1)
    assert pace.expected(work("f", elements=100)) == pytest.approx(10)
