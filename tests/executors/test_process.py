from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from volery.data import offload
from volery.executors.base import Started
from volery.executors.process import LONG
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Result, Work
from volery.testing.conformance import executor_tasks as suite
from volery.testing.conformance.executor_tasks import heard, listen, results, run, work

MODULE = """
    import os, signal, subprocess, sys, threading
    from volery.sdk.task import task

    @task
    def pid() -> int:
        return os.getpid()

    @task
    def quick(x: int) -> int:
        return x

    @task
    def quick_or_stuck(fifo: str) -> int:
        if fifo:
            with open(fifo) as waiting:
                waiting.read()
        return os.getpid()

    @task
    def segfault() -> None:
        import ctypes
        print("so far so good")
        ctypes.string_at(0)

    @task
    def recurse() -> int:
        return recurse.function()

    @task
    def hoard() -> int:
        import resource
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, hard))
        try:
            return len(bytearray(8 << 30))
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

    @task
    def fork_and_return() -> int:
        print("before")
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            print("after")
            return 1
        return 2

    @task
    def print_to_a_stream_of_my_own() -> None:
        class Own:
            def write(self, text):
                os.write(1, text.encode())
        sys.stdout = Own()
        print("by the way")

    @task
    def detach() -> None:
        sys.stdout.detach()

    @task
    def take_the_number() -> int:
        os.close(1)
        return os.open(os.devnull, os.O_RDONLY)

    @task
    def mute() -> None:
        sys.stdout.close()
        os.close(2)

    @task
    def leave_a_child(fifo: str) -> None:
        end = os.open(fifo, os.O_WRONLY)
        subprocess.Popen(["sleep", "1000"], stdout=end)
        os.write(end, b"up")
        signal.pause()

    @task
    def leave_a_child_and_hold_the_lock(fifo: str) -> None:
        import re
        end = os.open(fifo, os.O_WRONLY)
        subprocess.Popen(["sleep", "1000"], stdout=end)
        os.write(end, b"up")
        re.match("(a+)+$", "a" * 60 + "b")

    @task
    def chatter(lines: int) -> None:
        # At once: what is read while it runs is not left out.
        print("".join(f"line {number} {'.' * 90}\\n" for number in range(lines)), end="")

    @task
    def modules() -> list[str]:
        return sorted(sys.modules)

    @task
    def complain() -> None:
        print("the last words", file=sys.stderr)
        os._exit(1)
"""


@pytest.fixture
def code(module):
    return module("code_of_user", MODULE)


@pytest.fixture
def executor(start, code):
    return start(2, [code])


def user(name, **inputs):
    number = next(suite.ids)
    loader = Loader("code_of_user", name)
    return Work(number, "e", "n0", 1, f"code_of_user.{name}", loader, pack(inputs))


def output(result):
    assert result.failure is None, result.failure
    return offload.unpack(result.outputs)["o0"]


# -- workers are kept warm ------------------------------------------------------------------------


def test_one_worker_carries_out_what_comes_one_after_the_other(executor):
    assert len({output(run(executor, [user("pid")])[0]) for _ in range(20)}) == 1


def test_no_more_workers_than_allowed_are_started(start, code):
    executor = start(1, [code])
    assert len({output(each) for each in run(executor, [user("pid")] * 1)}) == 1
    fifo_free = [user("quick", x=x) for x in range(300)]
    executor.launch(fifo_free)
    results(executor, fifo_free)
    assert len(executor._lanes) == 1


HEAVY = {
    "asyncio", "click", "ctypes", "json", "logging", "multiprocessing", "psycopg",
    "rich", "selectors", "socket", "sqlite3", "ssl", "tempfile",
}  # fmt: skip


def test_a_worker_loads_only_what_tasks_need(start, module):
    text = MODULE.replace("signal, subprocess, ", "")
    executor = start(1, [module("code_of_user", text)])
    loaded = set(output(run(executor, [user("modules")])[0]))
    assert not loaded & HEAVY
    ours = {name.split(".")[1] for name in loaded if name.startswith("volery.")}
    assert ours <= {"_version", "data", "errors", "ids", "ir", "sdk", "types", "worker"}


