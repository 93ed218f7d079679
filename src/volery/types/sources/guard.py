"""What was brought here is for reading: what is written to it all the same does not go unnoticed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from volery.data.tree import walk
from volery.errors import StorageError


class Guard:
    """A local file or directory as it was brought here.

    Args:
        path: of it.
        name: that people know it by.
        advice: how to get a copy that can be written.
    """

    def __init__(self, path: Path, name: str, advice: str) -> None:
        self._path = path
        self._name = name
        self._advice = advice
        self._marks = _marks(path)

    def check(self) -> None:
        """Raise StorageError when it was changed: passed on as an input it is what it was."""
        if not self._path.exists():  # moved or removed: nothing was written for others
            return
        now = _marks(self._path)
        if now != self._marks:
            changed = sorted(name for name, _ in now.items() ^ self._marks.items())
            place = "/".join(filter(None, (self._name, changed[0])))
            raise StorageError(
                f"{place} was changed, but {self._name} is an input",
                hint=f"change a copy, {self._advice}, and pass that on",
            )


class _Mark(NamedTuple):
    """What changes about a file when its content does."""

    size: int
    time: int


def _marks(path: Path) -> dict[str, _Mark]:
    """The marks of a file, or of the files of a directory by name."""
    if not path.is_dir():
        return {"": _mark(path)}
    return {found.name: _mark(found.path) for found in walk(path) if not found.is_folder}


def _mark(path: Path) -> _Mark:
    status = path.stat()
    return _Mark(status.st_size, status.st_mtime_ns)


def protect(path: Path) -> None:
    """Make a file, or the files of a directory, read-only, as those of a storage are."""
    files = [path] if path.is_file() else [found.path for found in walk(path)]
    for file in files:
        with suppress(OSError):  # a file system without permissions
            file.chmod(file.stat().st_mode & 0o555)
