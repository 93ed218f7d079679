"""Bytes that come piece by piece: few stay in memory, many go to a temporary file."""

from __future__ import annotations

import io
import os
import tempfile
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from volery.data.faults import told
from volery.data.hashing import Data, digest_of, hasher
from volery.data.workplace import workplace

IN_MEMORY: Final = 4 * 1024 * 1024
"""Bytes that are held in memory at most, before a temporary file takes them all."""

BLOCK: Final = 1024 * 1024
"""Bytes that are written to it at a time."""

AHEAD: Final = 4
"""Blocks that may wait to be written."""


class Spool(io.BufferedIOBase):
    """A file for writing only, which digests what it takes.

    What goes to the temporary file is digested and written in another thread, while the next bytes
    are made. To close it changes nothing: libraries close the files that they are given.

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
        self._held = bytearray()
        self._writing: _Writing | None = None

    @property
    def digest(self) -> str:
        """The digest of the bytes so far."""
        if self._writing is None:
            return digest_of(self._held)
        self._hand_on()
        return self._writing.digest()

    def writable(self) -> bool:
        return True

    def write(self, data: Data, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        view = memoryview(data).cast("B")
        for at in range(0, view.nbytes, BLOCK):
            self._held += view[at : at + BLOCK]
            if len(self._held) > (IN_MEMORY if self._writing is None else BLOCK):
                self._hand_on()
        self.size += view.nbytes
        return view.nbytes

    def tell(self) -> int:
        return self.size

    def held(self) -> bytes | None:
        """All the bytes, if there is no temporary file."""
        return bytes(self._held) if self._writing is None else None

    def finish(self) -> None:
        """Have all that was written in the temporary file."""
        if self._writing is not None:
            self._hand_on()
            self._writing.finish()

    def discard(self) -> None:
        """Remove the temporary file, unless somebody moved it away."""
        if self._writing is not None:
            self._writing.end()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _hand_on(self) -> None:
        """Have what is held, if anything is, written to the temporary file."""
        if not self._held:
            return
        if self._writing is None:
            self.path = self._scratch()
            self._writing = _Writing(self.path)
        self._writing.take(self._held)
        self._held = bytearray()


class _Writing:
    """Digests blocks and writes them to a file, in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hasher = hasher()
        with told("write", str(path)):
            self._file = path.open("ab", buffering=0)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="volery-data")
        self._waiting: deque[Future[None]] = deque()

    def take(self, block: bytearray) -> None:
        """Take a block, which nobody changes any more; waits while too many do."""
        self._wait(AHEAD)
        self._waiting.append(self._thread.submit(self._write, block))

    def digest(self) -> str:
        """The digest of all blocks."""
        self._wait(0)
        return self._hasher.hexdigest()

    def finish(self) -> None:
        """Wait until all blocks are in the file. Raises StorageError if they cannot be."""
        self._wait(0)

    def end(self) -> None:
        """Stop, and forget what waits."""
        self._thread.shutdown(cancel_futures=True)
        self._file.close()

    def _wait(self, most: int) -> None:
        while len(self._waiting) > most:
            self._waiting.popleft().result()

    def _write(self, block: bytearray) -> None:
        rest = memoryview(block)
        self._hasher.update(rest)
        with told("write", str(self._path)):
            while rest:  # without a buffer, the system may take a part
                rest = rest[self._file.write(rest) :]


@contextmanager
def spooled(scratch: Callable[[], Path]) -> Generator[Spool]:
    """A spool that leaves nothing behind."""
    spool = Spool(scratch)
    try:
        yield spool
    finally:
        spool.discard()


def temporary() -> Path:
    """A new and empty file, which goes with the attempt that it belongs to, if it is killed."""
    folder = workplace().working_directory
    with told("write", str(folder)):
        handle, name = tempfile.mkstemp(prefix=".volery-", dir=folder)
        os.close(handle)
    return Path(name)
