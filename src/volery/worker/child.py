"""The process for one work, from its host's side."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from math import inf
from pathlib import Path
from shutil import rmtree
from time import monotonic
from typing import Final

from volery.ir.secret import Blotter
from volery.ir.work import IMPORT_LIMIT, Work
from volery.wire.logs import LogRecord
from volery.worker.birth import Ends
from volery.worker.channel import Channel
from volery.worker.output import Output
from volery.worker.protocol import Run, frame

GRACE: Final = 2.0
"""Seconds between SIGTERM and SIGKILL."""


class Child:
    """A process that carries out one work.

    Args:
        work: the work.
        scratch: a folder that it may make, for its files.
        bear: makes it; gives its process id, or None: it says so itself.

    Attributes:
        pid: its process id, and that of its session; None: not known yet.
        channel: what it says.
        body: its result, as it goes on to the executor; None: it has none yet.
        status: its exit status, or minus the number of a signal; None: it lives.
        gone: it has hung up.
        late: its time was up.
        due: when it will be, or that of the import of its module, on the monotonic clock.
        kill_at: when it is killed that was told to end.
        out_of_memory: see `Died`.
    """

    def __init__(self, work: Work, scratch: Path, bear: Callable[[str, Ends], int | None]) -> None:
        self.work = work
        self.body: bytes | None = None
        self.status: int | None = None
        self.gone = False
        self.late = False
        self.due = inf if work.limit is None else monotonic() + max(work.limit, IMPORT_LIMIT)
        self.kill_at = inf
        self.out_of_memory = False
        self.stopping = False
        self._scratch = scratch
        self._blot = Blotter(work.secrets).text if work.secrets else str
        with ExitStack() as undo:
            self._output = Output(scratch.parent, undo)
            ours, theirs = (each.detach() for each in socket.socketpair())
            lifeline, self._lifeline = os.pipe()
            undo.callback(os.close, self._lifeline)
            self.channel = Channel(ours, ours)
            undo.callback(self.channel.close)
            try:
                self.pid = bear(str(scratch), Ends(theirs, lifeline, *self._output.files))
            finally:
                os.close(theirs)
                os.close(lifeline)
            self._release = undo.pop_all()
        self.channel.send(frame(Run((work,))))

    @property
    def over(self) -> bool:
        """Whether there is nothing of it to wait for."""
        return self.status is not None or self.lost

    @property
    def lost(self) -> bool:
        """Whether it has come to nothing before it began: its template has died."""
        return self.gone and self.pid is None

    def begin(self) -> None:
        """Its user code runs from now on, or an element of it."""
        if self.work.limit is not None and not self.late:
            self.due = monotonic() + self.work.limit

    def stop(self, *, late: bool = False) -> None:
        """Have it end, and kill it if it does not."""
        self.late = self.late or late
        self.due = inf
        self.stopping = True
        self.kill_at = min(self.kill_at, monotonic() + GRACE)
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it, with what it has started in its process group."""
        self.kill_at = inf
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> None:
        """Send a signal to its process group, unless it was reaped."""
        if self.pid is not None and self.status is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)

    def look(self) -> tuple[LogRecord, ...]:
        """What it has printed since the last look."""
        return self._output.look(self._blot)

    def rest(self) -> tuple[LogRecord, ...]:
        """All that it has printed since."""
        return self._output.rest(self._output.ends(), self._blot)

    def tail(self) -> str:
        """The end of what it has written to stderr."""
        return self._output.tail(self._output.ends(), self._blot)

    def close(self) -> None:
        """Give back all that it held."""
        self._release.close()
        rmtree(self._scratch, ignore_errors=True)
