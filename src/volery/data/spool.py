"""Bytes that come piece by piece: few stay in memory, many go to a temporary file."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from volery.data.faults import told
from volery.data.hashing import Data, hasher

IN_MEMORY: Final = 8 * 1024 * 1024
"""Bytes that are held in memory at most."""


class Spool(io.BufferedIOBase):
    """A file for writing only, which digests what it takes.

    To close it changes nothing: libraries close the files that they are given.

    Args:
        scratch: gives the path of a new or empty file, for when the bytes become many.

    Attributes:
        size: bytes so far.
        path: the temporary file, if there is one.
    """

    def __init__(self, scratch: Callable[[], Path]) -> None:
        super().__init__()
        self.size = 0
        self.path: Path | None = None
        self._scratch = scratch
        self._hasher = hasher()
        self._file: BinaryIO = io.BytesIO()

    @property
    def digest(self) -> str:
        """The digest of the bytes so far."""
        return self._hasher.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: Data, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        view = memoryview(data).cast("B")
        if self.path is None and self.size + view.nbytes > IN_MEMORY:
            self._spill()
        self._hasher.update(view)
        with told("write", str(self.path)):
            self._file.write(view)
        self.size += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        return self.size

    def held(self) -> bytes | None:
        """All the bytes, if there is no temporary file."""
        return self._file.getvalue() if isinstance(self._file, io.BytesIO) else None

    def finish(self) -> None:
        """Have all that was written in the temporary file."""
        with told("write", str(self.path)):
            self._file.flush()

    def discard(self) -> None:
        """Remove the temporary file, unless somebody moved it away."""
        self._file.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _spill(self) -> None:
        held = self.held() or b""
        self.path = self._scratch()
        with told("write", str(self.path)):
            self._file = self.path.open("ab")
            self._file.write(held)


@contextmanager
def spooled(scratch: Callable[[], Path]) -> Generator[Spool]:
    """A spool that leaves nothing behind."""
    spool = Spool(scratch)
    try:
        yield spool
    finally:
        spool.discard()


def temporary() -> Path:
    """A new and empty file in the system's folder for such."""
    with told("write", tempfile.gettempdir()):
        handle, name = tempfile.mkstemp(prefix="volery-")
        os.close(handle)
    return Path(name)
