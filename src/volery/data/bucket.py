"""Objects in an object store: in memory or in a bucket."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from volery.data.hashing import Data
from volery.data.names import NAMED
from volery.data.place import Place, piece_of, pieces_of_file
from volery.data.spool import temporary
from volery.data.storage import Kept

if TYPE_CHECKING:
    from volery.data.storage import Stored

_FRESH: Final = 12 * 3600.0
"""Seconds after which an object is stored again when somebody needs it."""


class Bucket:
    """Objects of a storage below a place."""

    def __init__(self, root: Place) -> None:
        self._blobs = root / "blobs"
        self._named = root / NAMED

    def uri(self, digest: str) -> str:
        return self._at(digest).uri

    def size(self, digest: str) -> int | None:
        return self._at(digest).size()

    def holds(self, digest: str, size: int) -> bool:
        # Nothing but its bytes makes an object younger. An old one may be on its way out.
        entry = self._at(digest).entry()
        return entry is not None and entry.size == size and time.time() - entry.since < _FRESH

    def keeps(self, digest: str) -> bool:
        return self._at(digest).size() is not None

    def kept(self) -> Iterator[Kept]:
        for name, size, since in self._blobs.entries():
            yield Kept(name.rpartition("/")[2], size, since)

    def discard(self, digest: str, before: float) -> bool:
        place = self._at(digest)
        entry = place.entry()
        if entry is None or entry.since >= before:
            return False
        place.remove()
        return True

    def scratch(self) -> Path:
        return temporary()

    def put(self, digest: str, data: Data) -> None:
        self._at(digest).write(data)

    def put_file(self, path: Path, stored: Stored, check: Callable[[], None]) -> None:
        pieces = pieces_of_file(path, piece_of(stored.size))
        self._at(stored.digest).upload(_then(pieces, check), stored.size)

    def take(self, path: Path, stored: Stored) -> None:
        self._at(stored.digest).upload_file(path, stored.size)

    def read(self, digest: str, start: int, end: int) -> memoryview:
        return self._at(digest).read(start, end)

    def pieces(self, digest: str, size: int) -> Generator[memoryview]:
        return self._at(digest).pieces(0, size)

    def open(self, digest: str, size: int) -> BinaryIO:
        return self._at(digest).open(size, digest)

    def fetch(self, digest: str, size: int, target: Path) -> None:
        self._at(digest).download(target, size, digest)

    def in_place(self, *_: object) -> None:
        return None

    def named_uri(self, name: str) -> str:
        return (self._named / name).uri

    def put_named(self, name: str, data: Data) -> None:
        (self._named / name).write(data)

    def get_named(self, name: str) -> bytes | None:
        place = self._named / name
        size = place.size()
        return None if size is None else bytes(place.read(0, size))

    def names(self, folder: str) -> list[str]:
        return (self._named / folder if folder else self._named).names()

    def named(self, folder: str) -> Iterator[Kept]:
        for name, size, since in (self._named / folder).entries():
            yield Kept(f"{folder}/{name}", size, since)

    def discard_named(self, folder: str) -> None:
        place = self._named / folder
        for name, *_ in list(place.entries()):
            (place / name).remove()

    def _at(self, digest: str) -> Place:
        return self._blobs / digest[:2] / digest


def _then(pieces: Iterable[bytes], check: Callable[[], None]) -> Generator[bytes]:
    """The pieces; there is no object if `check` raises after the last one."""
    yield from pieces
    check()
