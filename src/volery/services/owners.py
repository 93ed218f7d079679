"""Owners: who drives an execution, and whether they still live.

On one machine the kernel knows best: each owner holds a lock on a file of its own, which is free
the moment that its process is gone, however it went.
"""

from __future__ import annotations

import fcntl
import os
from shutil import rmtree
from types import TracebackType
from typing import Self

from volery.services.home import Home


class Owner:
    """A process that drives executions of a home, for as long as it is open.

    Attributes:
        id: unlike any other, also after the process id has been used again.
        scratch: a folder of its own for files that end with it.
    """

    def __init__(self, home: Home) -> None:
        self.id = f"{os.getpid()}-{os.urandom(4).hex()}"
        self.scratch = home.scratch / self.id
        self._path = home.owners / self.id
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self.scratch.mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        rmtree(self.scratch, ignore_errors=True)
        self._path.unlink(missing_ok=True)
        self._file.close()


def is_alive(home: Home, owner: str) -> bool:
    """Whether the owner with this id still drives anything. What a dead one left is removed."""
    path = home.owners / owner
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    rmtree(home.scratch / owner, ignore_errors=True)
    path.unlink(missing_ok=True)
    return False
