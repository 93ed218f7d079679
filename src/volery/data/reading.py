"""A file for reading whose bytes are in an object store."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from volery.data.faults import altered
from volery.data.hashing import hasher

if TYPE_CHECKING:
    from volery.data.place import Place

_FIRST: Final = 256 * 1024
_MOST: Final = 4 * 1024 * 1024


class PlaceReader(io.RawIOBase):
    """Reads an object piece by piece as it is asked for.

    Who reads on gets larger and larger pieces, who jumps about small ones. Not for several threads
    at a time, like any file.
    """

    def __init__(self, place: Place, size: int, digest: str) -> None:
        super().__init__()
        self._place = place
        self._size = size
        self._at = 0
        self._start = 0
        self._held = memoryview(b"")
        self._ask = _FIRST
        self._digest = digest
        self._hasher = hasher() if digest else None
        self._hashed = 0
        self._seen(0, self._held)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative seek position {base + offset}")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        wanted = memoryview(buffer).cast("B")
        if not wanted.nbytes or self._at >= self._size:
            return 0
        if not self._start <= self._at < self._start + self._held.nbytes:
            self._fill(wanted.nbytes)
        held = self._held[self._at - self._start :][: wanted.nbytes]
        wanted[: held.nbytes] = held
        self._at += held.nbytes
        return held.nbytes

    def readall(self) -> bytes:
        parts: list[memoryview] = []
        for part in self._place.pieces(self._at, self._size):
            self._seen(self._at, part)
            parts.append(part)
            self._at += part.nbytes
        return b"".join(parts)

    def _fill(self, wanted: int) -> None:
        reads_on = self._at == self._start + self._held.nbytes and self._at > 0
        self._ask = min(2 * self._ask, _MOST) if reads_on else _FIRST
        end = min(self._at + max(wanted, self._ask), self._size)
        self._held = self._place.read(self._at, end)
        self._start = self._at
        self._seen(self._start, self._held)

    def _seen(self, start: int, data: memoryview) -> None:
        """Digest what comes in order; what was skipped ends it."""
        end = start + data.nbytes
        if self._hasher is None or not start <= self._hashed <= end:
            return
        self._hasher.update(data[self._hashed - start :])
        self._hashed = end
        if end == self._size and self._hasher.hexdigest() != self._digest:
            raise altered(self._place.uri, f"does not have the digest {self._digest[:12]}")
