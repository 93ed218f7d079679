"""Offspring: the processes that a host has started, and those that they have left to it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_SUBREAPER: Final = 36
"""Linux: what processes have left becomes a child of this one, as of the first in a container."""


def ended() -> Iterator[tuple[int, int]]:
    """Processes that have ended, with their exit status or minus the number of a signal."""
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found[0], os.waitstatus_to_exitcode(found[1])


def children() -> list[int]:
    """The process ids of all children of this one."""
    try:
        return list(map(int, Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()))
    except OSError:
        return []


def session_of(pid: int) -> int:
    """The session of a process; 0: it is gone."""
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def kill(pid: int) -> None:
    """Kill a child, and take leave of it."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)
    wait(pid)


def wait(pid: int) -> None:
    """Take leave of a child, which is about to end."""
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


def adopt() -> bool:
    """Become the parent of what processes of this one leave behind; whether that is possible."""
    if os.getpid() == 1:
        return True
    if sys.platform != "linux":
        return False
    import ctypes

    return ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0) == 0