# -- crashes --------------------------------------------------------------------------------------


def test_a_segfault_fails_only_its_work_and_leaves_a_traceback(executor):
    works = [user("segfault"), *(user("quick", x=x) for x in range(50))]
    executor.launch(works)
    crash, *others = heard(executor, works)
    assert crash.result.failure.code == "WorkerCrashed"
    assert crash.result.failure.kind == "SYSTEM"
    assert "SIGSEGV" in crash.result.failure.message
    assert "in segfault" in crash.text("stderr")
    assert crash.text("stdout") == "so far so good\n"
    assert [output(each.result) for each in others] == list(range(50))


def test_a_segfault_leaves_a_traceback_after_a_work_that_ignored_all_signals(start, code):
    executor = start(1, [code])
    disturbed, crash = listen(executor, [work(suite.disturb, folder="/"), user("segfault")])
    assert disturbed.result.failure is None
    assert "SIGSEGV" in crash.result.failure.message
    assert "in segfault" in crash.text("stderr")


def test_works_queued_behind_a_crash_run_elsewhere(executor):
    warm = [user("quick", x=0) for _ in range(10)]
    run(executor, [*warm, user("complain")])  # its duration is known: works queue behind it
    works = [user("complain") for _ in range(3)] + [user("quick", x=x) for x in range(30)]
    executor.launch(works)
    codes = [each.failure and each.failure.code for each in results(executor, works)]
    assert codes == ["WorkerCrashed"] * 3 + [None] * 30


def test_the_last_words_are_in_the_message(executor):
    (crash,) = run(executor, [user("complain")])
    assert crash.failure.message == "the worker process died: exit code 1\nthe last words"


def test_a_worker_killed_while_idle_is_replaced(executor):
    before = output(run(executor, [user("pid")])[0])
    death = os.pidfd_open(before)
    os.kill(before, signal.SIGKILL)
    select.select([death], [], [])
    os.close(death)
    assert output(run(executor, [user("pid")])[0]) != before


def test_endless_recursion_is_a_failure_of_the_user(executor):
    (result,) = run(executor, [user("recurse")])
    assert (result.failure.code, result.failure.kind) == ("RecursionError", "USER")


def test_running_out_of_memory_is_a_failure_of_the_system(executor):
    (result,) = run(executor, [user("hoard")])
    assert (result.failure.code, result.failure.kind) == ("OutOfMemory", "SYSTEM")


def test_a_forked_child_that_returns_does_not_speak_for_the_worker(executor):
    (forked,) = listen(executor, [user("fork_and_return")])
    assert output(forked.result) == 1
    assert forked.text("stdout") == "before\nafter\n"
    assert output(run(executor, [user("quick", x=3)])[0]) == 3


# -- what cannot run ------------------------------------------------------------------------------


def test_workers_that_do_not_come_up_fail_the_work(start, code, module, monkeypatch):
    module(
        "sitecustomize",
        "import os; print('no way', flush=True); os.write(2, b'no way in')\nos._exit(9)",
    )
    monkeypatch.setenv("PYTHONPATH", code + os.pathsep + os.environ.get("PYTHONPATH", ""))
    executor = start(2, [code])
    works = [user("quick", x=x) for x in range(3)]
    executor.launch(works)
    for result in results(executor, works):
        assert (result.failure.code, result.failure.kind) == ("WorkerNotStarted", "SYSTEM")
        assert "exit code 9" in result.failure.message
        assert "no way in" in result.failure.message


def test_a_scratch_folder_that_cannot_be_made_fails_the_work(tmp_path):
    from volery.executors.process import ProcessExecutor

    (tmp_path / "file").write_text("")
    executor = ProcessExecutor([], scratch=tmp_path / "file" / "scratch", workers=1)
    try:
        (result,) = run(executor, [user("quick", x=1)])
        assert result.failure.code == "WorkerNotStarted"
        assert str(tmp_path) in result.failure.message
    finally:
        executor.close()


