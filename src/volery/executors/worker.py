"""One worker process, from outside: its birth, its stream of messages, its death."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from shutil import rmtree
from typing import Final

from volery.data.storage import Storage
from volery.executors.results import Death
from volery.ir.secret import VARIABLE
from volery.worker.channel import Channel
from volery.worker.output import Blot, Output
from volery.worker.protocol import FromWorker, Init, ToWorker, decode_from_worker, frame

MARK: Final = "VOLERY_WORKER"
"""The variable by which one knows what a worker has started: it names the worker."""


class WorkerProcess:
    """A process that runs ``volery.worker``, the leader of a process group of its own.

    Args:
        import_roots: where it finds the user's modules.
        scratch: a folder for the files that take what it prints. Files of its attempts go into a
            folder inside, which is removed with it.
        storage: where its large values come from and go to.

    Attributes:
        name: like no other's; it is in the variable `MARK` of all that the worker starts.
        channel: to it and from it.
        output: what its attempts print.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, import_roots: Sequence[str], scratch: Path, storage: Storage) -> None:
        self.name = os.urandom(8).hex()
        self._folder = scratch.resolve() / f"worker-{self.name}"
        with ExitStack() as undo:
            self.output = Output(scratch, undo)
            stdout, stderr, log = self.output.files
            ours, theirs = (each.detach() for each in socket.socketpair())
            self.channel = Channel(ours, ours)
            undo.callback(self.channel.close)
            read, self._lifeline = os.pipe()
            undo.callback(os.close, self._lifeline)
            handed = (theirs, read, log)
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "volery.worker", *map(str, handed)],
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    pass_fds=handed,
                    start_new_session=True,
                    env=self._environment(),
                )
            finally:
                os.close(read)
                os.close(theirs)
            self._release = undo.pop_all()
        self.send(Init(tuple(import_roots), str(self._folder), storage.url, storage.options))

    def _environment(self) -> dict[str, str]:
        """That of this process; a worker is given the secrets that its attempts ask for."""
        ours = {name: each for name, each in os.environ.items() if not name.startswith(VARIABLE)}
        # Behind the names of workers that we are in ourselves.
        return ours | {MARK: f"{ours.get(MARK, '')}/{self.name}"}

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: ToWorker) -> None:
        """Send, as far as it goes without waiting; the rest waits in the channel."""
        self.channel.send(frame(message))

    def receive(self) -> list[FromWorker] | None:
        """Messages that have come, at least a part of one; None when the worker is dead."""
        bodies = self.channel.receive()
        return None if bodies is None else [decode_from_worker(body) for body in bodies]

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the worker and to all that user code started in it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def bury(self, blot: Blot = str) -> Death:
        """Make sure that nothing of it lives on, and give back all that it held.

        A process that is dying already keeps its own cause of death; killing its group then ends
        the processes that user code left behind. `blot` is for what its last attempt has printed.
        """
        self.signal(signal.SIGKILL)
        how = cause(self._process.wait())
        ends = self.output.ends()
        tail = self.output.tail(ends, blot)
        death = Death(how, tail, self.output.rest(ends, blot))
        rmtree(self._folder, ignore_errors=True)
        self._release.close()
        return death


def cause(status: int) -> str:
    """Of a death: an exit status in words, or minus the number of a signal."""
    if status >= 0:
        return f"exit code {status}"
    if -status == signal.SIGKILL:
        return "killed, perhaps out of memory (SIGKILL)"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:  # a real-time signal
        return f"signal {-status}"
