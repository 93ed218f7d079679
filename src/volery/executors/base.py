"""The executor's port: how attempts are carried out.

The contract stands here; the implementations stay bare. All must pass
`volery.testing.conformance.executor`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from volery.ir.work import Result, Work


class Started(msgspec.Struct, frozen=True):
    """User code of a work has begun: its module is imported and its task was called.

    At most one for each work. May be left out for work that is over soon after.
    """

    id: int
    at: float


class Executor(Protocol):
    """Carries out work. Not thread-safe: one thread calls it.

    Every work that was launched comes back as exactly one `Result`, whatever becomes of the
    process that runs it: a crash is a result with a SYSTEM failure (code ``WorkerCrashed``), an
    abort one with the code ``Aborted``.

    An executor that uses a process for one work after the other hides them from each other: each
    finds working directory, environment, umask, standard streams, the handlers and the mask of
    signals and the interval timers as they were before any, whatever the works before it did.
    Modules, threads and other files that works leave behind may stay.
    """

    def room(self) -> int:
        """How many more works it takes at the moment without queueing them for long."""
        ...

    def launch(self, works: Sequence[Work]) -> None:
        """Begin. A work whose id is under way already is ignored."""
        ...

    def abort(self, ids: Sequence[int]) -> None:
        """Stop works. One that is unknown or over is ignored."""
        ...

    def poll(self, timeout: float) -> list[Started | Result]:
        """What happened since the last call; waits up to `timeout` seconds for the first of it."""
        ...

    def close(self) -> None:
        """Stop everything; nothing is left behind. Work under way gets no result."""
        ...
