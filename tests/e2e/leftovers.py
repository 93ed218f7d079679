"""Processes that belong to a home, whoever has started them."""

from __future__ import annotations

import os
import select
from pathlib import Path


def alive(home: Path) -> list[int]:
    """Processes that belong to a home: all inherit the variable that names it."""
    mark = f"VOLERY_HOME={home}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
        except OSError:  # it has ended, or is somebody else's
            continue
    return found


def await_ends(home: Path) -> None:
    """Wait until the kernel has ended what a killed process leaves."""
    for pid in alive(home):
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([fd], [], [], 10)
        os.close(fd)
        assert ended, Path(f"/proc/{pid}/cmdline").read_bytes()
    assert alive(home) == []
