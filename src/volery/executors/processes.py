"""Processes of this machine, as the kernel tells of them. Only Linux does; elsewhere: nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Container, Iterable, Iterator, Mapping
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


def kill_strays(workers: Mapping[int, str]) -> None:
    """Kill what processes have started, wherever that has gone meanwhile, and themselves.

    Args:
        workers: the processes. Each is the leader of a session: what is in there was started by it.
            With each goes a text that is in its environment: what inherited that was started by it.
            What has a session of its own and an environment that was made anew is not found.
    """
    marks = [mark.encode() for mark in workers.values()]
    for _ in range(_ROUNDS):
        found = [path for path in _all() if _is_stray(path, workers, marks)]
        if not found:
            return
        for path in found:
            _kill(path, workers, marks)


def _all() -> Iterator[Path]:
    own = str(os.getpid())
    with suppress(OSError):
        yield from (path for path in _PROC.iterdir() if path.name.isdecimal() and path.name != own)


def _is_stray(path: Path, sessions: Container[int], marks: Iterable[bytes]) -> bool:
    fields = _status(path)
    if not fields or fields[0] in "ZX":
        return False
    if int(fields[3]) in sessions:
        return True
    with suppress(OSError):
        environment = (path / "environ").read_bytes()
        return any(mark in environment for mark in marks)
    return False


def _kill(path: Path, sessions: Container[int], marks: Iterable[bytes]) -> None:
    with suppress(OSError):
        process = os.pidfd_open(int(path.name))
        try:
            if _is_stray(path, sessions, marks):  # the number may have been given to another one
                signal.pidfd_send_signal(process, signal.SIGKILL)
        finally:
            os.close(process)


def _status(path: Path) -> list[str]:
    """What comes after the name: state, parent, group, session, ..."""
    with suppress(OSError):
        return (path / "stat").read_text(errors="replace").rpartition(")")[2].split()
    return []
