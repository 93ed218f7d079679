"""The executor that runs tasks here, in the caller's process."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from volery.executors.base import Event
from volery.executors.results import aborted, stopped
from volery.ir.failure import overdue
from volery.ir.work import Call, CallEnded, Result, Work
from volery.worker.execute import Observer, run

if TYPE_CHECKING:
    from socket import socket

    from volery.executors.eager import EagerWork, Tasks
    from volery.sdk.task import Task
    from volery.worker.calls import Caller

ROOM: Final = 1024
"""Works that are taken at a time: enough to spread the caller's cost, few enough to drop."""
GRACE: Final = 2.0
"""Seconds that functions of eager works have to tidy up when they are stopped."""


class InlineExecutor:
    """Runs works in order while it is polled, in the caller's thread, up to the first that fails.

    It stops there so that the caller can abort the others before they begin. What a task prints
    goes where it always goes; Ctrl-C reaches the caller of `poll` as KeyboardInterrupt. Functions
    of eager works run in threads. Nothing can stop the others: one that runs longer than it may
    runs to its end, and its work fails then. As works run one at a time, each has all of the
    machine, whatever it requests.

    Args:
        tasks: what works may be of, by name; those that come up on the way are added.

    Attributes:
        exceptions: what user code raised, by execution and path; the last one of each.
    """

    lasts = False

    def __init__(self, tasks: Mapping[str, Task[..., Any]]) -> None:
        self.exceptions: dict[tuple[str, str], BaseException] = {}
        self._tasks = dict(tasks)
        self._queue: OrderedDict[int, Work] = OrderedDict()
        self._eager: dict[int, EagerWork] = {}
        self._events: list[Event] = []
        self._told: deque[Call | Result | KeyboardInterrupt] = deque()
        """What threads had to say; each rings the bell."""
        self._bell: tuple[socket, socket] | None = None

    def room(self) -> int:
        return max(0, ROOM - len(self._queue))

    def launch(self, works: Sequence[Work]) -> None:
        for work in works:
            if work.id not in self._eager:
                self._queue.setdefault(work.id, work)

    def abort(self, ids: Sequence[int]) -> None:
        for each in ids:
            if self._queue.pop(each, None) is not None:
                self._events.append(aborted(each))
            elif eager := self._eager.get(each):
                eager.aborted = True
                eager.stop()

    def answer(self, ends: Sequence[CallEnded]) -> None:
        for end in ends:
            if eager := self._eager.get(end.work):
                eager.ended(end)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        try:
            self._run_queue()
            if timeout and not self._events:
                self._wait_for_events(timeout, news)
            self._listen()
        except KeyboardInterrupt:
            self._stop_all()
            raise
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        self._queue.clear()
        self._stop_all()
        deadline = monotonic() + GRACE
        for eager in self._eager.values():
            eager.join(max(0.0, deadline - monotonic()))
        self._eager.clear()
        self._events.clear()
        if self._bell is not None:
            for end in self._bell:
                end.close()

    # -- works in the caller's thread -----------------------------------------------------

    def _run_queue(self) -> None:
        while self._queue:
            work = self._queue.popitem(last=False)[1]
            if work.mode == "eager":
                self._begin(work)
                continue
            result = self._carry_out(work, None)
            self._events.append(result)
            if result.failure or result.elements:
                break

    def _carry_out(self, work: Work, caller: Caller | None) -> Result:
        """In any thread."""
        watch = _Watch(self, work)
        result = run(self._tasks[work.task], work, watch, caller)
        if work.limit is not None and watch.longest() > work.limit:
            return self._timed_out(work, result)
        return result

    def know(self, tasks: Tasks) -> None:
        """Tasks have come up that works may be of."""
        self._tasks.update(tasks)

    # -- eager works ----------------------------------------------------------------------

    def _begin(self, work: Work) -> None:
        from socket import socketpair

        from volery.executors.eager import EagerWork

        self._bell = self._bell or socketpair()
        self._eager[work.id] = EagerWork(work, self._carry_out, self._tell)

    def _tell(self, event: Call | Result | KeyboardInterrupt, tasks: Tasks) -> None:
        """In the thread of an eager work."""
        self.know(tasks)
        self._told.append(event)
        if self._bell is not None:
            with suppress(OSError):  # nobody listens any more
                self._bell[1].send(b"!")

    def _wait_for_events(self, timeout: float, news: int | None) -> None:
        deadline = monotonic() + timeout
        heard = False
        while not self._events and not heard and (left := deadline - monotonic()) > 0:
            heard = self._wait(left, news)
            self._listen()

    def _wait(self, timeout: float, news: int | None) -> bool:
        """Wait for threads, for a work's time to be up, or for news of others; True: for these."""
        import selectors

        due = min((eager.due for eager in self._eager.values()), default=inf)
        with selectors.DefaultSelector() as selector:
            if news is not None:
                selector.register(news, selectors.EVENT_READ, news)
            if self._bell is not None:
                selector.register(self._bell[0], selectors.EVENT_READ)
            ready = selector.select(max(0.0, min(timeout, due - monotonic())))
        return any(key.data is not None for key, _ in ready)

    def _listen(self) -> None:
        if self._bell is None:
            return  # there never was an eager work
        now = monotonic()
        for eager in self._eager.values():
            if now >= eager.due:
                eager.late = True
                eager.stop()
        self._bell[0].settimeout(0)
        with suppress(BlockingIOError):
            self._bell[0].recv(4096)
        while self._told:
            event = self._told.popleft()
            if isinstance(event, KeyboardInterrupt):
                raise event
            if isinstance(event, Result):
                event = self._judged(self._eager.pop(event.id), event)
            self._events.append(event)

    def _judged(self, eager: EagerWork, result: Result) -> Result:
        """The result of an eager work, whatever its function did when it was stopped."""
        if eager.aborted:
            return aborted(result.id)
        return self._timed_out(eager.work, result) if eager.late else result

    def _timed_out(self, work: Work, result: Result) -> Result:
        self.exceptions.pop((work.execution, work.path), None)  # it may be our own doing
        return stopped(work.id, overdue(work.limit or 0.0), result.started)

    def _stop_all(self) -> None:
        for eager in self._eager.values():
            eager.stop()


class _Watch(Observer):
    """Takes note of what happens while a work is carried out."""

    def __init__(self, executor: InlineExecutor, work: Work) -> None:
        self._executor = executor
        self._execution = work.execution
        self._began = monotonic()
        self._longest = 0.0

    def raised(self, path: str, exception: BaseException) -> None:
        self._executor.exceptions[self._execution, path] = exception

    def element(self) -> None:
        self.longest()

    def emitted(self, tasks: Tasks) -> None:
        self._executor.know(tasks)

    def longest(self) -> float:
        """Seconds that the longest of the calls took; one of them ends now."""
        now = monotonic()
        self._longest = max(self._longest, now - self._began)
        self._began = now
        return self._longest
