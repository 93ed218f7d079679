"""Results that an executor makes itself, for works that no worker can answer for."""

from __future__ import annotations

from time import time
from typing import Final

import msgspec

from volery.ir.failure import ABORTED, Failure
from volery.ir.work import Result, Work
from volery.wire.logs import LogRecord

CRASHED: Final = "WorkerCrashed"
"""Code of works whose worker died."""


class Death(msgspec.Struct, frozen=True):
    """How a worker died.

    Attributes:
        tail: the end of what its last attempt has written to stderr.
        printed: all that this has printed and nobody has read yet.
    """

    how: str
    tail: str
    printed: tuple[LogRecord, ...]


def aborted(work: int) -> Result:
    """Of a work that was aborted."""
    return Result(work, None, Failure(ABORTED, "SYSTEM", "aborted"), ended=time())


def crashed(work: int, started: float, death: Death) -> Result:
    """Of the work that was under way when its worker died."""
    failure = Failure(CRASHED, "SYSTEM", obituary("the worker process died", death))
    return Result(work, None, failure, (), started, time())


def stopped(work: int, failure: Failure, started: float, tail: str = "") -> Result:
    """Of a work that had to be stopped, with the end of what it had written to stderr."""
    message = _with_tail(failure.message, tail)
    failure = msgspec.structs.replace(failure, message=message)
    return Result(work, None, failure, (), started, time())


def frozen(seconds: float) -> Failure:
    """Why a work fails whose worker has been stopped for some time."""
    message = f"the worker process was stopped (SIGSTOP) for {seconds:.0f} s, and killed"
    return Failure(CRASHED, "SYSTEM", message)


def fault(executor: str, error: Exception) -> Failure:
    """Why a work fails for which an executor has a fault of its own."""
    message = (
        f"the executor {executor} has a fault: {type(error).__name__}: {error}\n"
        "  hint: please report it with the log of the server"
    )
    return Failure("ExecutorFault", "SYSTEM", message)


def too_large(work: Work, lacks: str) -> Result:
    """Of a work that requests more than the machine has."""
    message = (
        f"task {work.task} requests {lacks}\n  hint: request less, or run it where there is more"
    )
    return Result(
        work.id, None, Failure("TooLarge", "USER", message, retryable=False), ended=time()
    )


def not_started(work: int, reason: str) -> Result:
    """Of a work for which no worker came up."""
    return Result(work, None, Failure("WorkerNotStarted", "SYSTEM", reason), ended=time())


def obituary(what: str, death: Death) -> str:
    """How a worker died, with the last lines that it printed."""
    return _with_tail(f"{what}: {death.how}", death.tail)


def _with_tail(message: str, tail: str) -> str:
    return f"{message}\n{tail}" if tail else message
