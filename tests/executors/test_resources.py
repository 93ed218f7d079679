"""Works that request parts of the machine, and those beside them."""

from __future__ import annotations

import fcntl
import os
import time

import msgspec
import pytest

from volery.data import offload
from volery.executors import process
from volery.executors.base import Started
from volery.executors.machine import Machine, Share, SharedMachine
from volery.ir.policy import Request
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Call, CallEnded, Result, Work
from volery.testing.conformance import executor_calls, executor_tasks as suite
from volery.testing.conformance.executor_tasks import results

MODULE = """
    import os
    from volery.sdk.task import task

    @task
    def wait(fifo: str) -> int:
        with open(fifo) as waiting:
            waiting.read()
        return os.getpid()

    @task
    def devices() -> list[str]:
        return [os.environ.get("CUDA_VISIBLE_DEVICES", "unset"), str(os.getpid())]

    @task
    def hold(fifo: str) -> str:
        wait.function(fifo)
        return os.environ["CUDA_VISIBLE_DEVICES"]
"""


@pytest.fixture
def code(module):
    return module("heavy", MODULE)


@pytest.fixture
def fifo(tmp_path):
    """A function that makes gates: works wait in front of one until it is opened."""

    def make(name):
        path = tmp_path / name
        os.mkfifo(path)
        return path

    return make


def user(name, requests=None, **inputs):
    loader = Loader("heavy", name)
    number = next(suite.ids)
    work = Work(number, "e", "n", 1, f"heavy.{name}", loader, pack(inputs))
    return msgspec.structs.replace(work, requests=requests)


def waiting(gate, **requests):
    return user("wait", Request(**requests) if requests else None, fifo=str(gate))


def open_gate(gate):
    gate.open("w").close()


def output(result):
    assert result.failure is None, result.failure
    return offload.unpack(result.outputs)["o0"]


def started(executor, works):
    """Wait until all of them are known to run."""
    missing = {each.id for each in works}
    deadline = time.monotonic() + suite.TIMEOUT
    while missing:
        assert time.monotonic() < deadline
        for event in executor.poll(1.0):
            assert isinstance(event, Started), event
            missing.discard(event.id)


def assert_nothing_begins(executor, seconds=0.3):
    assert executor.poll(seconds) == []


@pytest.fixture
def two(start, code):
    """An executor of a machine with two processors."""
    return start(2, [code], machine=Machine(Share(2.0, 1000)))


def test_works_begin_when_what_they_request_is_free(two, fifo):
    gate, other = fifo("gate"), fifo("other")
    first, second = waiting(gate, cpu=1.5), waiting(other, cpu=1)
    two.launch([first, second])
    started(two, [first])
    assert_nothing_begins(two)
    open_gate(gate)
    output(results(two, [first])[0])
    started(two, [second])
    open_gate(other)
    output(results(two, [second])[0])


def test_works_that_fit_together_run_together(two, fifo):
    gate = fifo("gate")
    works = [waiting(gate, cpu=1, mem=500) for _ in range(2)]
    two.launch(works)
    started(two, works)
    open_gate(gate)
    results(two, works)


def test_works_without_requests_count_as_a_processor_each(two, fifo):
    gate, heavy_gate = fifo("gate"), fifo("heavy")
    plain, heavy = waiting(gate), waiting(heavy_gate, cpu=2)
    two.launch([plain])
    started(two, [plain])
    two.launch([heavy])
    assert_nothing_begins(two)
    open_gate(gate)
    results(two, [plain])
    started(two, [heavy])
    late = waiting(gate)
    two.launch([late])
    assert_nothing_begins(two)
    open_gate(heavy_gate)
    results(two, [heavy])
    started(two, [late])
    open_gate(gate)
    results(two, [late])


def test_small_works_do_not_starve_a_large_one(two, fifo):
    gate, large_gate = fifo("gate"), fifo("large")
    small, large = waiting(gate), waiting(large_gate, cpu=2)
    two.launch([small])
    started(two, [small])
    after = [user("devices") for _ in range(5)]
    two.launch([large, *after])
    assert_nothing_begins(two)  # though there is a processor for one of the small ones
    open_gate(gate)
    results(two, [small])
    started(two, [large])
    open_gate(large_gate)
    assert {each.failure for each in results(two, [large, *after])} == {None}


def test_works_that_need_other_things_go_past(two, fifo):
    gate, other = fifo("gate"), fifo("other")
    first = waiting(gate, cpu=1, mem=900)
    two.launch([first])
    started(two, [first])
    stuck = waiting(other, cpu=1, mem=200)
    small = [user("devices", Request(cpu=0.5)), user("devices")]
    two.launch([stuck, *small])
    assert {each.failure for each in results(two, small)} == {None}
    open_gate(gate)
    results(two, [first])
    started(two, [stuck])
    open_gate(other)
    results(two, [stuck])


