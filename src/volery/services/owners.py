"""Owners: who drives an execution, and whether they still live.

On one machine the kernel knows best: each owner holds a lock on a file of its own, which is free
the moment that its process is gone, however it went.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from shutil import rmtree
from typing import Self, TextIO

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
        self._file = _locked(self._path)
        self.scratch.mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        rmtree(self.scratch, ignore_errors=True)
        self._path.unlink(missing_ok=True)
        self._file.close()


def is_alive(home: Home, owner: str) -> bool:
    """Whether the owner with this id still drives anything."""
    try:
        with (home.owners / owner).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def may_live(home: Home, owner: str) -> bool:
    """The same where owners of one database may have other homes: of those nothing is known."""
    return not (home.owners / owner).exists() or is_alive(home, owner)


def sweep(home: Home) -> list[str]:
    """Remove what dead owners left; returns their ids, for nothing else tells now that they died.

    For who may write to a home; reading changes nothing.
    """
    swept: list[str] = []
    for path in home.owners.iterdir():
        try:
            with path.open() as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # First of all, so that this lock is never taken for a sign of life.
                path.unlink(missing_ok=True)
                rmtree(home.scratch / path.name, ignore_errors=True)
                swept.append(path.name)
        except (FileNotFoundError, BlockingIOError):
            continue  # it has just ended by itself; it lives
    return swept


def _locked(path: Path) -> TextIO:
    """A new file, locked. It is made again if it was swept away before it was locked."""
    while True:
        file = path.open("w")
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return file
        file.close()
