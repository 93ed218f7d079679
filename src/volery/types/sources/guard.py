"""What was brought here is for reading; that somebody writes to it does not go unnoticed."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from volery.data.tree import walk
from volery.errors import AlteredContent, AlteredInput, MissingContent

if TYPE_CHECKING:
    from volery.data.storage import Storage


class Guard:
    """A local file or directory as it was brought here.

    Args:
        path: of it.
        name: that people know it by.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name
        self._marks = _marks(path)

    def check(self) -> None:
        """Raise AlteredInput when it was changed: passed on as an input, the change is lost."""
        if not self._path.exists():  # moved or removed: nothing was written for others
            return
        changed = [name for name, _ in _marks(self._path).items() ^ self._marks.items()]
        if changed:
            raise AlteredInput(
                f"an input was written to: {self._name}{min(changed)}",
                hint="inputs are for reading: write to a copy, download(to=...), and pass that on",
            )


def check_shared(storage: Storage, name: str, digest: str, size: int) -> None:
    """Raise AlteredInput when bytes that an input shares with a storage were written to.

    They are read-only; but root may write to anything, and who owns a file may allow it.
    """
    try:
        with suppress(MissingContent):  # removed meanwhile: nothing was written for others
            storage.in_place(digest, size)
    except AlteredContent:
        raise AlteredInput(
            f"an input was written to: {name}",
            hint="inputs are for reading: write to a copy, download(to=...); and run again what "
            "made this one, for the storage has it no more",
        ) from None


class _Mark(NamedTuple):
    """What changes about a file when its content does."""

    size: int
    time: int


def _marks(path: Path) -> dict[str, _Mark]:
    """The marks of a file, or of the files of a directory."""
    found = {name: file.stat() for name, file in _files(path).items()}
    return {name: _Mark(each.st_size, each.st_mtime_ns) for name, each in found.items()}


def protect(path: Path) -> None:
    """Make a file, or the files of a directory, read-only, as those of a storage are."""
    for file in _files(path).values():
        mode = file.stat().st_mode
        if mode & 0o222:
            with suppress(OSError):  # a file system without permissions
                file.chmod(mode & 0o555)


def _files(path: Path) -> dict[str, Path]:
    """A file, or the files of a directory, by what stands behind its name."""
    if path.is_file():
        return {"": path}
    return {f"/{found.name}": found.path for found in walk(path) if not found.is_folder}