def test_a_module_that_does_not_import_shows_the_frames_of_the_user_only(start, module):
    root = module("broken", "def fail():\n    return 1 / 0\n\nfail()\n")
    executor = start(1, [root])
    loader = Loader("broken", "f")
    (result,) = run(executor, [Work(1, "e", "n", 1, "broken.f", loader, pack({}))])
    assert result.failure.code == "ImportFailed"
    assert not result.failure.retryable
    assert result.failure.message == "cannot import broken: ZeroDivisionError: division by zero"
    assert "in fail" in result.failure.traceback
    assert "volery" not in result.failure.traceback.replace(root, "")
    assert "importlib" not in result.failure.traceback


def test_a_task_without_a_loader_fails(executor):
    (result,) = run(executor, [Work(1, "e", "n", 1, "here.f", None, pack({}))])
    assert result.failure.code == "ImportFailed"


# -- what is printed ------------------------------------------------------------------------------


def test_output_that_is_too_long_keeps_its_head_and_tail(executor):
    first, second = listen(executor, [user("chatter", lines=each) for each in (50_000, 1)])
    text = first.text("stdout")
    assert text.startswith("line 0 ")
    assert " bytes left out ..." in text
    assert text.rstrip(".\n").endswith("line 49999 ")
    assert len(text) < 3_000_000
    assert second.text("stdout") == "line 0 " + "." * 90 + "\n"


def test_a_task_may_close_its_streams(executor):
    first, second = run(executor, [user("mute"), user("quick", x=1)])
    assert first.failure is None
    assert output(second) == 1


@pytest.mark.parametrize("name", ["detach", "print_to_a_stream_of_my_own", "take_the_number"])
def test_what_a_task_does_to_its_streams_ends_with_it(start, code, name):
    executor = start(1, [code])
    works = [user(name), work(suite.speak, text="hello"), user("pid")]
    first, second, _ = listen(executor, works)
    assert first.result.failure is None
    assert second.text("stdout") == "hello\nhello from a child\n"
    assert len(executor._lanes) == 1


# -- long works -----------------------------------------------------------------------------------


