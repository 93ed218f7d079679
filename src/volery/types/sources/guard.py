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
        """Raise StorageError when it was changed."""
        if not self._path.exists():  # moved or removed: nothing was written for others
            return
        changed = sorted(name for name, _ in _marks(self._path).items() ^ self._marks.items())
        if changed:
            raise StorageError(
                f"{self._name} is an input, and was changed: {changed[0]}",
                hint=f"change a copy, {self._advice}, and pass that on",
            )


class _Mark(NamedTuple):
    """What changes about a file when its content does."""

    size: int
    time: int


def _marks(path: Path) -> dict[str, _Mark]:
    """The marks of a file, or of the files of a directory, by name."""
    found = {name: file.stat() for name, file in _files(path).items()}
    return {name: _Mark(each.st_size, each.st_mtime_ns) for name, each in found.items()}


def protect(path: Path) -> None:
    """Make a file, or the files of a directory, read-only, as those of a storage are."""
    for file in _files(path).values():
        with suppress(OSError):  # a file system without permissions
            file.chmod(file.stat().st_mode & 0o555)


def _files(path: Path) -> dict[str, Path]:
    """A file, or the files of a directory, by name."""
    if path.is_file():
        return {path.name: path}
    return {found.name: found.path for found in walk(path) if not found.is_folder}
