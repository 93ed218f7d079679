"""What is brought here when a local file or directory is first asked for, once for all threads."""

from __future__ import annotations

import threading
from pathlib import Path

from volery.data.workplace import Workplace, new_folder
from volery.ir.content import Content
from volery.types.sources.guard import Guard, protect


class FetchedFile:
    """A file that is brought here when a local one is first asked for, once for all threads."""

    content: Content

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._local: Path | None = None
        self._guard: Guard | None = None

    @property
    def name(self) -> str:
        return self.content.name or "file"

    def digest(self) -> str | None:
        return self.content.digest or None

    def local(self) -> Path:
        with self._lock:
            if self._local is None:
                self._local = self._fetch()
            return self._local

    def copy(self, target: Path) -> None:
        raise NotImplementedError

    def _fetch(self) -> Path:
        target = self._target()
        self.copy(target)
        protect(target)
        return self._guarded(target)

    def _target(self) -> Path:
        """Where a file of this name can be put, in a folder of its own."""
        return new_folder(self._place, "file-") / self.name

    def _guarded(self, path: Path) -> Path:
        """The path, which is for reading."""
        self._guard = Guard(path, self.name, "f.download(to=...)")
        return path

    def _check(self) -> None:
        """Raise StorageError when somebody wrote to the local file: that would be lost."""
        if self._guard is not None:
            self._guard.check()


class FetchedDirectory:
    """A directory that is brought here when one is first asked for, once for all threads."""

    name: str

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._local: Path | None = None
        self._guard: Guard | None = None

    def local(self, batch: int | None) -> Path:
        with self._lock:
            if self._local is None:
                self._local = self._fetch(batch)
            return self._local

    def copy(self, target: Path, batch: int | None) -> None:
        raise NotImplementedError

    def _fetch(self, batch: int | None) -> Path:
        name = self.name or "directory"
        target = new_folder(self._place, "directory-") / name
        target.mkdir()
        self._fill(target, batch)
        self._guard = Guard(target, name, "d.download(to=...)")
        return target

    def _fill(self, target: Path, batch: int | None) -> None:
        """Bring everything into an empty directory, for reading."""
        self.copy(target, batch)
        protect(target)

    def _check(self) -> None:
        """Raise StorageError when somebody changed the local directory: that would be lost."""
        if self._guard is not None:
            self._guard.check()
