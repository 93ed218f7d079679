"""The warden of an attempt: the process that starts it and watches the one that runs user code.

It stays small and runs none of it, so that it can do what that process may be unable to do: end
it when its time is over, whatever it is busy with; say that it lives; pass on the wish to stop;
blot secrets out of what it prints; and tell how it died.
"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic, time
from typing import TYPE_CHECKING, Final

import msgspec

from volery.errors import VoleryError
from volery.ir.failure import Failure, overdue, unloaded
from volery.ir.invocation import FAILED, SUCCEEDED, UNREACHABLE, Outcome
from volery.ir.work import IMPORT_LIMIT
from volery.worker.records import LOG, ONE_STREAM
from volery.worker.ties import Pace, Plan, decode_word

if TYPE_CHECKING:
    from volery.worker.pump import Note, Pump
    from volery.worker.signals import Signals
    from volery.worker.ties import Ends

BY_SIGNAL: Final = 128
"""What is added to the number of a signal to make an exit status, as shells do."""

_CHUNK: Final = 64 * 1024
_STDERR: Final = 2
_OOM: Final = (
    "/sys/fs/cgroup/memory.events",
    "/sys/fs/cgroup/memory/memory.oom_control",
)
"""Where Linux counts the processes of a container that it killed for want of memory."""


class Warden:
    """Watches one process until it is dead.

    Args:
        child: its process id. It leads a process group.
        ends: that are held here.
        signals: to this process, noted since before the child was there.
    """

    def __init__(self, child: int, ends: Ends, signals: Signals) -> None:
        self._child = child
        self._ends = ends
        self._signals = signals
        self._heard = b""
        self._plan: Plan | None = None
        self._until: float | None = None
        """When its time is over, on the monotonic clock."""
        self._overrun: Failure | None = None
        """What it fails of then."""
        self._late: Failure | None = None
        """What it has failed of, whose time was over."""
        self._began = time()
        self._oom = killed_for_memory()
        self._pumps: list[Pump] = []
        self._note: Note | None = None
        self._over = Event()
        self._looks: dict[int, Callable[[], bool]] = {}
        """What is done when a file descriptor can be read; False: never again."""
        self._poll = select.poll()

    def watch(self) -> int:
        """Returns the exit status for this process."""
        self._await(self._signals.fileno(), self._pass_on)
        self._await(self._ends.words, self._listen)
        while (status := self._ended()) is None:
            left = None if self._until is None else max(0.0, self._until - monotonic()) * 1000
            for fd, _ in self._poll.poll(left):
                self._look(fd)
            if self._until is not None and monotonic() >= self._until:
                self._late, self._until = self._overrun, None
                self._kill()
        self._kill()  # what it has left in its group
        os.set_blocking(self._ends.words, False)  # what it has started may hold the other end
        with suppress(BlockingIOError):
            while self._listen():
                pass
        for pump in self._pumps:
            pump.finish()
        self._over.set()
        status = self._status(status)
        if status == SUCCEEDED and self._note is not None:
            self._note.leave()
        return status

    def _ended(self) -> int | None:
        """The status with which the child has ended.

        The first process of a container is the parent of all that others have left.
        """
        pid, status = os.waitpid(-1, os.WNOHANG)
        while pid not in (0, self._child):
            pid, status = os.waitpid(-1, os.WNOHANG)
        return status if pid else None

    def _status(self, status: int) -> int:
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if self._plan is not None and self._late is not None:
            return self._write(self._plan.outcome, self._late)
        out_of_memory = number == signal.SIGKILL and killed_for_memory() > self._oom
        if self._plan is not None and out_of_memory:
            return self._write(self._plan.outcome, _OUT_OF_MEMORY)
        return BY_SIGNAL + number if number else os.WEXITSTATUS(status)

    def _write(self, uri: str, failure: Failure) -> int:
        from volery.data import documents

        outcome = Outcome(failure=failure, started=self._began, ended=time())
        try:
            documents.write_once(uri, msgspec.json.encode(outcome))
        except VoleryError as error:
            print(f"volery: {error}", file=sys.stderr, flush=True)  # noqa: T201 - for its log
            return UNREACHABLE
        return FAILED

    # -- what happens ---------------------------------------------------------------------

    def _await(self, fd: int, look: Callable[[], bool]) -> None:
        self._looks[fd] = look
        self._poll.register(fd, select.POLLIN)

    def _look(self, fd: int) -> None:
        if not self._looks[fd]():
            self._poll.unregister(fd)
            del self._looks[fd]

    def _pass_on(self) -> bool:
        """Have the child end, which is not yet reaped, if this process is told to."""
        numbers = self._signals.read()
        if signal.SIGTERM in numbers or signal.SIGINT in numbers:
            os.kill(self._child, signal.SIGTERM)
        return True

    def _listen(self) -> bool:
        """Follow what the child says. False: it says nothing any more."""
        data = os.read(self._ends.words, _CHUNK)
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            match decode_word(line):
                case Plan() as plan:
                    self._follow(plan)
                case Pace() as pace:
                    self._set(pace)
        return bool(data)

    def _set(self, pace: Pace) -> None:
        limit = None if self._plan is None else self._plan.limit
        if self._late is not None or limit is None or not pace.running:
            self._until = None
            return
        if pace.loading:
            limit = max(limit, IMPORT_LIMIT)
        self._until = monotonic() + limit
        self._overrun = unloaded(limit) if pace.loading else overdue(limit)

    def _follow(self, plan: Plan) -> None:
        self._plan = plan
        one_stream = os.environ.get(ONE_STREAM, "")
        if plan.secrets or one_stream:
            from volery.ir.secret import Blotter
            from volery.worker.pump import Note, Pump
            from volery.worker.secret_files import read_secrets

            blotter = Blotter(read_secrets(plan.secrets))
            ends = (self._ends.stdout, self._ends.stderr)
            beside = f"{plan.outcome.rpartition('/')[0]}/{LOG}"
            self._note = Note(one_stream, beside) if one_stream else None
            self._pumps = [
                Pump(end, target, blotter, self._note, mark=bool(one_stream) and target == _STDERR)
                for target, end in enumerate(ends, start=1)
            ]
            for pump in self._pumps:
                self._await(pump.fileno(), pump.move)
        if plan.heartbeat:
            Thread(target=self._beat, args=(plan,), daemon=True).start()

    def _beat(self, plan: Plan) -> None:
        from volery.data import documents

        while not self._over.is_set():
            with suppress(VoleryError):  # the next one may do
                documents.write(plan.heartbeat, msgspec.json.encode({"at": time()}))
            self._over.wait(plan.beat)

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child, signal.SIGKILL)


_OUT_OF_MEMORY: Final = Failure(
    "OutOfMemory",
    "SYSTEM",
    "the container has used up its memory, and the process was killed\n"
    "  hint: ask for more: requests=Resources(mem=...)",
)


def killed_for_memory() -> int:
    """How many processes of this container were killed for want of memory."""
    for file in _OOM:
        with suppress(OSError, ValueError), open(file, "rb") as lines:  # noqa: PTH123
            counts = dict(line.split() for line in lines)
            return int(counts.get(b"oom_kill", 0))
    return 0
