"""Where the files of a directory are: on this machine, in a storage, or at somebody else's.

The counterpart of `volery.types.file_source`. Names inside a directory are relative, with ``/``
between their parts, and have been checked.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol
from urllib.parse import quote

from volery.data import manifest, remote
from volery.data.manifest import Entry
from volery.data.names import check_name
from volery.data.places import parts_of, path_of
from volery.data.references import copy
from volery.data.workplace import Workplace, new_folder
from volery.errors import MissingContent, StorageError, TypeMismatch, suggest
from volery.ir.content import Content, Json, content_to_wire
from volery.ir.values import pack
from volery.types.file_source import (
    FileSource,
    ForeignFile,
    LocalFile,
    NewFile,
    StoredFile,
    is_uri,
    name_of,
    refuse_upload,
)
from volery.types.mismatch import preview

if TYPE_CHECKING:
    from volery.data.storage import Storage

_SHOWN: Final = 10
"""Files that a preview lists."""


class DirectorySource(Protocol):
    """A place where the files of a directory are, or will be.

    Attributes:
        name: of the directory, without those around it.
        digest: of its content; None where that is not known yet.
        uri: where it is, for people and other programs; None: on this machine only.
    """

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str | None: ...
    @property
    def uri(self) -> str | None: ...

    def listing(self) -> Iterator[tuple[str, int]]:
        """Name and size of each file below; the name of an empty directory ends with ``/``."""
        ...

    def find(self, name: str) -> int | None:
        """The size of a file below; None for a directory. Raises MissingContent without either."""
        ...

    def local(self, batch: int | None) -> Path:
        """A local directory with the files, for reading; fetched when first asked for."""
        ...

    def copy(self, target: Path, batch: int | None) -> None:
        """Make a local copy that can be written."""
        ...

    def file(self, name: str, size: int) -> FileSource:
        """A file below."""
        ...

    def directory(self, name: str) -> DirectorySource:
        """A directory below."""
        ...

    def new_file(self, name: str) -> FileSource:
        """A file that is yet to be written."""
        ...

    def new_directory(self, name: str) -> DirectorySource:
        """A directory below, for files that are yet to be written."""
        ...

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:
        """See to it that others find the files; returns what a value says about them."""
        ...


class LocalDirectory:
    """A directory of the user's."""

    digest: str | None = None
    uri: str | None = None

    def __init__(self, path: Path) -> None:
        self.path: Final = path

    @property
    def name(self) -> str:
        return os.fsencode(self.path.name).decode(errors="replace")

    def listing(self) -> Iterator[tuple[str, int]]:
        for folder, folders, files in os.walk(self.path):
            folders.sort()
            here = Path(folder)
            inside = here.relative_to(self.path)
            for name in sorted(files):
                yield (inside / name).as_posix(), (here / name).stat().st_size
            if not folders and not files and here != self.path:
                yield f"{inside.as_posix()}/", 0

    def find(self, name: str) -> int | None:
        path = self.path / name
        if path.is_dir():
            return None
        if path.is_file():
            return path.stat().st_size
        raise _nothing(name, str(self.path), os.listdir(self.path))

    def local(self, batch: int | None) -> Path:  # noqa: ARG002 - it is here
        return self.path

    def copy(self, target: Path, batch: int | None) -> None:  # noqa: ARG002 - it is here
        import shutil

        shutil.copytree(self.path, target, dirs_exist_ok=True)

    def file(self, name: str, size: int) -> FileSource:  # noqa: ARG002 - it may change
        return LocalFile(self.path / name)

    def directory(self, name: str) -> DirectorySource:
        return LocalDirectory(self.path / name)

    def new_file(self, name: str) -> FileSource:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return LocalFile(path)

    def new_directory(self, name: str) -> DirectorySource:
        path = self.path / name
        path.mkdir(parents=True, exist_ok=True)
        return LocalDirectory(path)

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:
        self._check()
        digest = manifest.store_folder(storage, self.path, batch).digest
        return _content(digest, manifest.read_manifest(storage, digest), self.name, format)

    def _check(self) -> None:
        if self.path.is_dir():
            return
        what = "it is a file" if self.path.exists() else "it does not exist"
        raise TypeMismatch(
            f"expected a directory, got {preview(str(self.path))}: {what}",
            hint="declare File"
            if self.path.exists()
            else f"make it first; paths are relative to {Path.cwd()}",
        )


class ReferencedDirectory(LocalDirectory):
    """A directory of the user's that stays where it is: others are told the place."""

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:  # noqa: ARG002
        self._check()
        return Content(uri=self.path.absolute().as_uri(), name=self.name, format=format)


