"""Results that an executor makes itself, for works that no worker can answer for."""

from __future__ import annotations

from time import time
from typing import Final

import msgspec

from volery.ir.failure import Failure
from volery.ir.work import Result

_TAIL: Final = 2048
"""How much of what a dead worker printed goes into the message of a failure, in bytes."""


class Death(msgspec.Struct, frozen=True):
    """How a worker died, and what it had printed since its last result."""

    how: str
    stdout: bytes
    stderr: bytes


def aborted(work: int, stdout: bytes = b"", stderr: bytes = b"") -> Result:
    """Of a work that was aborted, with what it had printed if it had begun."""
    failure = Failure("Aborted", "SYSTEM", "aborted")
    return Result(work, None, failure, ended=time(), stdout=stdout, stderr=stderr)


def crashed(work: int, started: float, death: Death) -> Result:
    """Of the work that was under way when its worker died."""
    failure = Failure("WorkerCrashed", "SYSTEM", obituary("the worker process died", death))
    return Result(work, None, failure, (), started, time(), death.stdout, death.stderr)


def not_started(work: int, reason: str) -> Result:
    """Of a work for which no worker came up."""
    return Result(work, None, Failure("WorkerNotStarted", "SYSTEM", reason), ended=time())


def obituary(what: str, death: Death) -> str:
    """How a worker died, with the last lines that it printed."""
    tail = death.stderr[-_TAIL:].decode(errors="replace").strip()
    return f"{what}: {death.how}\n{tail}" if tail else f"{what}: {death.how}"
