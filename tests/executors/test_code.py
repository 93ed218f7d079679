"""Works of several code roots: each in a worker of its own code, and none waits for ever."""

from __future__ import annotations

import textwrap
import time

import msgspec
import pytest

from volery.data import offload
from volery.executors import fleet
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Work
from volery.testing.conformance import executor_tasks as suite
from volery.testing.conformance.executor_tasks import results, run

MODULE = """
    import os, time
    from volery import task
    from same_helper import WHOSE

    @task
    def whose(seconds: float) -> list[str]:
        time.sleep(seconds)
        return [WHOSE, str(os.getpid())]
"""


@pytest.fixture
def roots(tmp_path):
    """Two import roots with modules of the same names."""
    made = []
    for whose in ("a", "b"):
        root = tmp_path / whose
        root.mkdir()
        (root / "same_code.py").write_text(textwrap.dedent(MODULE))
        (root / "same_helper.py").write_text(f"WHOSE = {whose!r}\n")
        made.append(str(root))
    return made


def of(code, seconds=0.0):
    loader = Loader("same_code", "whose")
    record = pack({"seconds": seconds})
    work = Work(next(suite.ids), "e", "n0", 1, "same_code.whose", loader, record)
    return msgspec.structs.replace(work, code=code)


def said(result):
    assert result.failure is None, result.failure
    return offload.unpack(result.outputs)["o0"]


def test_each_work_runs_its_own_code(start, roots):
    executor = start(2)
    works = [of(code) for _ in range(5) for code in roots]
    found = [said(each)[0] for each in run(executor, works)]
    assert found == ["a", "b"] * 5


def test_a_worker_serves_one_code_and_stays_warm_for_it(start, roots):
    executor = start(2)
    told = [said(run(executor, [of(code)])[0]) for _ in range(3) for code in roots]
    pids = {whose: {pid for name, pid in told if name == whose} for whose in "ab"}
    assert len(pids["a"]) == len(pids["b"]) == 1
    assert pids["a"] != pids["b"]


def test_an_idle_worker_gives_way_where_there_is_no_room(start, roots):
    executor = start(1)
    for code in (*roots, *roots):
        assert said(run(executor, [of(code)])[0])[0] == code[-1]
    assert len([lane for lane in executor._lanes if not lane.over]) == 1


def test_works_of_other_code_are_not_kept_waiting_by_a_flood(start, roots, monkeypatch):
    monkeypatch.setattr(fleet, "TURN", 0.2)
    executor = start(1)
    first, second = roots
    flood = [of(first, 0.02) for _ in range(200)]
    executor.launch(flood[:100])
    guest = of(second)
    executor.launch([guest])
    executor.launch(flood[100:])
    ended = []
    deadline = time.monotonic() + suite.TIMEOUT
    while guest.id not in ended and time.monotonic() < deadline:
        ended += [event.id for event in executor.poll(1.0) if hasattr(event, "outputs")]
    assert guest.id in ended
    assert len(ended) < 150
    rest = [each for each in flood if each.id not in ended]
    assert {said(each)[0] for each in results(executor, rest)} == {"a"}


def test_a_work_that_requests_something_has_its_own_code_too(start, roots):
    from volery.ir.policy import Request

    executor = start(1)
    works = [msgspec.structs.replace(of(code), requests=Request(cpu=0.5)) for code in roots]
    assert [said(each)[0] for each in run(executor, works)] == ["a", "b"]


def test_an_import_root_that_is_gone_fails_the_work(start, tmp_path):
    executor = start(1)
    (result,) = run(executor, [of(str(tmp_path / "gone"))])
    assert suite.code(result) == "ImportFailed"


def test_works_that_no_worker_comes_up_for_fail_while_others_run(
    start, roots, tmp_path, monkeypatch
):
    executor = start(2)
    executor.launch([of(roots[0], seconds=3600)])
    while not executor.poll(10):
        pass  # until it has begun
    (tmp_path / "sitecustomize.py").write_text("import os\nos._exit(9)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (result,) = run(executor, [of(roots[1])])
    assert result.failure.code == "WorkerNotStarted"
    monkeypatch.delenv("PYTHONPATH")
    assert said(run(executor, [of(roots[1])])[0])[0] == "b"


def test_a_worker_is_started_again_for_what_could_wait_for_another(
    start, roots, tmp_path, monkeypatch
):
    monkeypatch.setattr(fleet, "AGAIN", 0.1)
    executor = start(2)
    executor.launch([of(roots[0], seconds=3600)])
    while not executor.poll(10):
        pass
    tried = tmp_path / "tried"
    once = f"import os\nopen({str(tried)!r}, 'a').write('.')\nos._exit(9)"
    (tmp_path / "sitecustomize.py").write_text(once)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    waiting = of(roots[0])
    executor.launch([waiting])
    while not tried.exists() or len(tried.read_text()) < fleet.MAX_FAILED_STARTS:
        executor.poll(0.1)
    monkeypatch.delenv("PYTHONPATH")
    assert said(results(executor, [waiting])[0])[0] == "a"