class UploadedDirectory(LocalDirectory):
    """A directory of the user's that goes to a place of the user's choice."""

    def __init__(self, path: Path, target: str) -> None:
        super().__init__(path)
        self._target = target

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:  # noqa: ARG002
        self._check()
        remote.upload_folder(self.path, self._target, batch)
        return Content(uri=self._target, name=self.name, format=format)


class _Fetched:
    """A directory that is brought here when one is first asked for, once for all threads."""

    name: str

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._local: Path | None = None

    def local(self, batch: int | None) -> Path:
        with self._lock:
            if self._local is None:
                self._local = self._fetch(batch)
            return self._local

    def copy(self, target: Path, batch: int | None) -> None: ...

    def _fetch(self, batch: int | None) -> Path:
        target = self._target()
        self.copy(target, batch)
        return target

    def _target(self) -> Path:
        """A directory of this name, empty, in a folder of its own."""
        target = new_folder(self._place, "directory-") / (self.name or "directory")
        target.mkdir()
        return target


class StoredDirectory(_Fetched):
    """A directory whose files are in a storage, named by a manifest.

    Args:
        content: of the manifest; None: it is yet to be stored.
        name: of the directory.
        storage: where manifest and files are.
        place: where they are brought.
        entries: of the manifest; None: they are read from the storage.
    """

    def __init__(
        self,
        content: Content | None,
        name: str,
        storage: Storage,
        place: Workplace,
        entries: tuple[Entry, ...] | None = None,
    ) -> None:
        super().__init__(place)
        self.name = name
        self._content = content
        self._storage = storage
        self._given = entries

    @property
    def digest(self) -> str | None:
        return None if self._content is None else self._content.digest

    @property
    def uri(self) -> str | None:
        return None if self._content is None else self._storage.uri(self._content.digest)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The files, from the manifest."""
        if self._given is not None:
            return self._given
        return manifest.read_manifest(self._storage, self.digest or "")

    @cached_property
    def _index(self) -> dict[str, Entry | None]:
        """Files by name, and directories, which have no entries."""
        index: dict[str, Entry | None] = {}
        for entry in self.entries:
            parts = entry.path.split("/")
            index.update((("/".join(parts[:end]), None) for end in range(1, len(parts))))
            if not entry.is_folder:
                index[entry.path] = entry
        return index

    def listing(self) -> Iterator[tuple[str, int]]:
        return ((each.path, each.size) for each in self.entries)

    def find(self, name: str) -> int | None:
        if name not in self._index:
            raise _nothing(name, self.name, self._index)
        entry = self._index[name]
        return None if entry is None else entry.size

    def copy(self, target: Path, batch: int | None) -> None:
        manifest.restore(self._storage, self.entries, target, batch)

    def file(self, name: str, size: int) -> FileSource:
        entry = self._index[name]
        digest = "" if entry is None else entry.digest
        content = Content(digest, size, name=_last(name))
        return StoredFile(content, self._storage, self._place)

    def directory(self, name: str) -> DirectorySource:
        below = manifest.below(self.entries, name)
        return StoredDirectory(None, _last(name), self._storage, self._place, below)

    def new_file(self, name: str) -> FileSource:
        raise self._refusal(name)

    def new_directory(self, name: str) -> DirectorySource:
        raise self._refusal(name)

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:  # noqa: ARG002
        if self._content is None:
            digest = manifest.store_manifest(self._storage, self.entries)
            self._content = _content(digest, self.entries, self.name, format)
        if storage is not self._storage:
            copy(pack(content_to_wire(self._content)), self._storage, storage)
        return self._content

    def _fetch(self, batch: int | None) -> Path:
        target = self._target()
        rest = [each for each in self.entries if not self._link(each, target)]
        manifest.restore(self._storage, rest, target, batch)
        return target

    def _link(self, entry: Entry, target: Path) -> bool:
        """Have a file share its bytes with the storage; False where that is not possible."""
        if entry.executable or entry.is_folder:
            return False
        kept = self._storage.in_place(entry.digest, entry.size)
        if kept is None:
            return False
        path = target / entry.path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.hardlink_to(kept)
        except OSError:  # another file system, or one without links
            return False
        return True

    def _refusal(self, name: str) -> StorageError:
        return StorageError(
            f"{name} cannot be added to {self.name}, which is an input",
            hint="make another directory, Directory.new(...), or a copy: d.download(to=...)",
        )


class ForeignDirectory(_Fetched):
    """A directory at a place of somebody else's."""

    digest: str | None = None

    def __init__(self, content: Content, place: Workplace) -> None:
        super().__init__(place)
        self.name = content.name
        self.uri: str = content.uri
        self._content = content

    def listing(self) -> Iterator[tuple[str, int]]:
        for name, size in remote.listing(self.uri):
            if name:  # some stores list a directory as an object that is in it
                check_name(name.removesuffix("/"))
                yield name, size

    def find(self, name: str) -> int | None:
        place = self._at(name)
        try:
            return remote.size_of(place)
        except MissingContent:
            if remote.is_folder(place):
                return None
            raise

    def copy(self, target: Path, batch: int | None) -> None:
        remote.download_folder(self.uri, target, batch)

    def file(self, name: str, size: int) -> FileSource:
        content = Content(size=size, uri=self._at(name), name=_last(name))
        return ForeignFile(content, self._place)

    def directory(self, name: str) -> DirectorySource:
        return ForeignDirectory(Content(uri=self._at(name), name=_last(name)), self._place)

    def new_file(self, name: str) -> FileSource:
        return self.file(name, -1)

    def new_directory(self, name: str) -> DirectorySource:
        return self.directory(name)

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:  # noqa: ARG002
        return self._content

    def _fetch(self, batch: int | None) -> Path:
        path = path_of(self.uri)
        if path is None:
            return super()._fetch(batch)
        if path.is_dir():
            return path
        raise MissingContent(
            f"{path} is not there", hint="it was passed by reference: it has to stay there"
        )

    def _at(self, name: str) -> str:
        escaped = parts_of(self.uri).scheme in {"file", "memory", "http", "https"}
        return f"{self.uri.rstrip('/')}/{quote(name) if escaped else name}"


