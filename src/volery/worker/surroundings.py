"""What user code finds in its process, and what the next attempt has to find again."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

if TYPE_CHECKING:
    import io

_SIGNALS: Final = tuple(map(int, signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}))
"""Those that can be handled or blocked."""
_TIMERS: Final = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)

# Asking for all handlers takes fifty microseconds, most of them spent on enums; without, two.
_handler = cast("Callable[[int], Any]", getattr(signal, "_signal", signal).getsignal)
# `os.environ` takes forty microseconds to copy and compare; what lies behind it takes one.
_variables = cast("Mapping[bytes, bytes]", getattr(os.environ, "_data", os.environb))


def line_by_line() -> None:
    """Have this process print line by line, so that a crash does not swallow what came before it.

    And as UTF-8 whatever the locale: who reads it may have another one.
    """
    for stream in (sys.stdout, sys.stderr):
        cast("io.TextIOWrapper", stream).reconfigure(
            encoding="utf-8", errors="backslashreplace", line_buffering=True
        )


class Surroundings:
    """Working directory, environment, umask, signals, and where prints go.

    An attempt that changes them changes them for itself: `restore` puts them back. What was
    imported stays, and all that modules hold, `sys.path`, the locale and threads that were left
    running: that is what a warm process is warm for, and threads of pools and connections cannot
    be told from forgotten ones.

    Args:
        log: file descriptor of the file that takes records of `logging`.
    """

    def __init__(self, log: int) -> None:
        self._log = log
        # Copies of 1 and 2, which user code may redirect or close.
        self._stdout = os.dup(1)
        self._stderr = os.dup(2)
        self._streams = (sys.stdout, sys.stderr)
        self.remember()

    def remember(self) -> None:
        """Take note of how things are: modules may change them for good when they are imported."""
        self._directory = os.getcwd()  # noqa: PTH109 - an attempt does without pathlib
        self._mask = os.umask(0o077)
        os.umask(self._mask)
        self._environment = dict(_variables)
        handlers = ((number, _handler(number)) for number in _SIGNALS)
        self._handlers = [(number, known) for number, known in handlers if known is not None]
        self._blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self._still = [timer for timer in _TIMERS if not signal.getitimer(timer)[0]]

    def restore(self) -> None:
        """Put things back, and send on what has been printed."""
        self._restore_signals()  # first: a handler of the user's may do anything
        self._restore_streams()
        with suppress(OSError):  # it may have been removed
            os.chdir(self._directory)
        os.umask(self._mask)
        if _variables != self._environment:
            os.environb.clear()
            os.environb.update(self._environment)

    def printed(self) -> tuple[int, int, int]:
        """How long the files are that take what is printed and logged."""
        fstat = os.fstat
        return fstat(self._stdout).st_size, fstat(self._stderr).st_size, fstat(self._log).st_size

    def _restore_signals(self) -> None:
        for timer in self._still:
            signal.setitimer(timer, 0)
        changed = [each for each in self._handlers if _handler(each[0]) is not each[1]]
        for number, handler in changed:
            signal.signal(number, handler)
        if changed and faulthandler.is_enabled():  # its handlers lie below those of Python
            faulthandler.disable()
            faulthandler.enable(2, all_threads=False)
        if signal.pthread_sigmask(signal.SIG_BLOCK, ()) != self._blocked:
            # What waits behind the attempt's mask was sent to the attempt: it ends with it.
            while pending := signal.sigpending() - self._blocked:
                signal.sigwait(pending)
            signal.pthread_sigmask(signal.SIG_SETMASK, self._blocked)

    def _restore_streams(self) -> None:
        if (sys.stdout, sys.stderr) != self._streams:
            _flush(sys.stdout)
            _flush(sys.stderr)
        usable = [_flush(stream) for stream in self._streams]
        os.dup2(self._stdout, 1)
        os.dup2(self._stderr, 2)
        if not all(usable):
            self._streams = (_open(1), _open(2))
        sys.stdout, sys.stderr = self._streams


def _flush(stream: TextIO) -> bool:
    """False when that fails: it is closed, the disk is full, or user code put no stream there."""
    try:
        stream.flush()
    except Exception:  # noqa: BLE001 - it may be anything
        return False
    return True


def _open(fd: int) -> TextIO:
    """Another stream on a file descriptor of its own, line by line."""
    return open(fd, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
