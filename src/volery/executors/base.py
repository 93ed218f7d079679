"""The executor's port: how attempts are carried out.

The contract stands here; the implementations stay bare. All must pass
`volery.testing.conformance.executor` and `executor_calls`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from volery.ir.work import Call, CallEnded, Result, Work
from volery.wire.logs import LogRecord


class Started(msgspec.Struct, frozen=True):
    """User code of a work has begun: its module is imported and its task was called.

    At most one for each work. May be left out for work that is over soon after.
    """

    id: int
    at: float


class Printed(msgspec.Struct, frozen=True):
    """Lines that a work has printed or logged, in the order in which they were read.

    Those of a work that lasts come while it runs; all come before its result.
    """

    id: int
    records: tuple[LogRecord, ...]


Event = Started | Printed | Call | Result


class Executor(Protocol):
    """Carries out work. Not thread-safe: one thread calls it.

    Every work that was launched comes back as exactly one `Result`, whatever becomes of the
    process that runs it: a crash is a result with a SYSTEM failure (code ``WorkerCrashed``), an
    abort one with the code ``Aborted``. User code that runs longer than the work's `limit` (for a
    part of a map: than that for one element) is stopped with all that it has started, and gives a
    USER failure with the code ``TimedOut``. A work that requests more than the machine has gives a
    USER failure (``TooLarge``) at once, which no further attempt can mend; others begin when what
    they request is free.

    What a work prints comes as `Printed`, unless it is printed where the caller's own output goes;
    its `secrets` are blotted out. An executor with processes of its own runs works whose `code`
    differs in processes of their own.

    The function of an eager work calls entities (`Call`) and goes on when `answer` says how the
    call ended. While it waits for answers it keeps no other work from running.

    An executor that uses a process for one work after the other hides them from each other: each
    finds working directory, environment, umask, standard streams, the handlers and the mask of
    signals and the interval timers as they were before any, whatever the works before it did.
    Modules, threads and other files that works leave behind may stay.

    Attributes:
        lasts: what it has started goes on when it is closed, or its process has died, unless it is
            in a container that stays (see `is_shared`), which ends then. Launching the same attempt
            again finds it, and its result comes as if it had always been here; after an abort as
            well. So nothing of it is begun twice, whoever launches it.
    """

    @property
    def lasts(self) -> bool: ...

    def room(self) -> int:
        """How many more works it takes at the moment without queueing them for long."""
        ...

    def launch(self, works: Sequence[Work]) -> None:
        """Begin. A work whose id is under way already is ignored."""
        ...

    def abort(self, ids: Sequence[int]) -> None:
        """Stop works. One that is unknown or over is ignored."""
        ...

    def answer(self, ends: Sequence[CallEnded]) -> None:
        """Say how calls ended. One whose work is over is ignored."""
        ...

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        """What happened since the last call; waits up to `timeout` seconds for the first of it.

        `news` is a file descriptor: when it can be read there is no more waiting.
        """
        ...

    def close(self) -> None:
        """Stop everything; nothing is left behind, but what `lasts`. No work gets a result."""
        ...


class Ringing(Executor, Protocol):
    """An executor that can be waited for together with others.

    Attributes:
        bell: a file descriptor that can be read as long as ``poll(0)`` has something to give, and
            when something has to be done because of the time.
    """

    @property
    def bell(self) -> int: ...
