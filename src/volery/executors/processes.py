"""Processes of this machine, as the kernel tells of them. Only Linux does; elsewhere: nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_ROUNDS: Final = 20
"""How often strays are looked for that other strays may just have started."""


def state(pid: int) -> str:
    """A letter: ``T`` for a process that was stopped, ``Z`` for a dead one; empty: not known."""
    fields = _status(_PROC / str(pid))
    return fields[0] if fields else ""


def kill_strays(session: int, mark: str) -> None:
    """Kill what a process has started, wherever that has gone meanwhile.

    Args:
        session: the process, which was the leader of a session: what is in there was started by it.
        mark: a text in its environment: what inherited that was started by it. A process that has
            a session of its own and an environment that was made anew is not found.
    """
    for _ in range(_ROUNDS):
        found = [path for path in _all() if _is_stray(path, session, mark.encode())]
        if not found:
            return
        for path in found:
            _kill(path, session, mark.encode())


def _all() -> Iterator[Path]:
    own = str(os.getpid())
    with suppress(OSError):
        yield from (path for path in _PROC.iterdir() if path.name.isdecimal() and path.name != own)


def _is_stray(path: Path, session: int, mark: bytes) -> bool:
    fields = _status(path)
    if not fields or fields[0] in "ZX":
        return False
    with suppress(OSError):
        return int(fields[3]) == session or mark in (path / "environ").read_bytes()
    return False


def _kill(path: Path, session: int, mark: bytes) -> None:
    with suppress(OSError):
        process = os.pidfd_open(int(path.name))
        try:
            if _is_stray(path, session, mark):  # the number may have been given to another one
                signal.pidfd_send_signal(process, signal.SIGKILL)
        finally:
            os.close(process)


def _status(path: Path) -> list[str]:
    """What comes after the name: state, parent, group, session, ..."""
    with suppress(OSError):
        return (path / "stat").read_text(errors="replace").rpartition(")")[2].split()
    return []