def test_works_behind_a_long_one_are_taken_back(executor, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    run(executor, [user("quick_or_stuck", fifo="") for _ in range(100)])  # known to be short
    stuck = user("quick_or_stuck", fifo=str(fifo))
    behind = [user("quick_or_stuck", fifo="") for _ in range(40)]
    executor.launch([stuck, *behind])
    assert len(executor._where[stuck.id].works) > 1
    pids = {output(each) for each in results(executor, behind)}
    fifo.open("w").close()
    (last,) = results(executor, [stuck])
    assert output(last) not in pids


def test_a_worker_that_gives_back_what_it_never_began_is_given_it_again(start, code):
    executor = start(1, [code])
    pid = output(run(executor, [user("pid")])[0])
    run(executor, [user("quick", x=0) for _ in range(20)])  # so it is given two at a time
    first, second = user("quick", x=1), user("quick", x=2)
    os.kill(pid, signal.SIGSTOP)
    executor.launch([first, second])
    while not any(isinstance(each, Started) for each in executor.poll(10)):
        pass  # it counts as long: on a busy machine a worker may sleep for that time
    executor.abort([second.id])
    os.kill(pid, signal.SIGCONT)
    told = {each.id: each for each in results(executor, [first, second])}
    assert output(told[first.id]) == 1


def test_a_long_work_is_reported_as_started_once(executor, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    before = time.time()
    stuck = user("quick_or_stuck", fifo=str(fifo))
    executor.launch([stuck])
    events = []
    while not events:
        events += executor.poll(1)
    fifo.open("w").close()
    while not isinstance(events[-1], Result):
        events += executor.poll(1)
    started, result = events
    assert isinstance(started, Started)
    assert started.id == result.id == stuck.id
    assert before < started.at < result.ended


def test_a_work_has_not_started_while_its_module_is_imported(start, module, tmp_path):
    for name in ("begun", "go_on", "called"):
        os.mkfifo(tmp_path / name)
    text = f"""
        from pathlib import Path
        from volery.sdk.task import task

        def meet(name):
            (Path({str(tmp_path)!r}) / name).open("w").close()  # opens when the test opens it too

        meet("begun")
        meet("go_on")

        @task
        def f() -> None:
            meet("called")
    """
    executor = start(1, [module("slow_to_import", text)])
    target = Work(1, "e", "n", 1, "slow_to_import.f", Loader("slow_to_import", "f"), pack({}))
    executor.launch([target])
    with ThreadPoolExecutor(1) as pool:
        begun = pool.submit((tmp_path / "begun").read_bytes)
        while not begun.done():
            assert executor.poll(0.01) == []
    assert executor.poll(3 * LONG) == []
    (tmp_path / "go_on").read_bytes()
    suite.until_started(executor, target)
    (tmp_path / "called").read_bytes()
    assert results(executor, [target])[0].failure is None


def test_an_abort_ends_what_the_task_started(executor, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    target = user("leave_a_child", fifo=str(fifo))
    executor.launch([target])
    suite.until_started(executor, target)
    with fifo.open("rb", buffering=0) as end:
        assert end.read(2) == b"up"
        executor.abort([target.id])
        (result,) = results(executor, [target])
        assert result.failure.code == "Aborted"
        assert_everybody_has_hung_up(end)


def test_an_abort_gets_through_to_code_that_holds_the_lock(executor, tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    target = user("leave_a_child_and_hold_the_lock", fifo=str(fifo))
    executor.launch([target])
    suite.until_started(executor, target)
    executor.abort([target.id])
    assert results(executor, [target])[0].failure.code == "Aborted"


# -- nothing is left behind -----------------------------------------------------------------------

PARENT = """
import sys, pathlib
from volery.executors.process import ProcessExecutor
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Work

code, name, fifo, scratch = sys.argv[1:]
executor = ProcessExecutor([code], scratch=pathlib.Path(scratch), workers=1)
loader = Loader("code_of_user", name)
executor.launch([Work(1, "e", "n0", 1, f"code_of_user.{name}", loader, pack({"fifo": fifo}))])
while True:
    executor.poll(60)
"""


def assert_everybody_has_hung_up(end):
    ready, _, _ = select.select([end], [], [], 20)
    assert ready, "a process still holds the pipe"
    assert end.read(1) == b""


@pytest.mark.parametrize("name", ["leave_a_child", "leave_a_child_and_hold_the_lock"])
def test_workers_and_their_children_die_with_a_parent_that_is_killed(name, code, tmp_path):
    if sys.platform != "linux" and name.endswith("lock"):
        pytest.skip("only Linux can reach a process that holds the interpreter's lock")
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    scratch = tmp_path / "scratch"
    with subprocess.Popen([sys.executable, "-c", PARENT, code, name, fifo, scratch]) as parent:
        with fifo.open("rb", buffering=0) as end:
            assert end.read(2) == b"up"
            parent.kill()
            assert_everybody_has_hung_up(end)
        assert list(scratch.iterdir()) == []


def test_close_ends_running_works_and_what_they_started(start, code, tmp_path):
    executor = start(1, [code])
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    target = user("leave_a_child", fifo=str(fifo))
    executor.launch([target])
    suite.until_started(executor, target)
    with fifo.open("rb", buffering=0) as end:
        assert end.read(2) == b"up"
        executor.close()
        assert_everybody_has_hung_up(end)


def test_close_leaves_no_file_descriptor(start, code):
    before = len(list(Path("/proc/self/fd").iterdir()))
    executor = start(2, [code])
    run(executor, [user("quick", x=1), *(user("complain") for _ in range(10))])
    executor.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# -- many works -----------------------------------------------------------------------------------


def test_many_short_works_go_through(executor, record_property):
    works = [user("quick", x=x) for x in range(5_000)]
    began = time.perf_counter()
    outputs = [output(each) for each in run(executor, works)]
    rate = len(works) / (time.perf_counter() - began)
    print(f"{rate:,.0f} works a second")
    record_property("works_per_second", rate)
    assert outputs == list(range(5_000))


def test_large_values_in_both_directions_at_once(executor):
    text = "v" * 50_000_000
    works = [work(suite.grow, text=text) for _ in range(2)]
    executor.launch(works)
    for result in results(executor, works):
        assert output(result) == text + "x"
