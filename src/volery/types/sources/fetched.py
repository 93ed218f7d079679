"""What is brought here when a local file or directory is first asked for, once for all threads."""

from __future__ import annotations

import threading
from pathlib import Path

from volery.data.workplace import Workplace, new_folder
from volery.ir.content import Content


class FetchedFile:
    """A file that is brought here when a local one is first asked for, once for all threads."""

    content: Content

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._local: Path | None = None

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

    def _fetch(self) -> Path:
        raise NotImplementedError

    def _target(self) -> Path:
        """Where a file of this name can be put, in a folder of its own."""
        return new_folder(self._place, "file-") / self.name


class FetchedDirectory:
    """A directory that is brought here when one is first asked for, once for all threads."""

    name: str

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._local: Path | None = None

    def local(self, batch: int | None) -> Path:
        with self._lock:
            if self._local is None:
                self._local = self._fetch(batch)
            return self._local

    def copy(self, target: Path, batch: int | None) -> None:
        raise NotImplementedError

    def _fetch(self, batch: int | None) -> Path:
        target = self._target()
        self.copy(target, batch)
        return target

    def _target(self) -> Path:
        """A directory of this name, empty, in a folder of its own."""
        target = new_folder(self._place, "directory-") / (self.name or "directory")
        target.mkdir()
        return target
