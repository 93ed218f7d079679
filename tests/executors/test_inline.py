from __future__ import annotations

import pytest

from volery import errors
from volery.executors.inline import InlineExecutor
from volery.ir.values import pack
from volery.ir.work import Work
from volery.sdk.task import task
from volery.testing.conformance import executor as suite
from volery.testing.conformance.executor import ExecutorConformance

journal: list[int] = []


@task
def note(x: int) -> None:
    journal.append(x)


@task
def refuse(x: int) -> int:
    raise errors.RecoverableError(f"not {x}", code="Busy")


@task
def interrupt() -> None:
    raise KeyboardInterrupt


TASKS = {each.name: each for each in (note, refuse, interrupt)}


def work(number, target, **inputs):
    return Work(number, "e", f"n{number}", 1, target.name, None, pack(inputs))


@pytest.fixture
def executor():
    journal.clear()
    inline = InlineExecutor(suite.TASKS | TASKS)
    yield inline
    inline.close()


class TestConformance(ExecutorConformance):
    pass


def test_works_run_in_order(executor):
    executor.launch([work(x, note, x=x) for x in (3, 1, 2)])
    executor.poll(0)
    assert journal == [3, 1, 2]


def test_nothing_runs_before_the_poll(executor):
    executor.launch([work(1, note, x=1)])
    assert journal == []


def test_a_failure_comes_back_before_the_next_work_begins(executor):
    executor.launch([work(1, refuse, x=1), work(2, note, x=2)])
    (failed,) = executor.poll(0)
    assert failed.id == 1
    assert journal == []
    executor.abort([2])
    (aborted,) = executor.poll(0)
    assert (aborted.id, aborted.failure.code) == (2, "Aborted")
    assert journal == []


def test_the_exception_itself_is_kept(executor):
    executor.launch([work(1, refuse, x=1)])
    (result,) = executor.poll(0)
    raised = executor.exceptions["e", "n1"]
    assert isinstance(raised, errors.RecoverableError)
    assert raised.__traceback__ is not None
    assert result.failure.code == "Busy"


def test_ctrl_c_reaches_the_caller(executor):
    executor.launch([work(1, interrupt)])
    with pytest.raises(KeyboardInterrupt):
        executor.poll(0)


def test_what_a_task_prints_is_not_captured(executor, capsys):
    speak = suite.work(suite.TASKS[suite.speak.name], text="hello")
    executor.launch([speak])
    (result,) = executor.poll(0)
    assert result.stdout == b""
    assert "hello" in capsys.readouterr().out
