"""Signals to a process, as something that can be waited for."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

_MANY: Final = 1024


class Signals:
    """Notes SIGTERM, SIGINT and SIGCHLD from when it is made; for the main thread."""

    def __init__(self) -> None:
        self._reading, writing = os.pipe()
        for end in (self._reading, writing):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, _noted)

    def fileno(self) -> int:
        return self._reading

    def read(self) -> bytes:
        """The numbers of those that have come, each as one byte."""
        with suppress(BlockingIOError):
            return os.read(self._reading, _MANY)
        return b""


def forget() -> None:
    """In a child process: signals do what they do in any."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _noted(number: int, frame: FrameType | None) -> None:
    """The number is in the pipe already."""
