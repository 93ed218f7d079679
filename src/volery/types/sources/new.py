"""Files and directories that are yet to be written to a storage, as streams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from volery.data.manifest import Entry
from volery.data.workplace import Workplace
from volery.errors import StorageError
from volery.ir.content import Content
from volery.types.file_format import HEAD, preview_of
from volery.types.sources.listing import last
from volery.types.sources.sink import sink
from volery.types.sources.source import DirectorySource, FileSource
from volery.types.sources.stored import StoredDirectory, StoredFile

if TYPE_CHECKING:
    from volery.data.storage import Storage, Writer


class NewFile:
    """A file that is yet to be written to a storage, as a stream."""

    uri: str | None = None

    def __init__(self, name: str, storage: Storage, place: Workplace) -> None:
        self.name = name
        self._storage = storage
        self._place = place
        self._written: StoredFile | None = None

    @property
    def content(self) -> Content | None:
        return None if self._written is None else self._written.content

    def size(self) -> int:
        return self._found().size()

    def digest(self) -> str | None:
        return self._found().digest()

    def local(self) -> Path:
        return self._found().local()

    def copy(self, target: Path) -> None:
        self._found().copy(target)

    def reader(self) -> BinaryIO:
        return self._found().reader()

    def writer(self) -> BinaryIO:
        return sink(self._storage.writer(), self._keep)

    def stored(self, storage: Storage, format: str) -> Content:
        return self._found().stored(storage, format)

    def _keep(self, written: Writer) -> None:
        digest, size = written.digest, written.size
        head = self._storage.get_range(digest, 0, min(size, HEAD))
        shown = preview_of(head, whole=size <= HEAD)
        content = Content(digest, size, name=self.name, preview=shown)
        self._written = StoredFile(content, self._storage, self._place)

    def _found(self) -> StoredFile:
        if self._written is None:
            raise StorageError(
                f"nothing has been written to {self.name}",
                hint='write it first: with f.open("w") as stream: ...',
            )
        return self._written


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
        made = NewFile(last(name), self._storage, self._place)
        return self._files.setdefault(self._below + name, made)

    def new_directory(self, name: str) -> DirectorySource:
        below = f"{self._below}{name}/"
        return NewDirectory(last(name), self._storage, self._place, self._files, below)

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
