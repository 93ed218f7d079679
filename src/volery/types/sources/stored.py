"""Files and directories whose bytes are in a storage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from volery.data import manifest, references
from volery.data.content import open_content
from volery.data.manifest import Entry
from volery.data.workplace import Workplace
from volery.errors import StorageError
from volery.ir.content import Content, content_to_wire
from volery.ir.values import pack
from volery.types.file_format import HEAD, check_format
from volery.types.sources.fetched import FetchedDirectory, FetchedFile
from volery.types.sources.guard import check_shared, protect
from volery.types.sources.listing import last, manifest_content, nothing
from volery.types.sources.source import DirectorySource, FileSource

if TYPE_CHECKING:
    from volery.data.storage import Storage


class StoredFile(FetchedFile):
    """A file whose bytes are in a storage."""

    def __init__(self, content: Content, storage: Storage, place: Workplace) -> None:
        super().__init__(place)
        self.content = content
        self._storage = storage

    @property
    def uri(self) -> str | None:
        return self._storage.uri(self.content.digest)

    def size(self) -> int:
        return self.content.size

    def copy(self, target: Path) -> None:
        self._storage.fetch(self.content.digest, self.content.size, target)

    def reader(self) -> BinaryIO:
        return open_content(self.content, self._storage)

    def writer(self) -> BinaryIO:
        raise StorageError(
            f"{self.name} is an input, which cannot be written",
            hint="write another file, such as File.new(...), or a copy: f.download(to=...)",
        )

    def stored(self, storage: Storage, format: str) -> Content:
        self._check()
        if storage is not self._storage:
            references.copy(pack(content_to_wire(self.content)), self._storage, storage)
        if format and not self.content.format:
            with self.reader() as file:
                check_format(format, file.read(HEAD), self.name)
            return replace(self.content, format=format)
        return self.content

    def _fill(self, target: Path) -> None:
        kept = self._storage.in_place(self.content.digest, self.content.size)
        if kept is None:
            super()._fill(target)
            return
        target.symlink_to(kept)
        self._place.at_end(
            lambda: check_shared(self._storage, self.name, self.content.digest, self.content.size)
        )


class StoredDirectory(FetchedDirectory):
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
            index.update(("/".join(parts[:end]), None) for end in range(1, len(parts)))
            if not entry.is_folder:
                index[entry.path] = entry
        return index

    def listing(self) -> Iterator[tuple[str, int]]:
        return ((each.path, each.size) for each in self.entries)

    def find(self, name: str) -> int | None:
        if name not in self._index:
            raise nothing(name, self.name, self._index)
        entry = self._index[name]
        return None if entry is None else entry.size

    def copy(self, target: Path, batch: int | None) -> None:
        manifest.restore(self._storage, self.entries, target, batch)

    def file(self, name: str, size: int) -> FileSource:
        entry = self._index[name]
        digest = "" if entry is None else entry.digest
        content = Content(digest, size, name=last(name))
        return StoredFile(content, self._storage, self._place)

    def directory(self, name: str) -> DirectorySource:
        below = manifest.below(self.entries, name)
        return StoredDirectory(None, last(name), self._storage, self._place, below)

    def new_file(self, name: str) -> FileSource:
        raise self._refusal(name)

    def new_directory(self, name: str) -> DirectorySource:
        raise self._refusal(name)

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:  # noqa: ARG002
        self._check()
        if self._content is None:
            digest = manifest.store_manifest(self._storage, self.entries)
            self._content = manifest_content(digest, self.entries, self.name, format)
        if storage is not self._storage:
            references.copy(pack(content_to_wire(self._content)), self._storage, storage)
        return replace(self._content, format=self._content.format or format)

    def _fill(self, target: Path, batch: int | None) -> None:
        linked = [each for each in self.entries if self._link(each, target)]
        self._place.at_end(lambda: self._check_shared(linked))
        rest = set(self.entries).difference(linked)
        manifest.restore(self._storage, tuple(rest), target, batch)
        protect(target)

    def _check_shared(self, linked: Sequence[Entry]) -> None:
        for each in linked:
            check_shared(self._storage, f"{self.name}/{each.path}", each.digest, each.size)

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
