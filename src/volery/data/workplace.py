"""Where user code works here and now: a folder of its own, and an end."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Workplace(Protocol):
    """What an attempt offers to the data that it works with, in any thread."""

    @property
    def working_directory(self) -> Path:
        """A folder, made when it is first asked for and removed at the end."""
        ...

    def at_end(self, action: Callable[[], object], /) -> None:
        """Have something done at the end, before the folder is removed."""
        ...


_current: ContextVar[Workplace] = ContextVar("volery_workplace")


def workplace() -> Workplace:
    """The workplace in use; outside of any, one that ends with this process.

    What is used later, perhaps in another thread, keeps the one it was made with.
    """
    return _current.get(_own)


class working_at:  # noqa: N801 - used like a function, for every attempt
    """Have data kept at a workplace, in this thread and what it awaits. Does not end it."""

    __slots__ = ("_place", "_token")

    def __init__(self, place: Workplace) -> None:
        self._place = place

    def __enter__(self) -> None:
        self._token = _current.set(self._place)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def new_folder(place: Workplace, prefix: str) -> Path:
    """A new folder in the working directory, for data that is brought there."""
    import tempfile
    from pathlib import Path

    return Path(tempfile.mkdtemp(prefix=prefix, dir=place.working_directory))


class _Process:
    """The workplace of a process outside of attempts."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._making = Lock()

    @property
    def working_directory(self) -> Path:
        with self._making:
            if self._folder is None:
                self._folder = self._made()
            return self._folder

    def at_end(self, action: Callable[[], object], /) -> None:
        import atexit

        atexit.register(action)

    def _made(self) -> Path:
        import atexit
        import shutil
        import tempfile
        from pathlib import Path

        folder = Path(tempfile.mkdtemp(prefix="volery-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder


_own = _Process()
