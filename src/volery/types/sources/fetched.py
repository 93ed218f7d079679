"""What is brought here when a local file or directory is first asked for, once for all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from volery.data.workplace import Workplace, new_folder
from volery.ir.content import Content
from volery.types.sources.guard import Guard, protect


class Fetched:
    """Holds what was brought here, for reading."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._local: Path | None = None
        self._guard: Guard | None = None

    def _once(self, fetch: Callable[[], Path]) -> Path:
        """The local path, fetched when this is first asked for."""
        with self._lock:
            if self._local is None:
                self._local = fetch()
            return self._local

    def _check(self) -> None:
        """Raise AlteredInput when somebody wrote to what is here."""
        if self._guard is not None:
            self._guard.check()


class FetchedFile(Fetched):
    """A file that is brought here when a local one is first asked for, once for all threads."""

    content: Content

    @property
    def name(self) -> str:
        return self.content.name or "file"

    def digest(self) -> str | None:
        return self.content.digest or None

    def local(self) -> Path:
        return self._once(self._fetch)

    def copy(self, target: Path) -> None:
        raise NotImplementedError

    def _fetch(self) -> Path:
        target = new_folder(self._place, "file-") / self.name
        self._fill(target)
        self._guard = Guard(target, self.name)
        return target

    def _fill(self, target: Path) -> None:
        """Bring the file to a path, for reading."""
        self.copy(target)
        protect(target)


class FetchedDirectory(Fetched):
    """A directory that is brought here when one is first asked for, once for all threads."""

    name: str

    def local(self, batch: int | None) -> Path:
        return self._once(lambda: self._fetch(batch))

    def copy(self, target: Path, batch: int | None) -> None:
        raise NotImplementedError

    def _fetch(self, batch: int | None) -> Path:
        name = self.name or "directory"
        target = new_folder(self._place, "directory-") / name
        target.mkdir()
        self._fill(target, batch)
        self._guard = Guard(target, name)
        return target

    def _fill(self, target: Path, batch: int | None) -> None:
        """Bring everything into an empty directory, for reading."""
        self.copy(target, batch)
        protect(target)
