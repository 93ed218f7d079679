"""Lifelines: processes that end with the one that has started them."""

from __future__ import annotations

import os
import signal
import sys


def keep(fd: int) -> None:
    """Do not hand a file descriptor on to programs that user code runs."""
    os.set_inheritable(fd, False)  # noqa: FBT003 - it takes no keyword


def tie(lifeline: int) -> None:
    """Have the kernel kill this process group when the other end of a pipe goes.

    It does so even while user code keeps the interpreter's lock, when no thread of ours could.
    Only Linux can.
    """
    keep(lifeline)
    if sys.platform == "linux":
        import fcntl

        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)
