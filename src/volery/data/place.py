"""A place: where one object is, or a folder of objects, in any object store."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, cast

from volery.data.ahead import ahead
from volery.data.faults import altered, told
from volery.data.hashing import Data, hasher
from volery.data.whole import whole
from volery.errors import MissingContent, StorageError

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ObjectStore

PIECE: Final = 8 * 1024 * 1024
"""Bytes that one request reads, or writes but for the largest objects."""

WIDTH: Final = 6
"""Requests for one object at a time: enough for a fast line, and memory stays below 200 MB."""

MAX_PIECES: Final = 9_000
"""Pieces of which an object is made at most; S3 takes 10,000."""


class Entry(NamedTuple):
    """An object as its store lists it: its name from there, and when it was written."""

    name: str
    size: int
    since: float


@dataclass(frozen=True, slots=True)
class Place:
    """An object, or a folder of objects, in an object store.

    Attributes:
        store: of the library obstore.
        key: name of the object in it, without a slash at either end.
        uri: what people call it.

    Methods raise StorageError and its children.
    """

    store: ObjectStore
    key: str
    uri: str

    def __truediv__(self, name: str) -> Place:
        """The object of this name in the folder."""
        key = f"{self.key}/{name}" if self.key else name
        return Place(self.store, key, f"{self.uri.rstrip('/')}/{name}")

    @property
    def is_web(self) -> bool:
        """Whether a web server has it: those list nothing, and many read out no ranges."""
        return self.uri.startswith(("http://", "https://"))

    def size(self) -> int | None:
        """How many bytes the object has; None: there is none."""
        entry = self.entry()
        return None if entry is None else entry.size

    def entry(self) -> Entry | None:
        """The object; None: there is none."""
        import obstore

        if not self.key:  # the bucket itself
            return None
        try:
            with told("look at", self.uri):
                found = obstore.head(self.store, self.key)
        except MissingContent:
            return None
        return Entry("", found["size"], found["last_modified"].timestamp())

    def read(self, start: int, end: int) -> memoryview:
        """Bytes `start` to `end` of the object; AlteredContent if it has fewer."""
        import obstore

        if start >= end:
            return memoryview(b"")
        try:
            with told("read", self.uri):
                data = memoryview(obstore.get_range(self.store, self.key, start=start, end=end))
        except MissingContent:
            raise
        except StorageError:  # stores say in many ways that a range is out of bounds
            self._expect(end)
            raise
        if data.nbytes != end - start:
            self._expect(end)
            raise altered(self.uri, f"gave {data.nbytes} of {end - start} bytes")
        return data

    def pieces(self, start: int, end: int) -> Generator[memoryview]:
        """The same piece by piece, in order; several are read at a time."""
        if start == 0 and self.is_web:
            yield from self._stream()
            return
        spans = [(at, min(at + PIECE, end)) for at in range(start, end, PIECE)]
        if len(spans) > 1:
            yield from ahead(lambda span: self.read(*span), spans, WIDTH)
        elif spans:
            yield self.read(*spans[0])

    def open(self, size: int, digest: str = "") -> BinaryIO:
        """The object as a file for reading; with a digest it is verified on the way.

        Args:
            size: how many bytes it has.
            digest: if they are read from the beginning to the end, AlteredContent is raised when
                the digest is another.
        """
        from volery.data.reading import PlaceReader

        return io.BufferedReader(PlaceReader(self, size, digest), 64 * 1024)

    def download(self, target: Path, size: int, digest: str = "") -> None:
        """Copy the object to a file, which appears complete or not at all.

        AlteredContent is raised when a digest is given and another one comes out.
        """
        seen = hasher()
        with told("write", str(target)), whole(target) as part, part.open("xb") as file:
            for piece in self.pieces(0, size):
                if digest:
                    seen.update(piece)
                file.write(piece)
            if digest and seen.hexdigest() != digest:
                raise altered(self.uri, f"does not have the digest {digest[:12]}")

    def write(self, data: Data) -> None:
        """Make the object of bytes at hand."""
        import obstore

        view = memoryview(data).cast("B")
        if view.nbytes > PIECE:
            step = piece_of(view.nbytes)
            pieces = (bytes(view[at : at + step]) for at in range(0, view.nbytes, step))
            self.upload(pieces, view.nbytes)
            return
        with told("write", self.uri):  # a copy: what is in memory keeps what it is given
            obstore.put(self.store, self.key, bytes(view), use_multipart=False)

    def upload(self, pieces: Iterable[Data], size: int) -> None:
        """Make the object of pieces, with bounded memory; if one raises, there is none.

        Args:
            pieces: its bytes.
            size: how many bytes they are together.
        """
        import obstore

        if size <= PIECE:
            self.write(b"".join(pieces))
            return
        piece = piece_of(size)
        with told("write", self.uri):
            obstore.put(
                self.store,
                self.key,
                cast("Iterator[bytes]", iter(pieces)),
                use_multipart=True,
                chunk_size=piece,
                max_concurrency=max(1, WIDTH * PIECE // piece),
            )

    def upload_file(self, path: Path, size: int) -> None:
        """Make the object of a file."""
        self.upload(pieces_of_file(path, piece_of(size)), size)

    def remove(self) -> None:
        """Remove the object; that there is none is fine."""
        import obstore

        try:
            with told("remove", self.uri):
                obstore.delete(self.store, self.key)
        except MissingContent:
            return

    def beneath(self) -> Iterator[tuple[str, int]]:
        """The objects of the folder, at any depth: name from here and size, as they are found.

        Some programs put empty objects into buckets that stand for folders, with the same names:
        empty objects come last, without those.
        """
        empty: list[str] = []
        folders = {""}
        for name, size, _ in self.entries():
            folders.update(str(folder) for folder in PurePosixPath(name).parents)
            if size:
                yield name, size
            else:
                empty.append(name)
        yield from ((name, 0) for name in empty if name not in folders)

    def entries(self) -> Iterator[Entry]:
        """The objects of the folder, at any depth."""
        library: Any = import_module("obstore")  # it types `list` by a library that may be missing
        skip = len(self.key) + 1 if self.key else 0
        with told("list", self.uri):
            chunks: Iterator[list[ObjectMeta]] = iter(library.list(self.store, self.key or None))
        while True:
            with told("list", self.uri):
                chunk = next(chunks, None)
            if chunk is None:
                return
            for entry in chunk:
                since = entry["last_modified"].timestamp()
                yield Entry(entry["path"][skip:], entry["size"], since)

    def names(self) -> list[str]:
        """The last parts of the names of what is directly in the folder, folders among it."""
        library: Any = import_module("obstore")  # as in `entries`
        with told("list", self.uri):
            found = library.list_with_delimiter(self.store, self.key or None)
        keys = [*found["common_prefixes"], *(entry["path"] for entry in found["objects"])]
        return [key.rpartition("/")[2] for key in keys]

    def _stream(self) -> Iterator[memoryview]:
        import obstore

        with told("read", self.uri):
            stream = iter(obstore.get(self.store, self.key).stream(PIECE))
        while True:
            with told("read", self.uri):
                data = next(stream, None)
            if data is None:
                return
            yield memoryview(data)

    def _expect(self, end: int) -> None:
        size = self.size()
        if size is not None and size < end:
            raise altered(self.uri, f"has {size} bytes, {end} or more are expected")


def piece_of(size: int) -> int:
    """How many bytes of an object of some size are written at once."""
    return max(PIECE, -(-size // MAX_PIECES))


def pieces_of_file(path: Path, piece: int) -> Generator[bytes]:
    """A file, piece by piece."""
    with told("read", str(path)):
        file = path.open("rb", buffering=0)
    with file:
        while True:
            with told("read", str(path)):
                data = file.read(piece)
            if not data:
                return
            yield data
