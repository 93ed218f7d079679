"""What every executor must do.

Subclass `ExecutorConformance` in a test module and give it a fixture ``executor``; an executor that
runs tasks in processes of their own takes `IsolatedExecutorConformance`, and
`LocalExecutorConformance` if they are processes of this machine, `LastingExecutorConformance` if
its attempts outlast it. What concerns eager works is in `executor_calls`. The module
`executor_tasks` has to be importable where the executor runs tasks.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from volery.executors.base import Event, Executor
from volery.ir.policy import Request
from volery.ir.specs import Loader
from volery.ir.values import pack
from volery.ir.work import Result, Work
from volery.testing.conformance.executor_tasks import (
    EXECUTION,
    SECRET,
    TIMEOUT,
    again,
    code,
    devour,
    disturb,
    double,
    double_later,
    entrusted,
    give_secret,
    grow,
    hang,
    hang_on,
    heard,
    ids,
    invert,
    kill_itself,
    last,
    leave,
    leave_a_signal_waiting,
    limited,
    listen,
    look_around,
    output,
    part,
    results,
    run,
    speak,
    speak_and_hang,
    speak_and_last,
    surroundings,
    until_printed,
    until_started,
    use_secret,
    vanish,
    work,
)

CODE = """
from volery import task

@task
def whose() -> str:
    return {whose!r}
