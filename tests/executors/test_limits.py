"""What is stopped when its time is up, and workers that do not answer any more."""

from __future__ import annotations

import os
import select
import signal
import time
from itertools import chain

import pytest

from volery.executors import lane, process, processes
from volery.executors.base import Started
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Result, Work
from volery.testing.conformance import executor_tasks as suite
from volery.testing.conformance.executor_tasks import limited, results

MODULE = """
    import os, signal, subprocess, sys
    from volery.sdk.task import task

    def up(fifo):
        end = os.open(fifo, os.O_WRONLY)
        os.write(end, b"up")
        return end

    @task
    def count_for_ever(fifo: str) -> None:
        up(fifo)
        import re
        re.match("(a+)+$", "a" * 60 + "b")

    @task
    def with_family(fifo: str) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if not os.fork():
            if not os.fork():
                os.setpgid(0, 0)
            up(fifo)
            while True:
                signal.pause()
        signal.pause()

    @task
    def with_daemon(fifo: str) -> None:
        code = "import os, signal; os.fork() or os.setsid(); os.write(1, b'up'); signal.pause()"
        end = os.open(fifo, os.O_WRONLY)
        subprocess.Popen([sys.executable, "-S", "-c", code], stdout=end, start_new_session=True)
        os.close(end)
        signal.pause()

    @task
    def catch(fifo: str) -> str:
        def stop(*_):
            raise SystemExit("caught")
        signal.signal(signal.SIGTERM, stop)
        up(fifo)
        try:
            signal.pause()
        finally:
            print("tidied up")

    @task
    def quiet(fifo: str) -> int:
        up(fifo)
        signal.pause()

    @task
    def forked_below(fifo: str) -> int:
        import ctypes
        if not ctypes.CDLL(None).fork():  # nobody in Python is told of it
            while True:
                signal.pause()
        up(fifo)
        signal.pause()

    @task
    def pid() -> int:
        return os.getpid()
"""


@pytest.fixture
def code(module):
    return module("slow", MODULE)


