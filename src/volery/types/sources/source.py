"""What every place of a file or a directory can do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from volery.ir.content import Content

if TYPE_CHECKING:
    from volery.data.storage import Storage


class FileSource(Protocol):
    """A place where the bytes of a file are, or will be.

    Attributes:
        name: of the file, without folders.
        content: what is known about the bytes; None: they are the user's own, or not there yet.
        uri: where they are, for people and other programs; None: on this machine only.
    """

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> Content | None: ...
    @property
    def uri(self) -> str | None: ...

    def size(self) -> int:
        """How many bytes there are."""
        ...

    def digest(self) -> str | None:
        """The digest of the bytes; None where they would have to be fetched for it."""
        ...

    def local(self) -> Path:
        """A local file with the bytes, for reading; fetched when this is first asked for."""
        ...

    def copy(self, target: Path) -> None:
        """Make a local copy that can be written."""
        ...

    def reader(self) -> BinaryIO:
        """The bytes as a stream; only what is read is fetched."""
        ...

    def writer(self) -> BinaryIO:
        """Takes other bytes, which are there when it is closed."""
        ...

    def stored(self, storage: Storage, format: str) -> Content:
        """See to it that others find the bytes; returns what a value says about them."""
        ...


class DirectorySource(Protocol):
    """A place where the files of a directory are, or will be.

    Names in it are relative, with ``/`` between their parts, and have been checked.

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