"""


class ExecutorConformance:
    """For every executor.

    Attributes:
        some, many: so many works are run; fewer where a work costs much.
        late: seconds that a work would take whose time is up before; less where nobody stops it.
    """

    some: ClassVar[int] = 100
    many: ClassVar[int] = 1_000
    late: ClassVar[float] = 10.0

    def test_outputs_are_those_of_the_function(self, executor: Executor) -> None:
        works = [work(double, x=x) for x in range(self.some)]
        assert [output(each) for each in run(executor, works)] == [2 * x for x in range(self.some)]

    def test_works_launched_all_at_once_all_come_back(self, executor: Executor) -> None:
        works = [work(double, x=x) for x in range(self.many)]
        executor.launch(works)
        assert len(results(executor, works)) == self.many
        assert executor.poll(0) == []

    def test_an_idle_executor_has_room(self, executor: Executor) -> None:
        assert executor.room() > 0

    def test_a_poll_returns_as_soon_as_something_has_happened(self, executor: Executor) -> None:
        executor.launch([work(double, x=1)])
        began = time.monotonic()
        assert executor.poll(TIMEOUT)
        assert time.monotonic() - began < TIMEOUT / 2

    def test_a_poll_gives_up_in_time(self, executor: Executor) -> None:
        began = time.monotonic()
        assert executor.poll(0.01) == []
        assert time.monotonic() - began < TIMEOUT / 2

    def test_a_work_that_is_launched_again_runs_once(self, executor: Executor) -> None:
        works = [work(double, x=x) for x in range(3)]
        executor.launch(works)
        executor.launch(works)
        results(executor, works)
        assert executor.poll(0) == []

    def test_times_of_a_result_are_in_order(self, executor: Executor) -> None:
        before = time.time()
        (result,) = run(executor, [work(double, x=1)])
        assert before - 1 < result.started <= result.ended < time.time() + 1

    def test_an_async_function_runs(self, executor: Executor) -> None:
        assert output(run(executor, [work(double_later, x=4)])[0]) == 8

    def test_the_attempt_knows_itself_and_has_its_environment(self, executor: Executor) -> None:
        known, other = work(look_around), work(look_around)
        first, second = run(
            executor,
            [
                msgspec.structs.replace(
                    known, path="a/b", attempt=3, environment=(("VOLERY_CONFORMANCE", "set"),)
                ),
                other,
            ],
        )
        assert output(first) == [EXECUTION, "a/b", "3", "set"]
        assert output(second) == [EXECUTION, other.path, "1", "unset"]

    def test_an_exception_is_a_failure_of_the_user(self, executor: Executor) -> None:
        (result,) = run(executor, [work(invert, x=0)])
        assert code(result) == "ZeroDivisionError"
        assert result.failure
        assert result.failure.kind == "USER"
        assert result.failure.retryable

    def test_sys_exit_is_a_failure_of_the_user(self, executor: Executor) -> None:
        (result,) = run(executor, [work(leave, code=3)])
        assert code(result) == "SystemExit"

    def test_inputs_of_the_wrong_type_are_not_tried_again(self, executor: Executor) -> None:
        (result,) = run(executor, [work(double, x="two")])
        assert code(result) == "TypeMismatch"
        assert result.failure
        assert not result.failure.retryable

    def test_an_element_that_fails_leaves_the_others(self, executor: Executor) -> None:
        (result,) = run(executor, [part(invert, "x", [1, 0, 2])])
        assert output(result) == [1.0, None, 0.5]
        assert [(each.index, each.failure.code) for each in result.elements] == [
            (1, "ZeroDivisionError")
        ]

    def test_a_large_value_goes_in_and_comes_out(self, executor: Executor) -> None:
        text = "v" * 20_000_000
        works = [work(grow, text=text) for _ in range(2)]
        executor.launch(works)
        assert [output(each) == text + "x" for each in results(executor, works)] == [True, True]

    def test_works_that_are_aborted_at_once_end_as_aborted(self, executor: Executor) -> None:
        works = [work(double, x=x) for x in range(3)]
        executor.launch(works)
        executor.abort([each.id for each in works[1:]])
        first, *others = results(executor, works)
        assert output(first) == 0
        assert [code(each) for each in others] == ["Aborted", "Aborted"]
        assert executor.poll(0) == []

    def test_an_abort_of_what_is_unknown_or_over_is_ignored(self, executor: Executor) -> None:
        over = work(double, x=1)
        run(executor, [over])
        executor.abort([over.id, next(ids)])
        assert executor.poll(0) == []
        assert output(run(executor, [work(double, x=2)])[0]) == 4

    def test_a_work_that_takes_too_long_times_out(self, executor: Executor) -> None:
        slow, quick = work(last, seconds=self.late), work(last, seconds=0.0)
        late, in_time = run(executor, [limited(slow, 0.2), limited(quick, 20.0)])
        assert code(late) == "TimedOut"
        assert late.failure
        assert (late.failure.kind, late.failure.retryable) == ("USER", True)
        assert "ran longer than 0.2 s" in late.failure.message
        assert output(in_time) == 0.0

    def test_every_element_has_the_time_of_the_limit(self, executor: Executor) -> None:
        (late,) = run(executor, [limited(part(last, "seconds", [self.late]), 0.2)])
        assert code(late) == "TimedOut"
        # Where the machine stalls, an element that is quick takes too long as well.
        quick = [limited(part(last, "seconds", [0.3] * 4), 0.9) for _ in range(3)]
        tries = (run(executor, [each])[0] for each in quick)
        in_time = next((each for each in tries if each.failure is None), late)
        assert output(in_time) == [0.3] * 4

    def test_a_poll_returns_when_there_is_news(self, executor: Executor) -> None:
        reading, writing = os.pipe()
        began = time.monotonic()
        assert executor.poll(0.01, reading) == []
        os.write(writing, b"news")
        assert executor.poll(TIMEOUT, reading) == []
        assert time.monotonic() - began < TIMEOUT / 2
        os.close(reading)
        os.close(writing)

    def test_news_do_not_hide_events(self, executor: Executor) -> None:
        reading, writing = os.pipe()
        os.write(writing, b"news")
        target = work(double, x=2)
        executor.launch([target])
        events: list[Event] = []
        while not any(isinstance(each, Result) for each in events):
            events += executor.poll(TIMEOUT, reading)
        os.close(reading)
        os.close(writing)

    def test_an_attempt_has_its_secrets_and_nobody_else(self, executor: Executor) -> None:
        works = [entrusted(work(use_secret, leak="")), work(use_secret, leak="")]
        mine, other = run(executor, works)
        assert output(mine) == len(SECRET.value)
        assert code(other) == "NotFound"

    def test_a_failure_does_not_show_a_secret(self, executor: Executor) -> None:
        (result,) = run(executor, [entrusted(work(use_secret, leak="raise"))])
        assert result.failure
        assert result.failure.message == "[secret conformance/password]"
        assert SECRET.value not in repr(result)

    def test_an_output_with_a_secret_is_a_failure_that_names_both(self, executor: Executor) -> None:
        (result,) = run(executor, [entrusted(work(give_secret))])
        assert code(result) == "SecretInOutputs"
        assert result.failure
        assert not result.failure.retryable
        assert "output o0 contains the secret conformance/password" in result.failure.message

    def test_close_may_be_called_with_work_under_way(self, executor: Executor) -> None:
        executor.launch([work(double, x=1)])
        executor.close()


class IsolatedExecutorConformance(ExecutorConformance):
    """For executors that run tasks in processes of their own.

    Where the memory of a work is not limited to what it requests, the fixture ``starve`` is a
    function that takes an executor and a work under way, whose processes it kills as the system
    would.

    Attributes:
        memory: megabytes that a work has.
        hunger: megabytes that one uses which uses it up.
        starved: code of its failure.
    """

    memory: ClassVar[int] = 128
    hunger: ClassVar[int] = 512
    starved: ClassVar[str] = "OutOfMemory"

    @pytest.fixture
    def starve(self) -> Callable[[Executor, Work], object]:
        return lambda executor, target: None  # noqa: ARG005

    def test_a_work_that_uses_up_its_memory_is_told_so_and_fails_alone(
        self, executor: Executor, starve: Callable[[Executor, Work], object]
    ) -> None:
        requests = Request(mem=self.memory << 20)
        greedy = work(devour, megabytes=self.hunger)
        greedy = msgspec.structs.replace(greedy, requests=requests)
        executor.launch([greedy])
        starve(executor, greedy)
        (result,) = results(executor, [greedy])
        assert code(result) == self.starved
        assert result.failure
        assert result.failure.kind == "SYSTEM"
        assert result.failure.retryable
        assert "memory" in result.failure.message
        assert output(run(executor, [work(double, x=3)])[0]) == 6

    def test_what_an_attempt_prints_comes_before_its_result(self, executor: Executor) -> None:
        first, second = listen(executor, [work(speak, text="one"), work(speak, text="two")])
        assert first.text("stdout") == "one\none from a child\n"
        assert first.text("stderr") == "ONE\n"
        assert second.text("stdout") == "two\ntwo from a child\n"
        assert second.text("stderr") == "TWO\n"

    def test_what_an_attempt_prints_that_lasts_comes_before_it_ends(
        self, executor: Executor
    ) -> None:
        lasting = work(speak_and_last, text="so far", seconds=3600.0)
        executor.launch([lasting])
        assert [each.text for each in until_printed(executor, lasting)] == ["so far"]
        executor.abort([lasting.id])
        assert code(results(executor, [lasting])[0]) == "Aborted"

    def test_what_an_attempt_logs_keeps_its_level(self, executor: Executor) -> None:
        (logged,) = listen(executor, [entrusted(work(use_secret, leak="log"))])
        (record,) = logged.records
        assert (record.stream, record.level, record.logger) == ("log", "WARNING", "conformance")

    @pytest.mark.parametrize("leak", ["print", "log"])
    def test_what_an_attempt_prints_does_not_show_a_secret(
        self, executor: Executor, leak: str
    ) -> None:
        (told,) = listen(executor, [entrusted(work(use_secret, leak=leak))])
        assert [each.text for each in told.records] == ["it is [secret conformance/password]"]

    def test_an_attempt_finds_its_surroundings_as_if_it_were_the_first(
        self, executor: Executor
    ) -> None:
        (before,) = run(executor, [work(surroundings)])
        for _ in range(2):
            (disturbed,) = run(executor, [work(disturb, folder=os.sep)])
            assert disturbed.failure is None
            after, said = listen(executor, [work(surroundings), work(speak, text="still there")])
            assert output(after.result) == output(before)
            assert said.text("stdout") == "still there\nstill there from a child\n"
            assert said.text("stderr") == "STILL THERE\n"

    def test_a_signal_that_waits_for_an_attempt_ends_with_it(self, executor: Executor) -> None:
        waiting, next_one = run(executor, [work(leave_a_signal_waiting), work(double, x=1)])
        assert waiting.failure is None
        assert output(next_one) == 2

    def test_a_process_that_exits_fails_only_its_work(self, executor: Executor) -> None:
        works = [work(vanish, code=7), *(work(double, x=x) for x in range(self.some))]
        executor.launch(works)
        last_words, *others = heard(executor, works)
        crash = last_words.result
        assert code(crash) == "WorkerCrashed"
        assert crash.failure
        assert crash.failure.kind == "SYSTEM"
        assert "exit code 7" in crash.failure.message
        assert last_words.text("stdout") == "about to vanish\n"
        assert [output(each.result) for each in others] == [2 * x for x in range(self.some)]

    def test_a_process_that_is_killed_fails_only_its_work(self, executor: Executor) -> None:
        works = [work(kill_itself, number=signal.SIGKILL), work(double, x=1)]
        crash, other = run(executor, works)
        assert code(crash) == "WorkerCrashed"
        assert crash.failure
        assert "SIGKILL" in crash.failure.message
        assert output(other) == 2

    def test_a_running_work_is_aborted_and_the_next_one_runs(self, executor: Executor) -> None:
        stuck = work(hang)
        executor.launch([stuck])
        until_started(executor, stuck)
        executor.abort([stuck.id])
        assert code(results(executor, [stuck])[0]) == "Aborted"
        assert output(run(executor, [work(double, x=5)])[0]) == 10

    def test_an_executor_that_is_full_has_no_room(self, executor: Executor) -> None:
        stuck = [work(hang) for _ in range(executor.room())]
        executor.launch(stuck)
        assert executor.room() == 0
        executor.abort([each.id for each in stuck])
        assert {code(each) for each in results(executor, stuck)} == {"Aborted"}
        assert executor.room() > 0

    def test_a_work_that_ignores_the_abort_is_killed(self, executor: Executor) -> None:
        stuck = work(hang_on)
        executor.launch([stuck])
        until_started(executor, stuck)
        executor.abort([stuck.id])
        assert code(results(executor, [stuck])[0]) == "Aborted"

    def test_an_abort_spares_the_works_beside_it(self, executor: Executor) -> None:
        stuck = work(hang)
        others = [work(double, x=x) for x in range(self.some)]
        executor.launch([stuck, *others])
        doubled = [output(each) for each in results(executor, others)]
        assert doubled == [2 * x for x in range(self.some)]
        executor.abort([stuck.id])
        assert code(results(executor, [stuck])[0]) == "Aborted"

    def test_works_that_hang_time_out(self, executor: Executor) -> None:
        stuck, after = [limited(work(each), 0.3) for each in (hang, hang_on)], work(double, x=1)
        executor.launch([*stuck, after])
        *late, other = results(executor, [*stuck, after])
        assert [code(each) for each in late] == ["TimedOut", "TimedOut"]
        assert output(other) == 2

    def test_what_was_printed_before_the_time_was_up_is_there_and_in_the_failure(
        self, executor: Executor
    ) -> None:
        (late,) = listen(executor, [limited(work(speak_and_hang, text="almost there"), 1.0)])
        assert late.text("stderr") == "almost there\n"
        assert late.result.failure
        assert late.result.failure.message == "ran longer than 1.0 s\nalmost there"

    def test_a_work_that_requests_more_than_there_is_fails_at_once(
        self, executor: Executor
    ) -> None:
        huge = msgspec.structs.replace(work(double, x=1), requests=Request(cpu=1e6))
        small = msgspec.structs.replace(work(double, x=1), requests=Request(cpu=0.5))
        executor.launch([huge, small])
        refused, done = results(executor, [huge, small])
        assert code(refused) == "TooLarge"
        assert refused.failure
        assert (refused.failure.kind, refused.failure.retryable) == ("USER", False)
        assert "requests 1e+06 processors, and the machine has" in refused.failure.message
        assert output(done) == 2


class UnlimitedExecutorConformance(IsolatedExecutorConformance):
    """For executors whose works are processes of this machine, and share its memory.

    When that is used up the system kills some process, and says nothing but SIGKILL.
    """

    hunger = 0
    starved = "WorkerCrashed"

    @pytest.fixture
    def starve(self) -> Callable[[Executor, Work], object]:
        def kill(executor: Executor, target: Work) -> None:
            said, *_ = until_printed(executor, target)
            os.kill(int(said.text), signal.SIGKILL)

        return kill


class LocalExecutorConformance(UnlimitedExecutorConformance):
    """For executors whose processes are on this machine and import what lies here."""

    def test_works_of_other_code_run_in_processes_of_their_own(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        works: list[Work] = []
        for whose in ("a", "b"):
            root = tmp_path / whose
            root.mkdir()
            (root / "conformance_code.py").write_text(CODE.format(whose=whose), "utf-8")
            loader = Loader("conformance_code", "whose")
            target = Work(next(ids), "e", "n0", 1, "conformance_code.whose", loader, pack({}))
            works.append(msgspec.structs.replace(target, code=str(root)))
        again = [msgspec.structs.replace(each, id=next(ids)) for each in works]
        assert [output(each) for each in run(executor, [*works, *again])] == ["a", "b", "a", "b"]


class LastingExecutorConformance(IsolatedExecutorConformance):
    """For executors whose attempts outlast them.

    The fixture ``reopen`` is a function that takes an executor, closes it, if it is not closed, and
    gives another one, which an engine after it would have. The fixture ``lose`` is a function that
    takes away all that carries attempts out, as somebody else may do; it returns when that is gone.
    """

    def test_an_attempt_outlasts_its_executor_and_the_next_one_attaches(
        self, executor: Executor, reopen: Callable[[Executor], Executor]
    ) -> None:
        lasting = work(speak_and_last, text="all of it", seconds=2.0)
        executor.launch([lasting])
        until_printed(executor, lasting)
        known = time.time()
        (told,) = listen(reopen(executor), [again(lasting)])
        assert told.text("stdout") == "all of it\n"
        assert told.result.failure is None
        assert told.result.started <= known

    def test_an_attempt_that_is_over_is_not_run_again(
        self, executor: Executor, reopen: Callable[[Executor], Executor]
    ) -> None:
        target = work(double, x=4)
        (before,) = run(executor, [target])
        (after,) = run(reopen(executor), [again(target)])
        assert output(after) == 8
        assert after.started == before.started

    def test_an_attempt_that_went_on_is_aborted(
        self, executor: Executor, reopen: Callable[[Executor], Executor]
    ) -> None:
        stuck = work(hang)
        executor.launch([stuck])
        until_started(executor, stuck)
        other, taken = reopen(executor), again(stuck)
        other.launch([taken])
        until_started(other, taken)
        other.abort([taken.id])
        other.abort([taken.id])
        assert code(results(other, [taken])[0]) == "Aborted"
        assert other.poll(0) == []

    def test_what_carries_a_work_out_may_get_lost_and_the_next_one_runs(
        self, executor: Executor, lose: Callable[[], object]
    ) -> None:
        stuck = work(hang)
        executor.launch([stuck])
        until_started(executor, stuck)
        lose()
        (result,) = results(executor, [stuck])
        assert code(result) in {"ContainerDeleted", "WorkerCrashed"}  # it may be seen to die first
        assert result.failure
        assert (result.failure.kind, result.failure.retryable) == ("SYSTEM", True)
        assert output(run(executor, [work(double, x=3)])[0]) == 6

    def test_an_attempt_that_got_lost_while_nobody_looked_begins_anew(
        self,
        executor: Executor,
        reopen: Callable[[Executor], Executor],
        lose: Callable[[], object],
    ) -> None:
        stuck = work(hang)
        executor.launch([stuck])
        until_started(executor, stuck)
        executor.close()
        lose()
        other, taken = reopen(executor), again(stuck)
        other.launch([taken])
        until_started(other, taken)
        other.abort([taken.id])
        assert code(results(other, [taken])[0]) == "Aborted"
