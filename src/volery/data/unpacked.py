"""Code packages on this machine: unpacked once in a folder, each in one that is its digest."""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from volery.data.faults import altered, told
from volery.data.package import unpack
from volery.errors import RegistrationError

if TYPE_CHECKING:
    from volery.data.storage import Storage

STALE: Final = 3600.0
"""Seconds after which a folder that somebody has begun to unpack into is nobody's any more."""

_BLOCK: Final = 1024 * 1024


def unpacked(storage: Storage, digest: str, folder: Path) -> Path:
    """The folder with a package's files, which are for reading; it appears whole or not at all.

    Any number of processes may do this at once.

    Args:
        storage: has the archive.
        digest: of the package.
        folder: has a folder for each package.

    Raises:
        MissingContent: the package is not in the storage.
        AlteredContent: it is not what was stored.
        StorageError: the storage cannot be read, or the folder not written to.
        RegistrationError: it cannot be unpacked.
    """
    target = folder / digest
    if target.is_dir():
        return target
    part = folder / f".{secrets.token_hex(8)}.part"
    with told("write", str(part)):
        _sweep(folder)
        part.mkdir(parents=True)
    try:
        _unpack(storage, digest, part)
        with told("write", str(target)):
            _appear(part, target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return target


def _unpack(storage: Storage, digest: str, folder: Path) -> None:
    wrong: RegistrationError | None = None
    with storage.open(digest, -1) as file:
        reading = _Digesting(file)
        try:
            unpack(cast("BinaryIO", reading), folder)
        except RegistrationError as error:
            wrong = error
        if reading.finish() != digest:
            raise altered(storage.uri(digest), "is not the package that was put there")
    if wrong is not None:
        raise wrong


def _sweep(folder: Path) -> None:
    """Remove what processes that died have begun."""
    oldest = time.time() - STALE
    for part in folder.glob(".*.part"):
        with suppress(OSError):  # another process may do the same
            if part.stat().st_mtime < oldest:
                shutil.rmtree(part)


def _appear(part: Path, target: Path) -> None:
    try:
        part.rename(target)
    except OSError:
        if not target.is_dir():  # else somebody was faster, with the same
            raise


class _Digesting:
    """Reads a file, and digests what it reads."""

    def __init__(self, file: BinaryIO) -> None:
        from volery.data.hashing import hasher

        self._file = file
        self._hasher = hasher()

    def read(self, size: int) -> bytes:
        block = self._file.read(size)
        self._hasher.update(block)
        return block

    def finish(self) -> str:
        """The digest of the whole file, read to its end."""
        while self.read(_BLOCK):
            pass
        return self._hasher.hexdigest()
