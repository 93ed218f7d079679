"""Hosts of an executor: how many there are, and what becomes of works when they end."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import msgspec

from volery.executors.warm.local import LocalWarmExecutor
from volery.ir.placement import Placement, Reuse
from volery.ir.specs import Loader
from volery.testing.conformance.executor_tasks import (
    TIMEOUT,
    code,
    double,
    hang,
    limited,
    output,
    results,
    run,
    until_started,
    work,
)


def hosts(executor: LocalWarmExecutor) -> list[int]:
    """The process ids of the hosts that an executor has started, as the kernel tells."""
    return [pid for pid in map(int, offspring()) if _is_host(Path(f"/proc/{pid}"))]


def offspring() -> list[str]:
    """The process ids of all children of this process, whichever thread has started them."""
    tasks = Path("/proc/self/task").iterdir()
    return [pid for task in tasks for pid in _told(task / "children").split()]


def _is_host(process: Path) -> bool:
    state = _told(process / "stat").rpartition(")")[2].split()[:1]
    return state != ["Z"] and "volery.worker.host" in _told(process / "cmdline")


def _told(file: Path) -> str:
    """What the kernel says; nothing of a thread or process that has ended meanwhile."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def until_hosts(executor, count):
    deadline = time.monotonic() + TIMEOUT
    while len(found := hosts(executor)) != count:
        assert time.monotonic() < deadline, f"{len(found)} hosts, not {count}"
        time.sleep(0.01)
    return found


def reused(target, reuse):
    place = msgspec.structs.replace(target.place, placement=Placement(reuse=reuse))
    return msgspec.structs.replace(target, place=place)


def test_works_of_one_environment_share_a_host(start):
    executor = start()
    run(executor, [work(double, x=x) for x in range(4)])
    assert len(hosts(executor)) == 1


def test_there_are_as_many_hosts_as_works_want_and_no_more(start):
    executor = start(replicas=(0, 2), concurrency=1)
    stuck = [work(hang) for _ in range(3)]
    executor.launch(stuck)
    until_hosts(executor, 2)
    until_started(executor, stuck[0])
    assert len(hosts(executor)) == 2
    executor.abort([each.id for each in stuck])
    assert {code(each) for each in results(executor, stuck)} == {"Aborted"}


def test_a_host_without_work_ends_after_a_while(start):
    executor = start(idle_ttl=0.1)
    run(executor, [work(double, x=1)])
    until_hosts(executor, 0)
    assert output(run(executor, [work(double, x=2)])[0]) == 4


def test_the_least_number_stays_without_work(start):
    executor = start(replicas=(1, 2), idle_ttl=0.1, concurrency=1)
    both = [work(hang), work(hang)]
    executor.launch(both)
    until_hosts(executor, 2)
    executor.abort([each.id for each in both])
    results(executor, both)
    (staying,) = until_hosts(executor, 1)
    run(executor, [work(double, x=1)])
    assert hosts(executor) == [staying]


def test_another_environment_has_hosts_of_its_own(start):
    executor = start()
    others = [reused(work(double, x=1), Reuse(idle_ttl=ttl)) for ttl in (50.0, 60.0)]
    executor.launch(others)
    results(executor, others)
    assert len(hosts(executor)) == 2


def test_works_of_a_host_that_dies_fail_and_others_run(start):
    executor = start()
    stuck = [work(hang), work(hang)]
    executor.launch(stuck)
    until_started(executor, stuck[1])
    (host,) = hosts(executor)
    os.kill(host, signal.SIGKILL)
    lost = results(executor, stuck)
    assert {code(each) for each in lost} == {"WorkerCrashed"}
    assert {each.failure.kind for each in lost} == {"SYSTEM"}
    assert output(run(executor, [work(double, x=2)])[0]) == 4


def test_works_for_which_no_host_comes_up_fail_and_say_why(start, monkeypatch):
    monkeypatch.setattr("volery.executors.warm.local.PROGRAM", ("-c", "raise SystemExit('no way')"))
    (result,) = run(start(), [work(double, x=1)])
    assert result.failure.kind == "SYSTEM"
    assert "no way" in result.failure.message


IMPATIENT = """
from volery.worker import child, host
child.IMPORT_LIMIT = 0.5
host.main()
"""


def test_a_work_whose_import_hangs_is_told_so(start, tmp_path, monkeypatch):
    """It had run for longer than it might, though none of its code had run."""
    monkeypatch.setattr("volery.executors.warm.local.PROGRAM", ("-c", IMPATIENT))
    (tmp_path / "hanging.py").write_text("import time\ntime.sleep(60)\n")
    target = limited(work(double, x=1), 0.1)
    hangs = msgspec.structs.replace(target, loader=Loader("hanging", "double"))
    (result,) = run(start([str(tmp_path)]), [hangs])
    assert code(result) == "TimedOut"
    assert "its module was still being imported" in result.failure.message


def test_nothing_is_left_of_an_executor_that_is_closed(start):
    executor = start()
    executor.launch([work(hang)])
    until_hosts(executor, 1)
    executor.close()
    assert hosts(executor) == []
