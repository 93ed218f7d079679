"""The storage: bytes by digest, in one local folder, in memory or in one bucket.

What is stored once is not stored again, and never changes: the digest (BLAKE3) is the name. Bytes
are verified when they are read. An object appears under its name complete or not at all.

Beside them stand a few small objects with names of their own, which can be replaced.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, Protocol

from volery.data.faults import altered, missing, told
from volery.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from volery.data.hashing import Data
    from volery.data.spool import Spool

_URL: Final = re.compile(r"(file|memory|s3|gs|az|abfss?|adl)://")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Stored(NamedTuple):
    """Bytes that are in the storage: their digest and how many they are."""

    digest: str
    size: int


class Kept(NamedTuple):
    """An object that is in the storage.

    Attributes:
        name: its digest, or the name that it was given.
        size: in bytes.
        since: when it was last stored, or asked for by `has`; seconds since the epoch.
    """

    name: str
    size: int
    since: float


class Writer(Protocol):
    """Takes bytes as they come; in the storage when its ``with`` block ends without an error."""

    @property
    def digest(self) -> str: ...

    size: int

    def write(self, data: Data, /) -> int: ...


class Objects(Protocol):
    """Where a storage keeps its objects. It trusts digests and sizes; the storage checks them."""

    def uri(self, digest: str) -> str: ...

    def size(self, digest: str) -> int | None:
        """How many bytes the object has; None: it is not here."""
        ...

    def holds(self, digest: str, size: int) -> bool:
        """Whether the object is here and, as far as that costs nothing, complete and unaltered.

        If it is, it counts as stored anew.
        """
        ...

    def keeps(self, digest: str) -> bool:
        """The same of an object that may be old, whatever its size."""
        ...

    def kept(self) -> Iterator[Kept]:
        """Every object that is here."""
        ...

    def discard(self, digest: str, before: float) -> bool:
        """Remove an object, unless it was stored since; whether it is gone by that."""
        ...

    def scratch(self) -> Path:
        """The path of a new or empty temporary file."""
        ...

    def put(self, digest: str, data: Data) -> None: ...

    def put_file(self, path: Path, stored: Stored, check: Callable[[], None]) -> None:
        """Copy a file; `check` raises, before the object appears, if the file was changed."""
        ...

    def take(self, path: Path, stored: Stored) -> None:
        """Store a temporary file, which may be moved away."""
        ...

    def read(self, digest: str, start: int, end: int) -> memoryview: ...

    def pieces(self, digest: str, size: int) -> Generator[memoryview]: ...

    def open(self, digest: str, size: int) -> BinaryIO: ...

    def fetch(self, digest: str, size: int, target: Path) -> None: ...

    def in_place(self, digest: str, size: int, /) -> Path | None: ...

    def named_uri(self, name: str) -> str: ...

    def put_named(self, name: str, data: Data) -> None: ...

    def get_named(self, name: str) -> bytes | None: ...

    def names(self, folder: str) -> list[str]: ...

    def named(self, folder: str) -> Iterator[Kept]: ...

    def discard_named(self, folder: str) -> None: ...


class Storage:
    """Bytes by digest.

    Args:
        url: ``file:///folder``, ``memory://``, ``s3://bucket/prefix``, ``gs://...``, ``az://...``.
        options: of the object store, such as ``endpoint`` (see `data.stores`); None: those of the
            settings. The environment (``AWS_...``) is read as well.

    Every method may be called from any thread. Sizes are in bytes; -1 stands for one that is not
    known, and is then looked up. Raises ConfigError for a URL or options that cannot be used;
    methods raise StorageError and its children.
    """

    def __init__(self, url: str, options: Mapping[str, str] | None = None) -> None:
        self.url = url
        self.options = None if options is None else dict(options)
        if options or not _URL.match(url):
            self._objects  # noqa: B018 - tells what is wrong with it

    @cached_property
    def _objects(self) -> Objects:
        """Made at the first use: every process has a storage, and many never use it."""
        return _objects(self.url, self.options)

    def __repr__(self) -> str:
        return f"Storage({self.url!r})"

    def put(self, data: Data) -> str:
        """Store bytes that are at hand; returns their digest."""
        from volery.data.hashing import digest_of

        view = memoryview(data).cast("B")
        digest = digest_of(view)
        if not self._objects.holds(digest, view.nbytes):
            self._objects.put(digest, view)
        return digest

    def put_file(self, path: Path) -> Stored:
        """Store a file; it is not copied if its content is here already.

        Memory is bounded. Raises StorageError when the file changes meanwhile.
        """
        from volery.data.hashing import digest_of_file

        with told("read", str(path)):
            before = _mark(path)
            stored = Stored(digest_of_file(path), before.size)

        def check() -> None:
            with told("read", str(path)):
                after = _mark(path)
            if after != before:
                raise StorageError(
                    f"{path} changed while it was stored",
                    hint="store a file when whoever writes it is done",
                )

        check()
        if not self._objects.holds(*stored):
            self._objects.put_file(path, stored, check)
        return stored

    @contextmanager
    def writer(self) -> Generator[Writer]:
        """Store bytes that come piece by piece, with bounded memory."""
        from volery.data.spool import spooled

        with spooled(self.scratch) as spool:
            yield spool
            self.keep(spool)

    def scratch(self) -> Path:
        """The path of a new or empty temporary file, where a spool for `keep` does best."""
        return self._objects.scratch()

    def keep(self, spool: Spool) -> Stored:
        """Store what a spool took."""
        stored = Stored(spool.digest, spool.size)
        if self._objects.holds(*stored):
            return stored
        held = spool.held()
        if held is not None:
            self._objects.put(stored.digest, held)
        elif spool.path is not None:
            spool.finish()
            self._objects.take(spool.path, stored)
        return stored

    def has(self, digest: str) -> bool:
        """Whether bytes are here, and stay for some hours if nothing refers to them yet.

        So asks who would store them otherwise.
        """
        size = self._objects.size(_checked(digest))
        return size is not None and self._objects.holds(digest, size)

    def still_has(self, digest: str) -> bool:
        """Whether bytes are here, however long ago they were stored.

        So asks who has a reference to them.
        """
        return self._objects.keeps(_checked(digest))

    def kept(self) -> Iterator[Kept]:
        """All that is here by its digest, as it is found."""
        return self._objects.kept()

    def discard(self, digest: str, before: float) -> bool:
        """Remove bytes that nothing refers to; False: they were stored since `before`, or are gone.

        `before` is hours ago: see `has`.
        """
        return self._objects.discard(_checked(digest), before)

    def get(self, digest: str, size: int) -> bytes:
        """All the bytes, verified."""
        from volery.data.hashing import digest_of

        size = self._size(digest, size)
        data = b"".join(self._objects.pieces(digest, size))
        if digest_of(data) != digest:
            raise altered(self.uri(digest), "does not have the digest that is its name")
        return data

    def get_range(self, digest: str, start: int, end: int) -> bytes:
        """Some of the bytes, not verified: that is the caller's business.

        AlteredContent is raised if they are fewer.
        """
        return bytes(self._objects.read(_checked(digest), start, end))

    def open(self, digest: str, size: int) -> BinaryIO:
        """The bytes as a file for reading, with ``seek``; read piece by piece as they are asked.

        Verified if it is read from the beginning to the end.
        """
        return self._objects.open(digest, self._size(digest, size))

    def fetch(self, digest: str, size: int, target: Path) -> None:
        """Copy the bytes to a file, verified; it appears complete or not at all."""
        self._objects.fetch(digest, self._size(digest, size), target)

    def in_place(self, digest: str, size: int) -> Path | None:
        """The file that holds the bytes, verified, for reading; None: they are in no file."""
        return self._objects.in_place(digest, self._size(digest, size))

    def uri(self, digest: str) -> str:
        """Where the bytes are, for people and other programs."""
        return self._objects.uri(_checked(digest))

    def put_named(self, name: str, data: Data) -> None:
        """Keep a few bytes under a name such as ``a/b``, in place of any that it had."""
        self._objects.put_named(_checked_name(name), data)

    def get_named(self, name: str) -> bytes | None:
        """The bytes with a name; None: it has none."""
        return self._objects.get_named(_checked_name(name))

    def names(self, folder: str) -> list[str]:
        """The last parts of the names, and of the folders of names, directly below a folder."""
        return self._objects.names(_checked_name(folder))

    def folders(self) -> list[str]:
        """The first parts of all names."""
        return self._objects.names("")

    def named(self, folder: str) -> Iterator[Kept]:
        """All that is below a folder of names, at any depth."""
        return self._objects.named(_checked_name(folder))

    def discard_named(self, folder: str) -> None:
        """Remove all that is below a folder of names."""
        self._objects.discard_named(_checked_name(folder))

    def named_uri(self, name: str) -> str:
        """Where the bytes with a name are, or would be, or what else people keep there."""
        return self._objects.named_uri(_checked_name(name))

    def _size(self, digest: str, size: int) -> int:
        """The size of an object, looked up if it is not known."""
        _checked(digest)
        if size >= 0:
            return size
        found = self._objects.size(digest)
        if found is None:
            raise missing(self.uri(digest))
        return found


def _objects(url: str, options: Mapping[str, str] | None) -> Objects:
    from volery.data.places import WEB, parts_of, path_of, place_of

    if parts_of(url).scheme in WEB:
        raise ConfigError(
            f"{url}: nothing can be stored there", hint="use a folder (file:///...) or a bucket"
        )
    folder = path_of(url)
    if folder is None:
        from volery.data.bucket import Bucket

        return Bucket(place_of(url, options))
    if options:
        raise ConfigError(f"{url}: a folder takes no options, such as {min(options)!r}")
    from volery.data.folder import Folder

    return Folder(folder)


class _Mark(NamedTuple):
    """What changes about a file when its content does."""

    size: int
    time: int
    number: int


def _mark(path: Path) -> _Mark:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise StorageError(f"{path} is no file", hint="of a folder, store the files in it")
    return _Mark(status.st_size, status.st_mtime_ns, status.st_ino)


def _checked(digest: str) -> str:
    # Digests come from data: one that is a path would lead out of the storage.
    if not _DIGEST.fullmatch(digest):
        raise StorageError(
            f"{digest[:80]!r} names no content", hint="a digest has 64 hexadecimal digits"
        )
    return digest


def _checked_name(name: str) -> str:
    from volery.data.names import check_name

    check_name(name)
    return name
