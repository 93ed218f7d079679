"""The storage of a server, for values that are packed and unpacked here.

What is stored goes to the server; what is read comes from there once, and is kept in a folder.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from volery.data.faults import altered, missing
from volery.data.folder import Folder
from volery.data.hashing import Data, hasher
from volery.data.storage import Storage, Stored
from volery.errors import MissingContent, NotFound

if TYPE_CHECKING:
    from volery.wire.backend import Backend

_PIECE = 1 << 20


class ServerStorage(Storage):
    """A storage behind a backend.

    Args:
        backend: has the bytes, and takes them.
        folder: for those that were here; it belongs to the caller.
    """

    def __init__(self, backend: Backend, folder: Path) -> None:
        super().__init__(folder.as_uri())
        self._backend = backend
        self._folder = folder

    @cached_property
    def _objects(self) -> _Contents:
        return _Contents(self._backend, self._folder)

    def has(self, digest: str) -> bool:
        return self._objects.holds(digest, -1)


class _Contents(Folder):
    """Objects that a server has, and a folder some of them."""

    def __init__(self, backend: Backend, folder: Path) -> None:
        super().__init__(folder)
        self._backend = backend
        self._here = folder
        self._there: set[str] = set()

    def size(self, digest: str) -> int | None:
        try:
            self._bring(digest)
        except MissingContent:
            return None
        return super().size(digest)

    def holds(self, digest: str, size: int) -> bool:  # noqa: ARG002 - the server trusts no size
        if digest not in self._there and self._backend.has_content(digest):
            self._there.add(digest)
        return digest in self._there

    def keeps(self, digest: str) -> bool:
        # The server wants what is old again, from who has it; who only refers to it reads it.
        return self.holds(digest, -1) or self.size(digest) is not None

    def put(self, digest: str, data: Data) -> None:
        super().put(digest, data)
        self._send(digest)

    def put_file(self, path: Path, stored: Stored, check: Callable[[], None]) -> None:
        super().put_file(path, stored, check)
        self._send(stored.digest)

    def take(self, path: Path, stored: Stored) -> None:
        super().take(path, stored)
        self._send(stored.digest)

    def read(self, digest: str, start: int, end: int) -> memoryview:
        self._bring(digest)
        return super().read(digest, start, end)

    def in_place(self, digest: str, size: int) -> Path:
        self._bring(digest)
        return super().in_place(digest, size)

    def _send(self, digest: str) -> None:
        with self._path(digest).open("rb") as file:
            self._backend.put_content(digest, file)
        self._there.add(digest)

    def _bring(self, digest: str) -> None:
        """See to it that the bytes are in the folder. Raises MissingContent, AlteredContent."""
        if super().size(digest) is not None:
            return
        if not self._here.is_dir():  # whoever it belongs to is through with it
            raise missing(f"{self._here}, a folder that is gone")
        part = self.scratch()
        came = hasher()
        try:
            with self._there_as_file(digest) as file, part.open("xb") as copy:
                while data := file.read(_PIECE):
                    came.update(data)
                    copy.write(data)
            if came.hexdigest() != digest:
                raise altered(self.uri(digest), "came with other bytes from the server")
            self._appear(part, digest)
        finally:
            part.unlink(missing_ok=True)

    def _there_as_file(self, digest: str) -> BinaryIO:
        try:
            return self._backend.open_content(digest)
        except NotFound:
            raise missing(f"the server: {digest}") from None
