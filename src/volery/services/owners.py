"""Owners: who drives an execution, and whether they still live.

On one machine the kernel knows best: each owner holds a lock on a file of its own, which is free
the moment that its process is gone, however it went.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class Owner:
    """A process that drives executions of a home, for as long as it is open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.id = f"{os.getpid()}-{os.urandom(4).hex()}"
        self._path = folder / self.id
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._path.unlink(missing_ok=True)
        self._file.close()


def is_alive(folder: Path, owner: str) -> bool:
    """Whether the owner with this id still drives anything. The file of a dead one is removed."""
    path = folder / owner
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    path.unlink(missing_ok=True)
    return False
