"""Results that an executor makes itself, for works that no worker can answer for."""

from __future__ import annotations

from time import time
from typing import Final

import msgspec

from volery.ir.failure import ABORTED, TIMED_OUT, Failure
from volery.ir.work import Result, Work

CRASHED: Final = "WorkerCrashed"
"""Code of works whose worker died."""

_TAIL: Final = 2048
"""How much of what a dead worker printed goes into the message of a failure, in bytes."""


class Death(msgspec.Struct, frozen=True):
    """How a worker died, and what it had printed since its last result."""

    how: str
    stdout: bytes
    stderr: bytes


def aborted(work: int, stdout: bytes = b"", stderr: bytes = b"") -> Result:
    """Of a work that was aborted, with what it had printed if it had begun."""
    failure = Failure(ABORTED, "SYSTEM", "aborted")
    return Result(work, None, failure, ended=time(), stdout=stdout, stderr=stderr)


def crashed(work: int, started: float, death: Death) -> Result:
    """Of the work that was under way when its worker died."""
    failure = Failure(CRASHED, "SYSTEM", obituary("the worker process died", death))
    return Result(work, None, failure, (), started, time(), death.stdout, death.stderr)


def stopped(work: int, failure: Failure, started: float, stdout: bytes, stderr: bytes) -> Result:
    """Of a work that had to be stopped, with what it had printed."""
    message = _with_tail(failure.message, stderr)
    failure = msgspec.structs.replace(failure, message=message)
    return Result(work, None, failure, (), started, time(), stdout, stderr)


def overdue(limit: float) -> Failure:
    """Why a work is stopped that runs longer than it may, in seconds."""
    return Failure(TIMED_OUT, "USER", f"ran longer than {limit} s")


def frozen(seconds: float) -> Failure:
    """Why a work fails whose worker has been stopped for some time."""
    message = f"the worker process was stopped (SIGSTOP) for {seconds:.0f} s, and killed"
    return Failure(CRASHED, "SYSTEM", message)


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
    return _with_tail(f"{what}: {death.how}", death.stderr)


def _with_tail(message: str, stderr: bytes) -> str:
    tail = stderr[-_TAIL:].decode(errors="replace").strip()
    return f"{message}\n{tail}" if tail else message
