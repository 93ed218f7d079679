"""The executor of the simulator: works end in any order and at any time, in the caller's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from random import Random
from selectors import DefaultSelector, SelectorKey
from time import sleep
from typing import Any, NoReturn

from volery.clock import Clock
from volery.executors.base import Event, Started
from volery.executors.results import CRASHED, aborted
from volery.ir.failure import Failure, overdue
from volery.ir.work import Call, CallEnded, Result, Work
from volery.sdk.task import Task
from volery.worker.calls import Caller, Eager
from volery.worker.execute import Observer, run

_simulating = False


class _Hangs(BaseException):
    """A simulated task goes on for ever."""


def hang() -> NoReturn:
    """What a task does that never ends: until it is stopped, or its worker is killed."""
    if _simulating:
        raise _Hangs
    while True:
        sleep(3600)


class ShuffledExecutor:
    """Ends works in any order and at any time.

    Args:
        tasks: what works may be of, by name; those that come up on the way are added.
        random: decides.
        clock: says when works have run for too long.
        crash: how likely a work ends in a SYSTEM failure without having run.
    """

    lasts = False

    def __init__(
        self, tasks: dict[str, Task[..., Any]], random: Random, clock: Clock, crash: float
    ) -> None:
        self._tasks = tasks
        self._random = random
        self._clock = clock
        self._crash = crash
        self._works: dict[int, Work] = {}
        self._eager: dict[int, _EagerWork] = {}
        self._hanging: dict[int, float] = {}
        """By work: when its time is up."""
        self._events: list[Event] = []

    @property
    def due(self) -> float | None:
        """When the next hanging work is stopped; None: none hangs."""
        return min(self._hanging.values(), default=None)

    def room(self) -> int:
        return self._random.randrange(4)

    def launch(self, works: Sequence[Work]) -> None:
        self._works.update((work.id, work) for work in works)

    def abort(self, ids: Sequence[int]) -> None:
        for each in ids:
            # An abort may come too late.
            if each in self._works and (each in self._hanging or self._random.random() < 0.7):
                self._forget(each)
                self._events.append(aborted(each))

    def answer(self, ends: Sequence[CallEnded]) -> None:
        for end in ends:
            if eager := self._eager.get(end.work):
                eager.ends.append(end)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:  # noqa: ARG002
        events, self._events = self._events, []
        for number, work in list(self._works.items()):
            luck = self._random.random()
            if luck < 0.5:
                continue
            if luck < 0.5 + self._crash:
                self._forget(number)
                events.append(Result(number, None, Failure(CRASHED, "SYSTEM", "simulated")))
            elif number in self._hanging:
                events += self._stop_if_due(work)
            else:
                events += self._go_on(work)
        return events

    def close(self) -> None:
        self._works.clear()
        self._eager.clear()
        self._hanging.clear()

    def _go_on(self, work: Work) -> list[Event]:
        if work.mode == "eager":
            eager = self._eager.setdefault(work.id, _EagerWork(work))
            events = eager.go_on(self._tasks)
            if eager.over:
                self._forget(work.id)
            return events
        observer = _Watch(self._tasks)
        result = _simulated(self._tasks[work.task], work, observer)
        started = Started(work.id, self._clock.now())
        if observer.hangs:
            self._hanging[work.id] = self._clock.now() + (work.limit or float("inf"))
            return [started]
        self._forget(work.id)
        return [started, result]

    def _stop_if_due(self, work: Work) -> list[Event]:
        if self._clock.now() < self._hanging[work.id] or work.limit is None:
            return []
        self._forget(work.id)
        return [Result(work.id, None, overdue(work.limit))]

    def _forget(self, number: int) -> None:
        del self._works[number]
        self._eager.pop(number, None)
        self._hanging.pop(number, None)


class _Watch(Observer):
    """Takes note of what tasks emit, and whether one hangs."""

    elsewhere = True

    def __init__(self, tasks: dict[str, Task[..., Any]]) -> None:
        self._tasks = tasks
        self.hangs = False

    def raised(self, path: str, exception: BaseException) -> None:
        del path
        self.hangs = self.hangs or isinstance(exception, _Hangs)

    def emitted(self, tasks: Mapping[str, Task[..., Any]]) -> None:
        self._tasks.update(tasks)


class _EagerWork:
    """The function of an eager task, run without a thread.

    Whenever it goes on it runs from its beginning, and is given the ends of its calls in the order
    in which they came, each when nothing else is left to do. What it does then, up to where it has
    to wait for more, is what it does in a process of its own.
    """

    def __init__(self, work: Work) -> None:
        self.ends: list[CallEnded] = []
        self.over = False
        self._work = work
        self._called: set[str] = set()
        self._answered = -1

    def go_on(self, tasks: dict[str, Task[..., Any]]) -> list[Event]:
        """Run as far as it goes: the calls that are new, or the result."""
        if len(self.ends) == self._answered:
            return []
        self._answered = len(self.ends)
        calls: list[Call] = []

        def ask(call: Call, callees: Mapping[str, Task[..., Any]]) -> None:
            tasks.update(callees)
            calls.append(call)

        caller = _SteppedCaller(self._work.id, ask, self.ends)
        result = _simulated(tasks[self._work.task], self._work, _Watch(tasks), caller)
        new: list[Event] = [call for call in calls if call.id not in self._called]
        self._called.update(call.id for call in calls)
        if caller.waits:
            return new
        self.over = True
        return [*new, result]


class _SteppedCaller(Caller):
    """Gives a function the ends that are known, and takes it off the stage when it wants more."""

    def __init__(self, work: int, ask: Any, ends: Sequence[CallEnded]) -> None:
        super().__init__(work, ask, elsewhere=True)
        self.waits = False
        self._left = list(ends)

    def run(self, function: Eager, arguments: Mapping[str, Any]) -> Any:
        with asyncio.Runner(loop_factory=self._make_loop) as runner:
            return runner.run(self._run(function, arguments))

    def _make_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop(_IdleSelector(self._idle))

    def _idle(self) -> None:
        if self._left:
            self.ended(self._left.pop(0))
        else:
            self.waits = True
            self.stop()


class _IdleSelector(DefaultSelector):
    """Tells when a loop has nothing to do but wait."""

    def __init__(self, idle: Any) -> None:
        super().__init__()
        self._idle = idle

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if timeout is None:
            self._idle()
        return super().select(0)


def _simulated(
    task: Task[..., Any], work: Work, observer: Observer, caller: Caller | None = None
) -> Result:
    global _simulating  # noqa: PLW0603 - tasks have no other way to tell
    _simulating = True
    try:
        return run(task, work, observer, caller)
    finally:
        _simulating = False
