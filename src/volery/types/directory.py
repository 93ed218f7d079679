"""Directories as values: `Directory`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, overload

import msgspec

from volery.data.current import current
from volery.data.names import check_name
from volery.data.workplace import workplace
from volery.errors import UnsupportedType
from volery.ir.content import Content
from volery.types.file import File, fresh
from volery.types.formatted import Format_co, Formatted
from volery.types.in_models import InModels
from volery.types.names import inside, plain_name
from volery.types.sources.foreign import ForeignDirectory
from volery.types.sources.local import LocalDirectory
from volery.types.sources.named import directory_source
from volery.types.sources.new import NewDirectory
from volery.types.sources.source import DirectorySource, FileSource

if TYPE_CHECKING:
    from volery.data.storage import Storage


class BatchSize(msgspec.Struct, frozen=True):
    """How many files of a directory are moved at a time: ``Annotated[Directory, BatchSize(8)]``.

    Attributes:
        size: at least 1.
    """

    size: int

    def __post_init__(self) -> None:
        if self.size < 1:
            raise UnsupportedType(f"BatchSize({self.size}): at least one file has to be moved")


class Directory(InModels, Formatted[Format_co], os.PathLike[str]):
    """A directory that travels between tasks; what counts is its content.

    As an input it is lazy: `listdir` and `crawl` look at it where it is, a file in it is fetched
    alone, and `path`, `download` and ``os.listdir(d)`` bring all of it here, once. As an output its
    files are stored, unless they are stored already.

    Args:
        path: of a local directory, or the URI of one elsewhere, which is passed on by reference.
        remote_directory: a URI to upload a local directory to, in place of the storage; False: it
            is not uploaded at all, but passed on by reference to where it is.

    Errors are those of the place where it is: OSError for a local one, StorageError and its
    children for others.
    """

    __slots__ = ("batch", "format", "source")

    source: DirectorySource
    """Where the files are."""
    format: str
    """Of the files, as declared; empty where any will do."""
    batch: int | None
    """How many files are moved at a time; None: as many as is good for most."""

    def __init__(
        self, path: str | os.PathLike[str], *, remote_directory: str | Literal[False] | None = None
    ) -> None:
        self.source = directory_source(path, remote_directory, workplace())
        self.format = ""
        self.batch = None

    @classmethod
    def of(cls, source: DirectorySource, format: str = "", batch: int | None = None) -> Self:
        """The directory whose files are at a place."""
        made = cls.__new__(cls)
        made.source = source
        made.format = format
        made.batch = batch
        return made

    # -- making directories --------------------------------------------------------------------

    @classmethod
    def new(cls, name: str | os.PathLike[str]) -> Self:
        """A directory in the working directory of the attempt, made if it is not there.

        Raises:
            StorageError: the name leads out of the working directory.
        """
        path = inside(workplace().working_directory, name)
        path.mkdir(parents=True, exist_ok=True)
        return cls(path)

    @classmethod
    def new_remote(cls, stem: str | None = None, alt: str | None = None) -> Self:
        """A directory whose files are written as streams, with no local copies: see `new_file`.

        Args:
            stem: the name that people know it by.
            alt: URI of a folder to write it in; by default it goes to the storage.

        Raises:
            StorageError: the stem is no name of a directory.
        """
        called = plain_name("directory" if stem is None else stem)
        if alt is None:
            return cls.of(NewDirectory(called, current(), workplace()))
        return cls(f"{fresh(alt)}/{called}")

    @classmethod
    def from_source(cls, uri: str) -> Self:
        """A directory that is elsewhere, passed on by reference."""
        return cls(uri)

    def new_file(self, name: str | os.PathLike[str]) -> File[Format_co]:
        """A file in this directory that is yet to be written. Not for inputs."""
        return self._file(self.source.new_file(self._safe(name)))

    def new_dir(self, name: str | os.PathLike[str]) -> Self:
        """A directory in this one, for new files. Not for inputs."""
        return self.of(self.source.new_directory(self._safe(name)), self.format, self.batch)

    # -- what is known about it ----------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name, without the directories around it."""
        return self.source.name

    @property
    def size(self) -> int:
        """How many bytes its files have together."""
        return sum(size for _, size in self.source.listing())

    @property
    def digest(self) -> str | None:
        """The digest (BLAKE3) of its content; None where it is not stored."""
        return self.source.digest

    @property
    def remote_source(self) -> str | None:
        """Where it comes from, as a URI; None for a directory of this machine."""
        return self.source.uri

    # -- what is in it -------------------------------------------------------------------------

    def listdir(self) -> list[File[Format_co] | Directory[Format_co]]:
        """The files and directories in it, by name; nothing is fetched."""
        found: dict[str, int | None] = {}
        for path, size in self.source.listing():
            name, below, _ = path.partition("/")
            found[name] = None if below else size
        return [self._child(name, found[name]) for name in sorted(found)]

    def __truediv__(self, name: str | os.PathLike[str]) -> File[Format_co] | Directory[Format_co]:
        """A file or directory in it, at any depth; only that is fetched, when it is used.

        Raises:
            MissingContent: there is none of the name.
            StorageError: the name leads out of the directory.
        """
        wanted = self._safe(name)
        return self._child(wanted, self.source.find(wanted))

    @overload
    def crawl(
        self,
        maxdepth: int | None = None,
        *,
        topdown: bool = True,
        detail: Literal[False] = False,
    ) -> Iterator[tuple[str, str]]: ...
    @overload
    def crawl(
        self, maxdepth: int | None = None, *, topdown: bool = True, detail: Literal[True]
    ) -> Iterator[tuple[str, dict[str, dict[str, Any]]]]: ...
    def crawl(
        self, maxdepth: int | None = None, *, topdown: bool = True, detail: bool = False
    ) -> Iterator[tuple[str, Any]]:
        """All files below, without fetching any.

        Args:
            maxdepth: how deep to go; 1 means the files of this directory itself.
            topdown: whether the files of a directory come before those of directories in it.
            detail: what comes with the directory: of each file its path in it, or a dict from that
                to name, size in bytes and type, as fsspec has them.
        """
        base = self._place()
        files = [item for item in self.source.listing() if not item[0].endswith("/")]
        files.sort(key=lambda item: item[0].rpartition("/")[::2])
        for path, size in files if topdown else reversed(files):
            if maxdepth is not None and path.count("/") >= maxdepth:
                continue
            told = {"name": f"{base}/{path}", "size": size, "type": "file"}
            yield base, {path: told} if detail else path

    def _child(self, name: str, size: int | None) -> File[Format_co] | Directory[Format_co]:
        """What stands under a name: a file of a size, or a directory."""
        if size is not None:
            return self._file(self.source.file(name, size))
        return self.of(self.source.directory(name), self.format, self.batch)

    def _file(self, source: FileSource) -> File[Format_co]:
        made: File[Any] = File.of(source, self.format)
        return made

    def _safe(self, name: str | os.PathLike[str]) -> str:
        """The name as text. Raises StorageError when it leads out of the directory."""
        text = os.fspath(name)
        check_name(text)
        if isinstance(self.source, LocalDirectory):
            inside(self.source.path, text)  # links are only there
        return text

    # -- its bytes -----------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """A local directory with all files, for reading; brought here when first asked for."""
        return str(self.source.local(self.batch))

    def __fspath__(self) -> str:
        return self.path

    def download(self, to: str | os.PathLike[str] | None = None) -> str:
        """Bring all files here; returns the path of the local directory.

        Args:
            to: a directory for a copy of your own that can be written; it is made if it is not
                there. By default there is one for reading in the working directory.
        """
        if to is None:
            return self.path
        self.source.copy(Path(to), self.batch)
        return os.fspath(to)

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:
        """What a value says about the directory, whose files others find from now on.

        Args:
            storage: where files go that are nowhere else.
            format: that is declared; empty where any will do.
            batch: how many files are moved at a time.

        Raises:
            TypeMismatch: there is no such directory.
            StorageError: it cannot be read or stored.
        """
        return self.source.stored(storage, self.format or format, batch or self.batch)

    # -- as an object --------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        """Whether another directory has the same files, as far as is known, or the same place."""
        if not isinstance(other, Directory):
            return NotImplemented
        mine, theirs = self.source, other.source
        if mine.digest is not None and theirs.digest is not None:
            return mine.digest == theirs.digest
        if isinstance(mine, ForeignDirectory) or isinstance(theirs, ForeignDirectory):
            return mine.uri == theirs.uri
        return mine is theirs or self._files() == other._files()

    def _files(self) -> dict[str, str | None]:
        """The digest of each file."""
        return {
            path: None if path.endswith("/") else self.source.file(path, size).digest()
            for path, size in self.source.listing()
        }

    __hash__ = None  # pyright: ignore[reportAssignmentType] - its content may be yet to come

    def __repr__(self) -> str:
        return f"Directory({self._place()!r})"

    def _place(self) -> str:
        match self.source:
            case LocalDirectory(path=path):
                return str(path)
            case ForeignDirectory(uri=uri):
                return uri
            case _:
                return self.name
