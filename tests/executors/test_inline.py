from __future__ import annotations

import msgspec
import pytest

from volery import errors
from volery.data import offload
from volery.data.current import current, using
from volery.data.storage import Storage
from volery.executors.inline import InlineExecutor
from volery.ir.values import pack
from volery.ir.work import Result, Work
from volery.sdk.dynamic import dynamic
from volery.sdk.task import task
from volery.testing.conformance import executor_calls, executor_tasks as suite
from volery.testing.conformance.executor import ExecutorConformance
from volery.testing.conformance.executor_calls import CallsConformance

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


@task
async def interrupt_later() -> None:
    raise KeyboardInterrupt


@task
async def refuse_later() -> None:
    raise errors.RecoverableError("not now", code="Busy")


@task
async def tidy() -> None:
    try:
        await suite.double.aio(x=1)
    finally:
        journal.append(1)


@task
async def where() -> str:
    return current().url


@dynamic
def emitting(x: int) -> int:
    return suite.double(x=x)


TASKS = {
    each.name: each
    for each in (note, refuse, interrupt, interrupt_later, refuse_later, tidy, where)
}


def work(number, target, **inputs):
    return Work(number, "e", f"n{number}", 1, target.name, None, pack(inputs))


@pytest.fixture
def executor():
    journal.clear()
    inline = InlineExecutor(suite.TASKS | executor_calls.TASKS | TASKS)
    yield inline
    inline.close()


class TestConformance(ExecutorConformance):
    late = 0.5


class TestCalls(CallsConformance):
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
    (event,) = executor.poll(0)
    assert isinstance(event, Result)
    assert "hello" in capsys.readouterr().out


# -- eager works ----------------------------------------------------------------------------------


def eager(target, number=1, **inputs):
    return Work(number, "e", f"n{number}", 1, target.name, None, pack(inputs), mode="eager")


def test_an_interrupt_in_an_eager_function_reaches_the_caller(executor):
    executor.launch([eager(interrupt_later)])
    with pytest.raises(KeyboardInterrupt):
        executor.poll(suite.TIMEOUT)


def test_what_an_eager_function_raised_is_kept(executor):
    executor.launch([eager(refuse_later)])
    (result,) = executor.poll(suite.TIMEOUT)
    assert result.failure.code == "Busy"
    assert isinstance(executor.exceptions["e", "n1"], errors.RecoverableError)


def test_what_timed_out_raised_nothing(executor):
    work = msgspec.structs.replace(eager(tidy), limit=0.2)
    executor.launch([work])
    (result,) = suite.results(executor, [work])
    assert result.failure.code == "TimedOut"
    assert executor.exceptions == {}
    assert journal == [1]


def test_close_lets_eager_functions_tidy_up(executor):
    executor.launch([eager(tidy)])
    executor_calls.until_called(executor, 1)
    executor.close()
    assert journal == [1]


def test_ctrl_c_stops_eager_functions(executor):
    executor.launch([eager(tidy, 1)])
    executor_calls.until_called(executor, 1)
    executor.launch([work(2, interrupt)])
    with pytest.raises(KeyboardInterrupt):
        executor.poll(suite.TIMEOUT)
    executor.close()
    assert journal == [1]


def test_an_eager_function_works_with_the_storage_in_use(executor, tmp_path):
    storage = Storage(tmp_path.as_uri())
    with using(storage):
        executor.launch([eager(where)])
        (result,) = executor.poll(suite.TIMEOUT)
    assert offload.unpack(result.outputs) == {"o0": storage.url}


def test_tasks_that_a_call_may_come_to_are_known(executor):
    unknown = InlineExecutor({executor_calls.ask.name: executor_calls.ask})
    results = executor_calls.serve(unknown, [executor_calls.work(executor_calls.ask, x=2)])
    assert offload.unpack(results[0].outputs) == {"o0": 5}
    unknown.close()
    executor.close()


def test_tasks_of_an_emitted_graph_are_known():
    inline = InlineExecutor({emitting.name: emitting})
    record = pack({"x": 3})
    inline.launch([Work(1, "e", "n", 1, emitting.name, None, record, mode="dynamic")])
    (result,) = inline.poll(0)
    assert result.failure is None
    assert result.graph
    inline.launch([work(2, suite.double, x=3)])
    (result,) = inline.poll(0)
    assert offload.unpack(result.outputs) == {"o0": 6}
    inline.close()