def test_works_that_cannot_begin_leave_room_for_others(two, fifo):
    gate = fifo("gate")
    first = waiting(gate, cpu=1, mem=1000)
    parked = [user("devices", Request(cpu=1, mem=1000)) for _ in range(50)]
    two.launch([first])
    started(two, [first])
    two.launch(parked)
    assert two.room() > 0
    other = user("devices")
    two.launch([other])
    results(two, [other])
    two.abort([each.id for each in parked])
    assert {each.failure.code for each in results(two, parked)} == {"Aborted"}
    open_gate(gate)
    results(two, [first])


def test_what_a_work_took_is_free_however_it_ended(two, fifo):
    hang = msgspec.structs.replace(suite.work(suite.hang), requests=Request(cpu=2))
    two.launch([hang])
    suite.until_started(two, hang)
    two.abort([hang.id])
    assert suite.code(results(two, [hang])[0]) == "Aborted"
    crash = msgspec.structs.replace(suite.work(suite.vanish, code=3), requests=Request(cpu=2))
    late = msgspec.structs.replace(
        suite.limited(suite.work(suite.hang), 0.2), requests=Request(cpu=2)
    )
    two.launch([crash, late])
    codes = [suite.code(each) for each in results(two, [crash, late])]
    assert codes == ["WorkerCrashed", "TimedOut"]
    two.launch([done := user("devices", Request(cpu=2))])
    results(two, [done])
    assert two._machine.free() == two._machine.capacity


def test_every_work_has_devices_of_its_own(start, code, fifo):
    executor = start(3, [code], machine=Machine(Share(4.0, 0, ("0", "1", "GPU-7"))))
    gate = fifo("gate")
    works = [user("hold", Request(cpu=1, gpu=count), fifo=str(gate)) for count in (1, 2)]
    late = user("devices", Request(cpu=1, gpu=1))
    executor.launch([*works, late])
    started(executor, works)
    assert_nothing_begins(executor)
    open_gate(gate)
    first, second, third = results(executor, [*works, late])
    assert (output(first), output(second)) == ("0", "1,GPU-7")
    assert output(third)[0] == "0"


def test_a_worker_ends_with_a_work_that_had_devices(start, code):
    executor = start(1, [code], machine=Machine(Share(1.0, 0, ("0",))))
    pids = []
    for _ in range(2):
        work = user("devices", Request(gpu=1))
        executor.launch([work])
        devices, pid = output(results(executor, [work])[0])
        assert devices == "0"
        pids.append(pid)
    plain = user("devices")
    executor.launch([plain])
    devices, pid = output(results(executor, [plain])[0])
    assert devices == "unset"
    assert len({*pids, pid}) == 3


def test_executors_that_share_a_machine_never_take_more_than_there_is(start, code, fifo, tmp_path):
    owners = tmp_path / "owners"
    owners.mkdir()
    whole = Share(2.0, 0)
    with (owners / "a").open("w") as a, (owners / "b").open("w") as b:
        for file in (a, b):
            fcntl.flock(file, fcntl.LOCK_EX)
        one, other = (start(2, [code], machine=SharedMachine(owners, x, whole)) for x in "ab")
        gate, other_gate = fifo("gate"), fifo("other")
        first, second = waiting(gate, cpu=2), waiting(other_gate, cpu=1)
        one.launch([first])
        started(one, [first])
        other.launch([second, plain := user("devices")])
        assert output(results(other, [plain])[0])  # works without requests are each one's own
        assert_nothing_begins(other)
        open_gate(gate)
        results(one, [first])
        started(other, [second])
        open_gate(other_gate)
        results(other, [second])


# -- eager works ----------------------------------------------------------------------------------


def test_a_work_that_waits_for_calls_lends_its_share(two):
    target = msgspec.structs.replace(
        executor_calls.work(executor_calls.ask, x=1), requests=Request(cpu=2)
    )
    two.launch([target])
    (call,) = executor_calls.until_called(two, 1)
    heavy = user("devices", Request(cpu=2))
    two.launch([heavy])
    results(two, [heavy])
    executor_calls.answer(two, [call], 5)
    assert output(results(two, [target])[0]) == 6
    assert two._machine.free() == two._machine.capacity


@pytest.fixture
def three(start, code):
    """An executor of a machine with three processors and a device."""
    return start(3, [code], machine=Machine(Share(3.0, 1000, ("0",))))


def eager_with(**requests):
    return msgspec.structs.replace(
        executor_calls.work(executor_calls.ask, x=1), requests=Request(**requests)
    )


