"""The storage that codecs use here and now."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from volery.data.storage import Storage

Lend = Callable[[str], "Path | None"]
"""Gives the file or folder here that a text stands for, if that may be read."""

_current: ContextVar[Storage | None] = ContextVar("volery_storage")
_foreign: ContextVar[Lend | None] = ContextVar("volery_foreign", default=None)
_own: Storage | None = None
"""The storage of this process: what it was given, or a temporary folder when one is needed."""
_making = Lock()


def current() -> Storage:
    """The storage in use; outside of any, one that ends with this process."""
    found = _current.get(None)
    return found if found is not None else own()


@contextmanager
def using(storage: Storage | None) -> Generator[None]:
    """Have codecs use a storage, in this thread and what it awaits; None: that of this process."""
    token = _current.set(storage)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def foreign(lend: Lend | None = None) -> Generator[None]:
    """What is read in this block comes from another machine: no path in it means a file here.

    Except for those that `lend` gives.
    """
    token = _foreign.set(lend or _nothing)
    try:
        yield
    finally:
        _foreign.reset(token)


def is_foreign() -> bool:
    """Whether paths in what is read just now mean nothing here: see `foreign`."""
    return _foreign.get() is not None


def lent(text: str) -> Path | None:
    """The file or folder that something foreign may name by its path or URI; None: it may not."""
    lend = _foreign.get()
    return None if lend is None else lend(text)


def _nothing(text: str) -> None:
    """Nothing is lent."""


def own() -> Storage:
    """The storage of this process, for whatever happens outside of `using`."""
    global _own  # noqa: PLW0603 - it belongs to the process
    if _own is None:
        with _making:  # what one thread stores, another has to find
            _own = _own or _temporary()
    return _own


def has_own() -> bool:
    """Whether this process has a storage of its own."""
    return _own is not None


def establish(storage: Storage) -> None:
    """Make a storage that of this process, in all its threads."""
    global _own  # noqa: PLW0603 - it belongs to the process
    _own = storage


def _temporary() -> Storage:
    import atexit
    import shutil
    import tempfile
    from pathlib import Path

    from volery.data.storage import Storage

    folder = tempfile.mkdtemp(prefix="volery-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Storage(Path(folder).as_uri())