@pytest.fixture
def fifo(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def user(name, **inputs):
    loader = Loader("slow", name)
    return Work(next(suite.ids), "e", "n", 1, f"slow.{name}", loader, pack(inputs))


def assert_everybody_has_hung_up(executor, end):
    deadline = time.monotonic() + suite.TIMEOUT
    while time.monotonic() < deadline:
        assert executor.poll(0.05) == []
        if select.select([end], [], [], 0)[0] and not os.read(end.fileno(), 100):
            return
    raise AssertionError("a process still holds the pipe")


def stop(pid):
    """Stop a process, and wait until it is."""
    os.kill(pid, signal.SIGSTOP)
    until_state(pid, "T")


def until_state(pid, *states):
    deadline = time.monotonic() + suite.TIMEOUT
    while processes.state(pid) not in states:
        assert time.monotonic() < deadline


@pytest.mark.parametrize("name", ["count_for_ever", "with_family", "with_daemon", "catch"])
def test_all_that_a_work_has_started_ends_when_its_time_is_up(start, code, fifo, name):
    executor = start(1, [code])
    target = limited(user(name, fifo=str(fifo)), 2.0)
    executor.launch([target])
    suite.until_started(executor, target)
    with fifo.open("rb", buffering=0) as end:
        assert end.read(2) == b"up"
        (late,) = suite.heard(executor, [target])
        assert suite.code(late.result) == "TimedOut"
        assert late.text("stdout") == ("tidied up\n" if name == "catch" else "")
        assert_everybody_has_hung_up(executor, end)


def test_a_daemon_ends_with_an_aborted_work(start, code, fifo):
    executor = start(1, [code])
    target = user("with_daemon", fifo=str(fifo))
    executor.launch([target])
    suite.until_started(executor, target)
    with fifo.open("rb", buffering=0) as end:
        assert end.read(2) == b"up"
        executor.abort([target.id])
        assert suite.code(results(executor, [target])[0]) == "Aborted"
        assert_everybody_has_hung_up(executor, end)


def test_works_behind_one_whose_time_is_up_go_on_elsewhere(start, code, fifo):
    executor = start(1, [code])
    suite.run(executor, [user("pid") for _ in range(20)])
    late, *others = limited(user("quiet", fifo=str(fifo)), 0.3), *(user("pid") for _ in range(10))
    executor.launch([late, *others])
    end = os.open(fifo, os.O_RDWR)  # does not wait for the work, whose time may be up before
    assert suite.code(results(executor, [late])[0]) == "TimedOut"
    os.close(end)
    assert {each.failure for each in results(executor, others)} == {None}


@pytest.fixture
def slow_import(module, fifo):
    """The folder of a module whose import waits for the fifo."""
    return module("slow_import", f"""
        from volery.sdk.task import task

        with open({str(fifo)!r}) as waiting:
            waiting.read()

        @task
        def f() -> None: ...
    """)  # fmt: skip


def of_slow_import(limit):
    loader = Loader("slow_import", "f")
    return limited(Work(1, "e", "n", 1, "slow_import.f", loader, pack({})), limit)


def test_an_import_does_not_count_as_running(start, slow_import, fifo):
    executor = start(1, [slow_import])
    target = of_slow_import(0.5)
    end = os.open(fifo, os.O_RDWR)  # does not wait for the worker, which waits for its closing
    executor.launch([target])
    assert executor.poll(1.2) == []
    os.close(end)
    assert results(executor, [target])[0].failure is None


def test_an_import_that_hangs_is_stopped(start, slow_import, fifo, monkeypatch):
    monkeypatch.setattr(lane, "IMPORT_LIMIT", 0.5)
    executor = start(1, [slow_import])
    target = of_slow_import(0.1)
    end = os.open(fifo, os.O_RDWR)
    executor.launch([target])
    (late,) = results(executor, [target])
    os.close(end)
    assert suite.code(late) == "TimedOut"
    assert "its module was still being imported after" in late.failure.message


def test_processes_that_others_have_started_are_left_alone(start, code):
    executor = start(1, [code])
    (other,) = suite.run(executor, [user("pid")])
    bystander = os.fork()
    if not bystander:
        signal.pause()
    try:
        executor.close()
        assert other.failure is None
        assert processes.state(bystander) in {"S", "R"}
    finally:
        os.kill(bystander, signal.SIGKILL)
        os.waitpid(bystander, 0)


# -- workers that do not answer -------------------------------------------------------------------


def running(executor, target, fifo):
    """Launch a work and wait until it runs; the pipe that its processes hold."""
    executor.launch([target])
    events = []
    while not events:
        events += executor.poll(1.0)
    assert isinstance(events[0], Started)
    end = fifo.open("rb", buffering=0)
    assert end.read(2) == b"up"
    return end


def worker_of(executor):
    (lane,) = executor._lanes
    return lane.worker.pid


def test_a_worker_that_is_stopped_for_long_is_given_up(start, code, fifo):
    executor = start(1, [code], frozen_limit=0.3)
    target, behind = user("quiet", fifo=str(fifo)), user("pid")
    with running(executor, target, fifo) as end:
        executor.launch([behind])
        stop(worker_of(executor))
        crash, other = results(executor, [target, behind])
        assert_everybody_has_hung_up(executor, end)
    assert crash.failure.code == "WorkerCrashed"
    assert crash.failure.kind == "SYSTEM"
    assert "the worker process was stopped (SIGSTOP) for" in crash.failure.message
    assert other.failure is None


def test_a_worker_that_goes_on_in_time_is_left_alone(start, code, fifo):
    executor = start(1, [code], frozen_limit=60.0)
    target = user("quiet", fifo=str(fifo))
    with running(executor, target, fifo):
        pid = worker_of(executor)
        stop(pid)
        executor._check_processes(1000.0)
        assert executor._lanes[0].stopped_since == 1000.0
        os.kill(pid, signal.SIGCONT)
        until_state(pid, "S", "R")
        executor._check_processes(1059.0)
        assert executor._lanes[0].stopped_since is None
        executor._check_processes(2000.0)
        assert executor.poll(0) == []
        assert worker_of(executor) == pid


def test_an_idle_worker_that_is_stopped_does_not_keep_works(start, code):
    executor = start(1, [code], frozen_limit=0.3)
    (first,) = suite.run(executor, [user("pid")])
    stop(worker_of(executor))
    target = user("pid")
    executor.launch([target])
    (result,) = results(executor, [target])
    assert suite.code(result) == "WorkerCrashed"
    assert first.failure is None
    assert suite.run(executor, [user("pid")])[0].failure is None


@pytest.mark.parametrize("name", ["quiet", "with_family", "forked_below"])
def test_a_worker_that_was_killed_is_known_within_a_second(start, code, fifo, name):
    executor = start(1, [code])
    target = user(name, fifo=str(fifo))
    with running(executor, target, fifo) as end:
        os.kill(worker_of(executor), signal.SIGKILL)
        # Waits are counted: a machine that stalls has fewer of them, and longer ones.
        heard = chain.from_iterable(executor.poll(0.1) for _ in range(9))
        crash = next(each for each in heard if isinstance(each, Result))
        assert suite.code(crash) == "WorkerCrashed"
        assert_everybody_has_hung_up(executor, end)


def test_a_worker_that_never_comes_up_is_given_up(start, module, monkeypatch):
    root = module("sitecustomize", "import signal\nwhile True: signal.pause()")
    monkeypatch.setenv("PYTHONPATH", root)
    monkeypatch.setattr(process, "START_LIMIT", 0.2)
    executor = start(1, [root], frozen_limit=0.4)
    target = user("pid")
    executor.launch([target])
    (result,) = results(executor, [target])
    assert isinstance(result, Result)
    assert suite.code(result) == "WorkerNotStarted"