@pytest.mark.parametrize("kept", [{"mem": 600}, {"gpu": 1}])
def test_a_work_that_waits_for_calls_keeps_what_its_process_still_uses(three, fifo, kept):
    target, gate = eager_with(cpu=2, **kept), fifo("gate")
    three.launch([target])
    (call,) = executor_calls.until_called(three, 1)
    other, greedy = waiting(gate, cpu=1), user("devices", Request(cpu=1, **kept))
    three.launch([other])
    started(three, [other])
    assert three._machine.mine.cpu == 1.0
    three.launch([greedy])
    assert_nothing_begins(three)
    executor_calls.answer(three, [call], 5)
    assert first_to_end(three) == target.id
    open_gate(gate)
    results(three, [other, greedy])
    assert three._machine.mine.mem == 0


@pytest.mark.parametrize("kept", [{"mem": 600}, {"gpu": 1}])
def test_a_work_that_waits_for_what_needs_all_of_its_share_lends_it(three, kept, monkeypatch):
    monkeypatch.setattr(process, "STALL", 0.05)
    target, called = eager_with(cpu=2, **kept), user("devices", Request(cpu=3, **kept))
    three.launch([target])
    (call,) = executor_calls.until_called(three, 1)
    three.launch([called])
    assert output(results(three, [called])[0])[0] == ("0" if "gpu" in kept else "unset")
    executor_calls.answer(three, [call], 5)
    assert output(results(three, [target])[0]) == 6
    until_free(three)


def test_what_it_waits_for_goes_past_others_that_need_its_share(three, monkeypatch):
    monkeypatch.setattr(process, "STALL", 0.05)
    target, called = eager_with(cpu=1, mem=600), user("devices", Request(cpu=1, mem=300))
    three.launch([target])
    (call,) = executor_calls.until_called(three, 1)
    other = user("devices", Request(cpu=1, mem=800))
    three.launch([other, called])
    assert first_to_end(three) == called.id
    executor_calls.answer(three, [call], 5)
    assert first_to_end(three) == target.id
    results(three, [other])


def first_to_end(executor):
    """Wait for a result; returns whose it is."""
    deadline = time.monotonic() + suite.TIMEOUT
    while time.monotonic() < deadline:
        ended = [each.id for each in executor.poll(1.0) if isinstance(each, Result)]
        if ended:
            return ended[0]
    raise AssertionError("nothing has ended")


def until_free(executor):
    """Wait until nothing of the machine is taken; workers that had devices end first."""
    deadline = time.monotonic() + suite.TIMEOUT
    while executor._machine.free() != executor._machine.capacity:
        assert time.monotonic() < deadline
        executor.poll(0.05)


def test_a_work_goes_on_when_its_share_is_free_again(two, fifo):
    target = msgspec.structs.replace(
        executor_calls.work(executor_calls.ask, x=1), requests=Request(cpu=2)
    )
    two.launch([target])
    (call,) = executor_calls.until_called(two, 1)
    gate = fifo("gate")
    heavy, behind = waiting(gate, cpu=1), user("devices")
    two.launch([heavy])
    started(two, [heavy])
    executor_calls.answer(two, [call], 5)
    two.launch([behind])
    assert_nothing_begins(two)
    open_gate(gate)
    assert output(results(two, [heavy, target, behind])[1]) == 6


def test_more_eager_works_than_may_begin_at_once_all_end(start, monkeypatch):
    monkeypatch.setattr(process, "MOST_EAGER", 2)
    monkeypatch.setattr(process, "STALL", 0.05)
    executor = start(1)
    works = [executor_calls.work(executor_calls.ask, x=x) for x in range(5)]
    executor.launch(works)
    most = 0
    ended = {}
    deadline = time.monotonic() + suite.TIMEOUT
    while len(ended) < 5:
        assert time.monotonic() < deadline
        for event in executor.poll(1.0):
            if isinstance(event, Call):
                executor.answer([CallEnded(event.work, event.id, pack({"o0": 1}))])
            elif isinstance(event, Result):
                ended[event.id] = event
        most = max(most, len(executor._lanes))
    assert most <= 3


def test_calls_deeper_than_eager_works_may_begin_at_once_end(start, monkeypatch):
    monkeypatch.setattr(process, "MOST_EAGER", 2)
    monkeypatch.setattr(process, "STALL", 0.05)
    executor = start(1)
    many = [executor_calls.work(executor_calls.descend, depth=5) for _ in range(2)]
    assert [output(each) for each in executor_calls.serve(executor, many)] == [5, 5]


def test_workers_that_are_no_longer_needed_end(start):
    executor = start(1)
    executor_calls.serve(executor, [executor_calls.work(executor_calls.descend, depth=5)])
    deadline = time.monotonic() + suite.TIMEOUT
    while len(executor._lanes) > 1:
        assert time.monotonic() < deadline
        executor.poll(0.1)
