"""The executor of tests: some attempts end as the test wants, the others are carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import msgspec

from volery.data import offload
from volery.executors.base import Event, Executor, Printed, Started
from volery.executors.results import CRASHED, aborted, stopped
from volery.ids import element_path, join
from volery.ir.failure import Failure, overdue
from volery.ir.values import NIL, Raw, join_record, split_record
from volery.ir.work import Call, CallEnded, ElementFailure, Result, Work
from volery.sdk.task import Task
from volery.services.places import Places
from volery.testing.clock import FakeClock
from volery.testing.faults import Crash, Fault, FaultPlan, Hang
from volery.testing.standstill import Standstill
from volery.worker.failures import failure_of

_MOMENT = 0.01
"""Seconds that functions which wait for calls get to make further ones, before time passes."""


class _Hanging(msgspec.Struct, frozen=True):
    """A work that takes some seconds longer, from when it began."""

    work: Work
    began: float
    seconds: float

    @property
    def due(self) -> float:
        """When it is stopped or goes on."""
        limit = inf if self.work.limit is None else self.work.limit
        return self.began + min(self.seconds, limit)


class FaultyExecutor:
    """Stands before another executor. Times of what it reports are those of the test's clock.

    When nothing that is under way can end by itself, and nothing else has been found to do, it does
    not wait: it has the standstill go on.

    Args:
        inner: carries out what meets no fault.
        plan: the faults.
        tasks: by name, as far as they are known.
        clock: of the test.
        places: of executions.
        standstill: goes on.

    Attributes:
        exceptions: those of the plan that attempts have ended with, by execution and path.
    """

    lasts = False

    def __init__(
        self,
        inner: Executor,
        plan: FaultPlan,
        tasks: Mapping[str, Task[..., Any]],
        *,
        clock: FakeClock,
        places: Places,
        standstill: Standstill,
    ) -> None:
        self.exceptions: dict[tuple[str, str], BaseException] = {}
        self._inner = inner
        self._plan = plan
        self._tasks = tasks
        self._clock = clock
        self._places = places
        self._standstill = standstill
        self._settled = False
        self._inside: dict[int, int] = {}
        """What is carried out, and how many calls each waits for."""
        self._hanging: dict[int, _Hanging] = {}
        self._spoilt: dict[int, dict[int, Failure]] = {}
        """Of parts of maps: the elements that are to fail."""
        self._ended: list[Event] = []

    # -- the port -------------------------------------------------------------------------

    def room(self) -> int:
        return self._inner.room()

    def launch(self, works: Sequence[Work]) -> None:
        new = [work for work in works if not (work.id in self._inside or work.id in self._hanging)]
        self._carry_out([work for work in new if not self._meets_fault(work)])

    def abort(self, ids: Sequence[int]) -> None:
        for each in ids:
            if self._hanging.pop(each, None) is not None:
                self._ended.append(aborted(each))
        self._inner.abort([each for each in ids if each in self._inside])

    def answer(self, ends: Sequence[CallEnded]) -> None:
        for end in ends:
            if self._inside.get(end.work):
                self._inside[end.work] -= 1
        self._inner.answer(ends)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        self._end_hanging()
        busy = 0 in self._inside.values()
        patience = timeout if busy else min(timeout, _MOMENT if self._inside else 0.0)
        events = self._inner.poll(0.0 if self._ended else patience, news)
        events = [*map(self._told, events), *self._ended]
        self._ended.clear()
        if timeout and not events and not busy:
            self._stand_still()
        else:
            self._settled = False
        return [self._stamped(event) for event in events]

    def close(self) -> None:
        self._inner.close()

    # -- faults ---------------------------------------------------------------------------

    def _meets_fault(self, work: Work) -> bool:
        """Whether something becomes of a work as a whole."""
        if self._plan.is_empty:
            return False
        match self._fault(work):
            case None:
                return False
            case Hang() as hang:
                self._hanging[work.id] = _Hanging(work, self._clock.now(), hang.duration)
            case Crash():
                message = "the worker process died: the test has it crash"
                self._ended.append(Result(work.id, None, Failure(CRASHED, "SYSTEM", message)))
            case exception:
                self._ended.append(Result(work.id, None, self._failure(work, work.path, exception)))
        return True

    def _fault(self, work: Work) -> Fault | None:
        """What becomes of a work as a whole; exceptions of elements are kept for its end."""
        path = join(self._places.of(work.execution), work.path)
        if work.elements is None:
            return self._plan.of(path, work.task, work.attempt)
        failures: dict[int, Failure] = {}
        for index in range(work.elements):
            fault = self._plan.of(element_path(path, index), work.task, work.attempt)
            if isinstance(fault, Crash | Hang):
                return fault
            if fault is not None:
                failures[index] = self._failure(work, element_path(work.path, index), fault)
        self._spoilt[work.id] = failures
        return None

    def _failure(self, work: Work, path: str, exception: BaseException) -> Failure:
        """What it amounts to that the function raises an exception of the plan."""
        self.exceptions[work.execution, path] = exception
        task = self._tasks.get(work.task)
        return failure_of(exception, retryable=task is None or task.retryable(exception))

    def _end_hanging(self) -> None:
        """What has hung for long enough is stopped, or carried out after all."""
        now = self._clock.now()
        for each in [each for each in self._hanging.values() if each.due <= now]:
            work = each.work
            del self._hanging[work.id]
            if work.limit is not None and each.seconds >= work.limit:
                self._ended.append(stopped(work.id, overdue(work.limit), now))
            else:
                self._carry_out([work])

    # -- what goes on inside --------------------------------------------------------------

    def _carry_out(self, works: Sequence[Work]) -> None:
        self._inside.update((work.id, 0) for work in works)
        self._inner.launch(works)

    def _told(self, event: Event) -> Event:
        """What the inner executor reports, spoilt where the test wants that."""
        match event:
            case Call(work):
                self._inside[work] += 1
            case Result(id):
                del self._inside[id]
                return _spoilt(event, self._spoilt.pop(id, {}))
            case Started() | Printed():
                pass
        return event

    def _stand_still(self) -> None:
        if self._settled:
            dues = (each.due for each in self._hanging.values())
            self._standstill.pass_time(min(dues, default=inf))
        else:
            self._standstill.settle()  # what comes of this is taken up first
        self._settled = not self._settled

    def _stamped(self, event: Event) -> Event:
        """A report with the times of the test's clock."""
        now = self._clock.now()
        match event:
            case Call() | Printed():
                return event
            case Started(id):
                return Started(id, now)
            case Result():
                returned = now if event.returned else 0.0
                return msgspec.structs.replace(event, started=now, ended=now, returned=returned)


def _spoilt(result: Result, failures: Mapping[int, Failure]) -> Result:
    """The result of a part of a map in which further elements have failed."""
    if result.outputs is None or not failures:
        return result
    outputs: dict[str, bytes] = {}
    for name, array in split_record(result.outputs).items():
        elements = list(offload.elements(array))
        for index in failures:
            elements[index] = Raw(NIL)
        outputs[name] = offload.pack(elements)
    all_failures = {each.index: each.failure for each in result.elements} | dict(failures)
    return msgspec.structs.replace(
        result,
        outputs=join_record(outputs),
        elements=tuple(
            ElementFailure(index, all_failures[index]) for index in sorted(all_failures)
        ),
    )
