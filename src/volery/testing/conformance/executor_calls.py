"""What every executor must do for eager works: carry their calls out of their functions and back.

Subclass `CallsConformance` in a test module and give it a fixture ``executor``, whose executor
finds the tasks in `TASKS` or imports this module.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from volery.errors import TaskFailed
from volery.executors.base import Executor
from volery.ir.failure import Failure
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Call, CallEnded, Result, Work
from volery.sdk.task import Task, task
from volery.testing.conformance.executor_tasks import (
    TIMEOUT,
    code,
    double,
    ids,
    invert,
    limited,
    output,
    results,
    work as plain_work,
)


@task
async def ask(x: int) -> int:
    """Twice a number, and one more."""
    return await double.aio(x=x) + 1


@task
async def ask_many(xs: list[int]) -> list[int]:
    """Twice each number; all are asked for at once."""
    return list(await asyncio.gather(*(double.aio(x=x) for x in xs)))


@task
async def ask_in_turns(times: int) -> int:
    """Double one as often as it is told."""
    number = 1
    for _ in range(times):
        number = await double.aio(x=number)
    return number


@task
async def descend(depth: int) -> int:
    """Call itself, so deep."""
    return 1 + await descend.aio(depth=depth - 1) if depth else 0


@task
async def forgive() -> str:
    """Go on when a call fails."""
    try:
        await invert.aio(x=0)
    except TaskFailed as error:
        return error.code
    return "no failure"


EAGER: dict[str, Task[..., Any]] = {
    each.name: each for each in (ask, ask_many, ask_in_turns, descend, forgive)
}
TASKS: dict[str, Task[..., Any]] = EAGER | {each.name: each for each in (double, invert)}
"""The tasks of the suite, by name."""


def work(target: Task[..., Any], **inputs: Any) -> Work:
    """An eager work of a task of this module."""
    return _work(target, pack(inputs))


def _work(target: Task[..., Any], inputs: bytes) -> Work:
    loader = Loader(target.function.__module__, target.name.rpartition(".")[2])
    mode = "eager" if target.name in EAGER else ""
    number = next(ids)
    return Work(number, "calls", f"n{number}", 1, target.name, loader, inputs, mode=mode)


def until_called(executor: Executor, count: int) -> list[Call]:
    """Wait for some calls. Raises TimeoutError."""
    calls: list[Call] = []
    deadline = time.monotonic() + TIMEOUT
    while len(calls) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(calls)} of {count} calls were made")
        events = executor.poll(1.0)
        assert not any(isinstance(each, Result) for each in events), events
        calls += [each for each in events if isinstance(each, Call)]
    assert len(calls) == count
    return calls


def answer(executor: Executor, calls: Sequence[Call], value: Any) -> None:
    """Say that calls ended with an output."""
    executor.answer([CallEnded(each.work, each.id, pack({"o0": value})) for each in calls])


def serve(executor: Executor, works: Sequence[Work]) -> list[Result]:
    """Have works carried out, and what they call, as an engine does; results of the works."""
    executor.launch(works)
    callers: dict[int, Call] = {}
    found: dict[int, Result] = {}
    deadline = time.monotonic() + TIMEOUT
    while len(found) < len(works):
        assert time.monotonic() < deadline, f"{len(callers)} calls have no end"
        for event in executor.poll(1.0):
            if isinstance(event, Call):
                called = _work(TASKS[event.entity.name], event.inputs)
                callers[called.id] = event
                executor.launch([called])
            elif isinstance(event, Result) and event.id in callers:
                call = callers.pop(event.id)
                end = CallEnded(call.work, call.id, event.outputs, event.failure)
                executor.answer([end])
            elif isinstance(event, Result):
                found[event.id] = event
    return [found[each.id] for each in works]


class CallsConformance:
    """For every executor that takes eager works."""

    def test_a_call_says_what_is_called_with_which_inputs(self, executor: Executor) -> None:
        target = work(ask, x=4)
        executor.launch([target])
        (call,) = until_called(executor, 1)
        assert (call.work, call.entity, call.inputs) == (target.id, double.ref, pack({"x": 4}))
        assert call.bundle
        answer(executor, [call], 100)
        assert output(results(executor, [target])[0]) == 101

    def test_calls_are_answered_in_any_order(self, executor: Executor) -> None:
        target = work(ask_many, xs=[1, 2, 3])
        executor.launch([target])
        calls = until_called(executor, 3)
        assert len({each.id for each in calls}) == 3
        for number, call in zip((30, 20, 10), reversed(calls), strict=True):
            answer(executor, [call], number)
        assert output(results(executor, [target])[0]) == [10, 20, 30]

    def test_the_failure_of_a_call_reaches_the_function(self, executor: Executor) -> None:
        assert output(serve(executor, [work(forgive)])[0]) == "ZeroDivisionError"

    def test_a_failure_that_nobody_caught_ends_the_work(self, executor: Executor) -> None:
        target = work(ask, x=4)
        executor.launch([target])
        (call,) = until_called(executor, 1)
        failure = Failure("Full", "USER", "no more numbers")
        executor.answer([CallEnded(call.work, call.id, None, failure)])
        (result,) = results(executor, [target])
        assert code(result) == "Full"
        assert result.failure
        assert result.failure.cause
        assert result.failure.cause.message == "no more numbers"

    def test_works_that_wait_keep_no_other_from_running(self, executor: Executor) -> None:
        waiting = [work(ask, x=x) for x in range(6)]
        executor.launch(waiting)
        calls = until_called(executor, 6)
        assert executor.room() > 0
        other = plain_work(double, x=1)
        executor.launch([other])
        assert output(results(executor, [other])[0]) == 2
        answer(executor, calls, 7)
        assert [output(each) for each in results(executor, waiting)] == [8] * 6

    def test_calls_inside_of_calls_end(self, executor: Executor) -> None:
        assert output(serve(executor, [work(descend, depth=6)])[0]) == 6

    def test_many_calls_one_after_the_other(self, executor: Executor) -> None:
        assert output(serve(executor, [work(ask_in_turns, times=40)])[0]) == 2**40

    def test_several_works_call_at_once(self, executor: Executor) -> None:
        works = [work(ask_many, xs=list(range(x))) for x in range(8)]
        assert [output(each) for each in serve(executor, works)] == [
            [2 * x for x in range(number)] for number in range(8)
        ]

    def test_an_answer_to_what_is_unknown_or_over_is_ignored(self, executor: Executor) -> None:
        target = work(ask, x=4)
        executor.launch([target])
        (call,) = until_called(executor, 1)
        executor.answer([CallEnded(call.work, "another", pack({"o0": 3}))])
        executor.answer([CallEnded(next(ids), call.id, pack({"o0": 4}))])
        answer(executor, [call], 5)
        assert output(results(executor, [target])[0]) == 6
        answer(executor, [call], 7)
        assert executor.poll(0) == []

    def test_a_work_that_waits_is_aborted(self, executor: Executor) -> None:
        target = work(ask, x=4)
        executor.launch([target])
        (call,) = until_called(executor, 1)
        executor.abort([target.id])
        assert code(results(executor, [target])[0]) == "Aborted"
        answer(executor, [call], 5)
        assert executor.poll(0) == []

    def test_a_work_that_waits_too_long_times_out(self, executor: Executor) -> None:
        target = limited(work(ask, x=4), 0.3)
        executor.launch([target])
        assert code(results(executor, [target])[0]) == "TimedOut"

    def test_close_may_be_called_while_works_wait(self, executor: Executor) -> None:
        executor.launch([work(ask, x=4)])
        until_called(executor, 1)
        executor.close()