class NewDirectory:
    """A directory whose files are yet to be written to a storage, each as a stream.

    Args:
        name: of the directory.
        files: those of the whole, by name; a directory below shares them.
        below: what the names of its own files begin with.
    """

    digest: str | None = None
    uri: str | None = None

    def __init__(
        self,
        name: str,
        storage: Storage,
        place: Workplace,
        files: dict[str, NewFile] | None = None,
        below: str = "",
    ) -> None:
        self.name = name
        self._storage = storage
        self._place = place
        self._files = {} if files is None else files
        self._below = below

    def listing(self) -> Iterator[tuple[str, int]]:
        return self._written().listing()

    def find(self, name: str) -> int | None:
        return self._written().find(name)

    def local(self, batch: int | None) -> Path:
        return self._written().local(batch)

    def copy(self, target: Path, batch: int | None) -> None:
        self._written().copy(target, batch)

    def file(self, name: str, size: int) -> FileSource:  # noqa: ARG002 - it knows its size
        return self._files[self._below + name]

    def directory(self, name: str) -> DirectorySource:
        return self.new_directory(name)

    def new_file(self, name: str) -> FileSource:
        made = NewFile(_last(name), self._storage, self._place)
        return self._files.setdefault(self._below + name, made)

    def new_directory(self, name: str) -> DirectorySource:
        below = f"{self._below}{name}/"
        return NewDirectory(_last(name), self._storage, self._place, self._files, below)

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:
        return self._written().stored(storage, format, batch)

    def _written(self) -> StoredDirectory:
        """The directory as it is now."""
        entries = [
            Entry(path.removeprefix(self._below), file.digest() or "", file.size())
            for path, file in self._files.items()
            if path.startswith(self._below)
        ]
        return StoredDirectory(None, self.name, self._storage, self._place, tuple(entries))


def directory_source(
    place: str | os.PathLike[str], remote: str | Literal[False] | None, workplace: Workplace
) -> DirectorySource:
    """Where a directory is that was named by a path or a URI; see `file_source.file_source`."""
    text = os.fspath(place)
    if is_uri(text):
        refuse_upload(text, remote)
        return ForeignDirectory(Content(uri=text, name=name_of(text)), workplace)
    match remote:
        case None:
            return LocalDirectory(Path(text))
        case False:
            return ReferencedDirectory(Path(text))
        case str():
            return UploadedDirectory(Path(text), remote)


def _content(digest: str, entries: tuple[Entry, ...], name: str, format: str) -> Content:
    files = [each for each in entries if not each.is_folder]
    shown: Json = {
        "files": len(files),
        "first": [{"path": each.path[:80], "size": each.size} for each in files[:_SHOWN]],
    }
    size = sum(each.size for each in files)
    return Content(digest, size, is_manifest=True, name=name, format=format, preview=shown)


def _nothing(name: str, place: str, known: Iterable[str]) -> MissingContent:
    return MissingContent(f"{place} has no {name!r}", hint=suggest(name, list(known)[:1000]))


def _last(name: str) -> str:
    return name.rpartition("/")[2]
