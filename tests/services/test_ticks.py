"""Ticks: each in its own time, whatever becomes of the others."""

from __future__ import annotations

from threading import Event

import pytest

from volery.errors import StoreError
from volery.services.ticks import Ticks


class Counting:
    """A tick that counts, and says when it was called often enough."""

    def __init__(self, enough: int) -> None:
        self.count = 0
        self.enough = Event()
        self._enough = enough

    def __call__(self) -> float:
        self.count += 1
        if self.count == self._enough:
            self.enough.set()
        return 0.0


def test_one_that_takes_long_holds_up_no_other():
    """A storage that was away kept lineage waiting, and with it schedules and notices."""
    goes_on, begun = Event(), Event()

    def waiting() -> None:
        begun.set()
        goes_on.wait(50)

    other = Counting(enough=3)
    ticks = Ticks({"waiting": waiting, "other": other})
    ticks.start()
    try:
        assert begun.wait(20)
        assert other.enough.wait(20)
    finally:
        goes_on.set()
        ticks.stop()


@pytest.mark.parametrize("error", [StoreError("it is away"), KeyError("n0")])
def test_one_that_fails_is_told_and_holds_up_no_other(error):
    begun = Event()

    def failing() -> None:
        begun.set()
        raise error

    other = Counting(enough=3)
    ticks = Ticks({"failing": failing, "other": other})
    ticks.start()
    assert begun.wait(20)
    assert other.enough.wait(20)
    ticks.stop()
    told = {check.name: check.ok for check in ticks.checks()}
    assert told == {"failing": False, "other": True}
