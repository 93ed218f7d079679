"""Code packages: kept in the storage, unpacked once in each home."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, NamedTuple, cast

from volery.data.package import MOST_BYTES, check, expand, pack
from volery.data.spool import Spool, spooled
from volery.data.storage import Storage
from volery.data.unpacked import unpacked
from volery.errors import AlteredContent, RegistrationError
from volery.services.home import Home

_BLOCK: Final = 1024 * 1024
_IN_MEMORY: Final = 8 * _BLOCK

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class FileChange(NamedTuple):
    """A file in which two packages differ; None: it is not in that one."""

    path: str
    before: Path | None
    now: Path | None


class Packages:
    """See the module's text; any process and thread may use the same home and storage.

    Args:
        home: has what is unpacked.
        storage: has the archives.
        most: bytes that one may have before it is compressed.
    """

    def __init__(self, home: Home, storage: Storage, most: int = MOST_BYTES) -> None:
        self._folder = home.packages
        self._storage = storage
        self._most = most

    def has(self, digest: str) -> bool:
        """Whether a package is in the storage, and stays. So asks who would put it otherwise."""
        return self._storage.has(_checked(digest))

    def still_has(self, digest: str) -> bool:
        """Whether a package is in the storage, however long ago it was put."""
        return self._storage.still_has(_checked(digest))

    def put(self, digest: str, archive: BinaryIO) -> int:
        """Keep a package; nothing happens when it is there.

        Args:
            digest: that it has to have.
            archive: compressed; read once, in bounded memory.

        Returns:
            Its bytes before compression.

        Raises:
            AlteredContent: it has another digest.
            RegistrationError: it is too large, no archive, or a name in it leads out of its folder.
        """
        _checked(digest)
        with spooled(self._storage.scratch) as spool:
            expand(archive, spool, self._most)
            if spool.digest != digest:
                raise AlteredContent(
                    f"a package was announced as {digest[:12]}, and {spool.digest[:12]} came",
                    hint="send it again",
                )
            with _reading(spool) as file:
                check(file)
            return self._storage.keep(spool).size

    def pack(self, root: Path) -> str:
        """Keep the code of a project; returns the digest of its package.

        Raises:
            RegistrationError, StorageError: see `data.package.pack`.
        """
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            archive = cast("BinaryIO", file)
            digest = pack(root, archive, self._most).digest
            if not self.has(digest):
                archive.seek(0)
                self.put(digest, archive)
        return digest

    def unpacked(self, digest: str) -> Path:
        """The folder with a package's files, which are for reading.

        It appears whole or not at all.

        Raises:
            MissingContent: the package is not in the storage.
            AlteredContent: it is not what was stored.
            StorageError: the storage cannot be read, or the home not written to.
        """
        return unpacked(self._storage, _checked(digest), self._folder)

    def differences(self, before: str, now: str) -> list[str]:
        """The files in which two packages differ, with what became of each.

        Raises as `unpacked` does. An empty digest stands for no package.
        """
        return [sentence(each) for each in self.changes(before, now)]

    def changes(self, before: str, now: str) -> list[FileChange]:
        """The files in which two packages differ, by name; see `differences`."""
        was, becomes = self._contents(before), self._contents(now)
        return [
            FileChange(
                name, *(files[name][0] if name in files else None for files in (was, becomes))
            )
            for name in sorted(was.keys() | becomes.keys())
            if was.get(name, _NO_FILE)[1] != becomes.get(name, _NO_FILE)[1]
        ]

    def _contents(self, digest: str) -> dict[str, tuple[Path, str]]:
        """The files of a package, with the digest of each, and whether it can be executed."""
        from volery.data.hashing import digest_of_file

        if not digest:
            return {}
        folder = self.unpacked(digest)
        return {
            path.relative_to(folder).as_posix(): (
                path,
                f"{digest_of_file(path)} {path.stat().st_mode}",
            )
            for path in folder.rglob("*")
            if path.is_file() and path.parent.name != "__pycache__"
        }


_NO_FILE: Final = (Path(), "")


def sentence(change: FileChange) -> str:
    """What became of a file, for people."""
    if change.before and change.now:
        return f"file {change.path}: changed"
    return f"file {change.path}: {'gone' if change.before else 'new'}"


def _reading(spool: Spool) -> BinaryIO:
    """What a spool took, from its beginning."""
    spool.finish()
    return BytesIO(spool.held() or b"") if spool.path is None else spool.path.open("rb")


def _checked(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise RegistrationError(
            f"{digest[:80]!r} names no package", hint="a digest has 64 hexadecimal digits"
        )
    return digest
