"""Births: how the process for a work comes to be, in a host.

It is forked from a process that has nothing but one thread: from the host, which has loaded
Volery, or from a *template*, which has loaded a module of the user's too. A fork copies one thread
and the locks of all, so a module that leaves threads running when it is imported has no template:
the process for a work then imports it by itself.
"""

from __future__ import annotations

import faulthandler
import importlib
import importlib.util
import os
import signal
import socket
import sys
import warnings
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, cast

from volery import worker
from volery.data.current import establish
from volery.data.storage import Storage
from volery.sdk.context import make_folders_in
from volery.sdk.task import Task
from volery.worker.__main__ import Worker
from volery.worker.host_protocol import (
    Born,
    Open,
)
from volery.worker.lifeline import tie
from volery.worker.load import prepend
from volery.worker.protocol import (
    frame,
)
from volery.worker.surroundings import line_by_line

if TYPE_CHECKING:
    from types import FrameType, ModuleType

FORK_SAFE: Final = ("numpy", "scipy.linalg")
"""They leave threads running, of OpenBLAS, which ends them before a fork and starts them anew."""
THREADED: Final = 3
"""Exit status of a template whose module leaves threads running."""
PERHAPS_FORK_SAFE: Final = 4
"""The same, where they may be those of `FORK_SAFE`, which then have to be imported first."""
_PACE: Final = 1024


class Ends(NamedTuple):
    """The file descriptors that the process for a work is given.

    Attributes:
        socket: for what it and the host say to each other.
        lifeline: it ends with the other end of it.
        stdout, stderr, log: what it prints and logs.
    """

    socket: int
    lifeline: int
    stdout: int
    stderr: int
    log: int

    def close(self) -> None:
        """Close them, where another process has them."""
        for fd in self:
            os.close(fd)


def bear(opened: Open, scratch: str, ends: Ends) -> int:
    """Fork the process for a work from this one; returns its process id."""
    child = os.fork()
    if child == 0:
        with _nothing_unwound():
            keep_only(ends)
            settle(opened)
            _live(scratch, ends)
    return child


def keep_only(kept: Iterable[int]) -> None:
    """In a process that was forked: close all that belongs to the host."""
    numbers = sorted({0, 1, 2, *kept})
    for low, high in zip(numbers, [*numbers[1:], os.sysconf("SC_OPEN_MAX")], strict=True):
        os.closerange(low + 1, high)


def settle(opened: Open) -> None:
    """Make this process one that finds the user's code and the storage."""
    prepend(opened.import_roots)
    establish(Storage(opened.storage, opened.storage_options))


def _live(scratch: str, ends: Ends) -> NoReturn:
    """The life of the process for a work."""
    os.setsid()
    tie(ends.lifeline)
    for source, target in ((ends.stdout, 1), (ends.stderr, 2)):
        os.dup2(source, target)
        os.close(source)
    worker.running = True
    faulthandler.enable(all_threads=False)
    line_by_line()
    make_folders_in(scratch)
    os.write(ends.socket, frame(Born(os.getpid())))
    Worker(ends.socket, ends.log).work()


class _nothing_unwound:  # noqa: N801 - it reads as what it does
    """In a process that was forked: whatever happens, it ends here."""

    def __enter__(self) -> None:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, _ignore)

    def __exit__(self, *fault: object) -> NoReturn:
        if isinstance(fault[1], BaseException):
            sys.excepthook(type(fault[1]), fault[1], fault[1].__traceback__)
        os._exit(1)


def _ignore(number: int, frame: FrameType | None) -> None:
    """An interrupt is the host's business; programs that user code runs are not told so."""


class Template:
    """A process that has imported a module of the user's, and forks at a word.

    Args:
        opened: see `Open`.
        module: its name.
        first: modules that are imported before it, and whose threads do no harm.

    Attributes:
        pid: its process id.
        socket: it can be read when the template is ready, and when it is gone.
        ready: it has imported the module, and has one thread.
        gone: it has hung up.
    """

    def __init__(self, opened: Open, module: str, first: tuple[str, ...] = ()) -> None:
        self.module = module
        self.first = first
        self.ready = False
        self.gone = False
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lifeline, self._lifeline = os.pipe()
        self.socket = ours.detach()
        self.pid = os.fork()
        if self.pid == 0:
            with _nothing_unwound():
                keep_only((theirs.fileno(), lifeline))
                os.setsid()
                tie(lifeline)
                settle(opened)
                _stand_ready(theirs, module, first)
        theirs.close()
        os.close(lifeline)
        os.set_blocking(self.socket, False)

    def bear(self, scratch: str, ends: Ends) -> bool:
        """Have it fork the process for a work. False: it is gone."""
        with socket.socket(fileno=os.dup(self.socket)) as control:
            try:
                socket.send_fds(control, [scratch.encode()], list(ends))
            except OSError:
                return False
        return True

    def hear(self) -> None:
        """Note that it is ready, or gone."""
        try:
            self.ready = bool(os.read(self.socket, _PACE))
        except OSError:
            self.ready = False
        self.gone = not self.ready

    def close(self) -> None:
        """End it; what it has forked goes on."""
        os.close(self._lifeline)
        os.close(self.socket)


def _stand_ready(control: socket.socket, module: str, first: tuple[str, ...]) -> NoReturn:
    """The life of a template."""
    with Path(os.devnull).open(
        "r+b"
    ) as nowhere:  # the process that has imported it has printed this
        for fd in (1, 2):
            os.dup2(nowhere.fileno(), fd)
    for each in first:
        if importlib.util.find_spec(each.partition(".")[0]) is not None:
            importlib.import_module(each)
    before = threads()
    importlib.import_module(module)
    if threads() > before:
        unknown = not first and any(each in sys.modules for each in FORK_SAFE)
        os._exit(PERHAPS_FORK_SAFE if unknown else THREADED)
    _get_ready(sys.modules[module])
    _freeze()
    warnings.filterwarnings("ignore", message=".*multi-threaded.*fork", category=DeprecationWarning)
    control.send(b"\0")
    while True:
        scratch, fds, *_ = socket.recv_fds(control, _PACE, len(Ends._fields))
        if not scratch:
            os._exit(0)
        ends = Ends(*fds)
        between = os.fork()
        if between == 0:
            # The host becomes the parent of what this one leaves.
            if os.fork() == 0:
                control.close()
                _draw_lots_anew()
                _live(scratch.decode(), ends)
            os._exit(0)
        ends.close()
        os.waitpid(between, 0)


def threads() -> int:
    """How many threads this process has, also those that Python does not know of."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def _get_ready(module: ModuleType) -> None:
    """Find out how the tasks of a module read and write values, once for all attempts."""
    for each in list(vars(module).values()):
        if isinstance(each, Task):
            with suppress(Exception):  # the attempt will say what is wrong
                _ = cast("Task[..., Any]", each).signature


def _freeze() -> None:
    """Have the collector leave what is there alone: memory that is not written to is shared."""
    import gc

    gc.collect()
    gc.freeze()


def _draw_lots_anew() -> None:
    """Two processes that were forked from one would draw the same; Python's own know that."""
    numbers = sys.modules.get("numpy.random")
    if numbers is not None:
        numbers.seed()


def can_count_threads() -> bool:
    """Whether this system tells how many threads a process has."""
    return Path("/proc/self/task").is_dir()
