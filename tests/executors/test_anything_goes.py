"""Works of all lengths, crashes, aborts and killed workers, in a random order that is printed."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress

import pytest

from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Result, Work

MODULE = """
    import os, time
    from volery.sdk.task import task

    @task
    def last(seconds: float, crash: bool) -> float:
        time.sleep(seconds)
        if crash:
            os._exit(3)
        return seconds

    @task
    def other(seconds: float, crash: bool) -> float:
        return last.function(seconds, crash)
"""
WORKS = 400
SECONDS = [0.0] * 40 + [0.001, 0.005, 0.02, 0.12]


def some_works(lot, first):
    for number in range(first, min(WORKS, first + lot.choice([1, 3, 20, 60]))):
        name = lot.choice(["last", "last", "other"])
        inputs = {"seconds": lot.choice(SECONDS), "crash": lot.random() < 0.01}
        loader = Loader("mixed", name)
        yield Work(number, "e", "n", 1, f"mixed.{name}", loader, pack(inputs))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("aborts", [0.02, 0.3])
def test_every_work_has_one_result_whatever_happens(start, module, seed, aborts):
    lot = random.Random(seed)
    executor = start(3, [module("mixed", MODULE)])
    under_way, aborted, found = set(), set(), {}
    launched = 0
    deadline = time.monotonic() + 40
    while len(found) < WORKS:
        assert time.monotonic() < deadline, under_way
        if lot.random() < 0.7 and launched < WORKS:
            works = list(some_works(lot, launched))
            launched += len(works)
            under_way.update(each.id for each in works)
            executor.launch(works)
        if lot.random() < aborts:
            chosen = lot.sample(sorted(under_way), min(len(under_way), lot.choice([1, 2, 10])))
            aborted.update(chosen)
            executor.abort(chosen)
        if lot.random() < 0.02 and (up := [lane for lane in executor._lanes if lane.ready]):
            with suppress(ProcessLookupError):
                os.kill(lot.choice(up).worker._process.pid, signal.SIGKILL)
        for event in executor.poll(lot.choice([0, 0, 0.001, 0.01, 0.1])):
            assert event.id in under_way
            if isinstance(event, Result):
                under_way.discard(event.id)
                found[event.id] = event
    codes = {None, "WorkerCrashed", "Aborted"}
    assert {each.failure and each.failure.code for each in found.values()} <= codes
    gone = {each.id for each in found.values() if each.failure and each.failure.code == "Aborted"}
    assert gone <= aborted
    assert executor.poll(0) == []
