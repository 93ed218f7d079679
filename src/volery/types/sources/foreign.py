"""Files and directories at places of somebody else's, known by their URI."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from msgspec.structs import replace

from volery.data import remote
from volery.data.faults import told
from volery.data.hashing import digest_of_file
from volery.data.names import check_name
from volery.data.places import parts_of, path_of
from volery.data.whole import whole
from volery.data.workplace import Workplace
from volery.errors import AlteredContent, MissingContent
from volery.ir.content import Content
from volery.types.file_format import HEAD, check_format
from volery.types.sources.fetched import FetchedDirectory, FetchedFile
from volery.types.sources.listing import last
from volery.types.sources.sink import sink
from volery.types.sources.source import DirectorySource, FileSource

if TYPE_CHECKING:
    from volery.data.storage import Storage


class ForeignFile(FetchedFile):
    """A file at a place of somebody else's; what is known of it may be its URI alone."""

    uri: str

    def __init__(self, content: Content, place: Workplace) -> None:
        super().__init__(place)
        self.content = content
        self.uri = content.uri

    def size(self) -> int:
        return self.content.size if self.content.size >= 0 else remote.size_of(self.uri)

    def copy(self, target: Path) -> None:
        with whole(target) as part:  # nothing is left of what is not as expected
            remote.download(self.uri, part)
            self._verify(part)

    def reader(self) -> BinaryIO:
        return remote.open_uri(self.uri, self.content.digest)

    def writer(self) -> BinaryIO:
        return sink(remote.open_writer(self.uri))

    def stored(self, storage: Storage, format: str) -> Content:  # noqa: ARG002 - it stays there
        self._check()
        return replace(self.content, format=self.content.format or format)

    def _fetch(self) -> Path:
        path = path_of(self.uri)
        if path is None:
            return super()._fetch()
        if not path.exists():
            raise _gone(path)
        self._verify(path)
        return path

    def _verify(self, path: Path) -> None:
        with told("read", self.uri), path.open("rb") as file:
            check_format(self.content.format, file.read(HEAD), self.name)
        if self.content.digest and digest_of_file(path) != self.content.digest:
            raise AlteredContent(
                f"{self.uri} was changed since it was passed on",
                hint="run again what wrote it, and never write to the same place twice",
            )


class ForeignDirectory(FetchedDirectory):
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
        content = Content(size=size, uri=self._at(name), name=last(name))
        return ForeignFile(content, self._place)

    def directory(self, name: str) -> DirectorySource:
        return ForeignDirectory(Content(uri=self._at(name), name=last(name)), self._place)

    def new_file(self, name: str) -> FileSource:
        return self.file(name, -1)

    def new_directory(self, name: str) -> DirectorySource:
        return self.directory(name)

    def stored(self, storage: Storage, format: str, batch: int | None) -> Content:  # noqa: ARG002
        self._check()
        return replace(self._content, format=self._content.format or format)

    def _fetch(self, batch: int | None) -> Path:
        path = path_of(self.uri)
        if path is None:
            return super()._fetch(batch)
        if not path.is_dir():
            raise _gone(path)
        return path

    def _at(self, name: str) -> str:
        escaped = parts_of(self.uri).scheme in {"file", "memory", "http", "https"}
        return f"{self.uri.rstrip('/')}/{quote(name) if escaped else name}"


def _gone(path: Path) -> MissingContent:
    return MissingContent(
        f"{path} is not there", hint="it was passed by reference: it has to stay there"
    )
