"""Eager works of the inline executor: their functions run in threads, for they wait for calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import copy_context
from math import inf
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from volery.worker.calls import Caller

if TYPE_CHECKING:
    from volery.ir.work import Call, CallEnded, Result, Work
    from volery.sdk.task import Task

Tasks = Mapping[str, "Task[..., Any]"]


class EagerWork:
    """A work that is under way in a thread of its own.

    Args:
        work: the work.
        carry_out: carries it out with a caller; gives its result.
        tell: hears of calls, with the tasks that they may come to, and at last of the result, or
            of the interrupt that ended the function. It is called in the thread.

    Attributes:
        due: when its time is up, on the monotonic clock.
        aborted: it was stopped on request.
        late: it was stopped because its time was up.
    """

    def __init__(
        self,
        work: Work,
        carry_out: Callable[[Work, Caller], Result],
        tell: Callable[[Call | Result | KeyboardInterrupt, Tasks], None],
    ) -> None:
        self.work = work
        self.due = inf if work.limit is None else monotonic() + work.limit
        self.aborted = False
        self.late = False
        self._carry_out = carry_out
        self._tell = tell
        self._caller = Caller(work.id, tell)
        # What holds in our thread, such as the storage, holds in that one.
        self._thread = Thread(
            target=copy_context().run, args=(self._run,), name=f"volery-{work.path}", daemon=True
        )
        self._thread.start()

    def ended(self, end: CallEnded) -> None:
        """Say how a call ended."""
        self._caller.ended(end)

    def stop(self) -> None:
        """Cancel the function; it may still tidy up."""
        self.due = inf
        self._caller.stop()

    def join(self, timeout: float) -> None:
        """Wait for the thread, up to some seconds."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._tell(self._carry_out(self.work, self._caller), {})
        except KeyboardInterrupt as interrupt:
            self._tell(interrupt, {})
