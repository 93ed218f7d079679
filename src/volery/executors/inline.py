"""The executor that runs tasks here, in the caller's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from volery.executors.base import Started
from volery.executors.results import aborted
from volery.ir.work import Result, Work
from volery.worker.execute import run

if TYPE_CHECKING:
    from volery.sdk.task import Task

ROOM = 1024
"""Works that are taken at a time: enough to spread the caller's cost, few enough to drop."""


class InlineExecutor:
    """Runs works in order while it is polled, up to the first that fails.

    It stops there so that the caller can abort the others before they begin. What a task prints
    goes where it always goes; Ctrl-C reaches the caller of `poll` as KeyboardInterrupt.

    Attributes:
        exceptions: what user code raised, by execution and path; the last one of each.
    """

    def __init__(self, tasks: Mapping[str, Task[..., Any]]) -> None:
        self.exceptions: dict[tuple[str, str], BaseException] = {}
        self._tasks = tasks
        self._queue: OrderedDict[int, Work] = OrderedDict()
        self._aborted: list[Started | Result] = []

    def room(self) -> int:
        return ROOM - len(self._queue)

    def launch(self, works: Sequence[Work]) -> None:
        for work in works:
            self._queue.setdefault(work.id, work)

    def abort(self, ids: Sequence[int]) -> None:
        for each in ids:
            if self._queue.pop(each, None) is not None:
                self._aborted.append(aborted(each))

    def poll(self, timeout: float) -> list[Started | Result]:  # noqa: ARG002 - nothing to wait for
        events, self._aborted = self._aborted, []
        while self._queue:
            result = self._run(self._queue.popitem(last=False)[1])
            events.append(result)
            if result.failure or result.elements:
                break
        return events

    def close(self) -> None:
        self._queue.clear()
        self._aborted.clear()

    def _run(self, work: Work) -> Result:
        def keep(path: str, exception: BaseException) -> None:
            self.exceptions[work.execution, path] = exception

        return run(self._tasks[work.task], work, keep)
