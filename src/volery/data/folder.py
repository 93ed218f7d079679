"""A local folder that keeps objects as files.

    blobs/<first two digits>/<digest>    read-only, stamped when complete
    blobs/incoming/                      what is being written
    attempts/<name>                      named objects

The stamp is a time of last change that follows from the digest. A file that still has its stamp and
size was not written to; any other is digested again before it is used. Nothing is forced to the
disk: after a crash of the machine an object may be cut off or empty, which its size or its stamp
tells. As the time of last change says nothing about age, that of the last change of the file's
status does; the time of last access is set with it, to tell that somebody did so.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from volery.data.faults import altered, told
from volery.data.hashing import Data, digest_of_file
from volery.data.names import NAMED
from volery.data.whole import whole
from volery.errors import AlteredContent, MissingContent

if TYPE_CHECKING:
    from volery.data.storage import Kept, Stored

_PIECE: Final = 8 * 1024 * 1024
_EPOCH: Final = 978_307_200  # 2001-01-01: a time before any of ours, which tells stamps apart
_STALE: Final = 24 * 3600.0
"""Seconds after which what nobody writes to any more belongs to a dead process."""
_FRESH: Final = 3600.0
"""Seconds for which it is not noted again that an object is needed."""


class Folder:
    """Objects as files of a folder, which is made when the first one is stored."""

    def __init__(self, root: Path) -> None:
        self._blobs = root / "blobs"
        self._named = root / NAMED
        # Below the other: where only that is mounted, a file can still be moved from here to there.
        self._incoming = self._blobs / "incoming"
        self._opened = False
        self._opening = threading.Lock()

    def uri(self, digest: str) -> str:
        return self._path(digest).as_uri()

    def size(self, digest: str) -> int | None:
        path = self._path(digest)
        try:
            with told("look at", str(path)):
                return path.stat().st_size
        except MissingContent:
            return None

    def holds(self, digest: str, size: int) -> bool:
        try:
            return _renew(self.in_place(digest, size), digest)
        except (MissingContent, AlteredContent):
            return False

    def keeps(self, digest: str) -> bool:
        size = self.size(digest)
        return size is not None and self.holds(digest, size)

    def kept(self) -> Iterator[Kept]:
        for folder in _listed(self._blobs):
            for path in _listed(folder):
                if path.name.startswith(folder.name):
                    yield from _kept(path, path.name)

    def discard(self, digest: str, before: float) -> bool:
        path = self._path(digest)
        aside = self.scratch()
        with told("remove", str(path)), suppress(FileNotFoundError):
            seen = path.stat()
            if seen.st_ctime >= before:
                return False
            path.replace(aside)
            if aside.stat().st_atime_ns != seen.st_atime_ns:  # it was renewed in this moment
                aside.replace(path)
                return False
            aside.unlink()
            return True
        return False

    def scratch(self) -> Path:
        with told("write", str(self._incoming)):
            self._open()
        return self._incoming / secrets.token_hex(16)

    def put(self, digest: str, data: Data) -> None:
        part = self.scratch()
        try:
            with told("write", str(part)), part.open("xb") as file:
                file.write(data)
            self._appear(part, digest)
        finally:
            part.unlink(missing_ok=True)

    def put_file(self, path: Path, stored: Stored, check: Callable[[], None]) -> None:
        part = self.scratch()
        try:
            with told("copy", f"{path} to {part}"):
                shutil.copyfile(path, part)  # in the kernel, where that can
            check()
            self._appear(part, stored.digest)
        finally:
            part.unlink(missing_ok=True)

    def take(self, path: Path, stored: Stored) -> None:
        self._appear(path, stored.digest)

    def read(self, digest: str, start: int, end: int) -> memoryview:
        path = self._path(digest)
        with told("read", str(path)), path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < end:
                raise altered(str(path), f"has {size} bytes, {end} or more are expected")
            file.seek(start)
            return memoryview(file.read(end - start))

    def pieces(self, digest: str, size: int) -> Generator[memoryview]:
        for start in range(0, size, _PIECE):
            yield self.read(digest, start, min(start + _PIECE, size))

    def open(self, digest: str, size: int) -> BinaryIO:
        path = self.in_place(digest, size)
        with told("read", str(path)):
            return path.open("rb")

    def fetch(self, digest: str, size: int, target: Path) -> None:
        path = self.in_place(digest, size)
        with told("copy", f"{path} to {target}"), whole(target) as part:
            shutil.copyfile(path, part)

    def in_place(self, digest: str, size: int) -> Path:
        path = self._path(digest)
        with told("read", str(path)):
            status = path.stat()
            if status.st_size != size:
                raise altered(str(path), f"has {status.st_size} bytes, {size} are expected")
            if status.st_mtime_ns != _stamp(digest):
                if digest_of_file(path) != digest:
                    raise altered(str(path), "does not have the digest that is its name")
                _seal(path, digest)
        return path

    def named_uri(self, name: str) -> str:
        return (self._named / name).as_uri()

    def put_named(self, name: str, data: Data) -> None:
        path = self._named / name
        with told("write", str(path)), whole(path) as part:
            part.write_bytes(data)

    def get_named(self, name: str) -> bytes | None:
        path = self._named / name
        try:
            with told("read", str(path)):
                return path.read_bytes()
        except MissingContent:
            return None

    def names(self, folder: str) -> list[str]:
        path = self._named / folder
        try:
            with told("list", str(path)):
                return [each.name for each in path.iterdir() if not each.name.startswith(".")]
        except MissingContent:
            return []

    def named(self, folder: str) -> Iterator[Kept]:
        for path in sorted((self._named / folder).rglob("*")):
            if path.is_file():
                yield from _kept(path, path.relative_to(self._named).as_posix())

    def discard_named(self, folder: str) -> None:
        path = self._named / folder
        with told("remove", str(path)), suppress(FileNotFoundError):
            shutil.rmtree(path)

    def _path(self, digest: str) -> Path:
        return self._blobs / digest[:2] / digest

    def _appear(self, part: Path, digest: str) -> None:
        path = self._path(digest)
        with told("write", str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            part.replace(path)
        _seal(path, digest)  # now: among what is coming in, its time says whether it is stale

    def _open(self) -> None:
        if self._opened and self._incoming.is_dir():  # somebody may have removed it
            return
        with self._opening:
            self._incoming.mkdir(parents=True, exist_ok=True)
            oldest = time.time() - _STALE
            for part in self._incoming.iterdir():
                with suppress(OSError):  # another process may do the same
                    if part.stat().st_mtime < oldest:
                        part.unlink()
            self._opened = True


def _stamp(digest: str) -> int:
    """The time of last change of a complete object, in nanoseconds."""
    return (_EPOCH + 2 * int(digest[:6], 16)) * 1_000_000_000  # some file systems count by twos


def _renew(path: Path, digest: str) -> bool:
    """Note that an object is needed; False: it was just removed, or has to be put here anew."""
    try:
        if time.time() - path.stat().st_ctime > _FRESH:
            os.utime(path, ns=(time.time_ns(), _stamp(digest)))
    except FileNotFoundError:
        return False
    except OSError:  # somebody else's file; what nobody may write to nobody removes
        return not os.access(path.parent, os.W_OK)
    return True


def _kept(path: Path, name: str) -> Iterator[Kept]:
    """A file that is kept, unless it has just been removed."""
    from volery.data.storage import Kept

    with told("look at", str(path)), suppress(FileNotFoundError):
        status = path.stat()
        yield Kept(name, status.st_size, status.st_ctime)


def _listed(folder: Path) -> list[Path]:
    with told("list", str(folder)):
        try:
            return sorted(folder.iterdir())
        except FileNotFoundError:
            return []


def _seal(path: Path, digest: str) -> None:
    with suppress(OSError):  # somebody else's file: it is digested each time
        path.chmod(path.stat().st_mode & 0o444)
        os.utime(path, ns=(_stamp(digest), _stamp(digest)))
