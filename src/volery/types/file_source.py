"""Where the bytes of a file are: on this machine, in a storage, at somebody else's, or nowhere yet.

Each kind of place can hand out the bytes as a stream and as a local file, and can say what a value
says about them.
"""

from __future__ import annotations

import io
import os
import stat
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal, Protocol, Self, cast

from msgspec.structs import replace

from volery.data import remote
from volery.data.content import open_content
from volery.data.faults import told
from volery.data.hashing import digest_of_file
from volery.data.places import parts_of, path_of
from volery.data.references import copy
from volery.data.workplace import Workplace, new_folder
from volery.errors import AlteredContent, MissingContent, StorageError, TypeMismatch
from volery.ir.content import Content, content_to_wire
from volery.ir.values import pack
from volery.types.file_format import HEAD, check_format, preview_of
from volery.types.mismatch import preview
from volery.types.names import is_name

if TYPE_CHECKING:
    from volery.data.storage import Storage, Writer


class Taker(Protocol):
    """Takes bytes as they come."""

    def write(self, data: memoryview, /) -> int: ...


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


class LocalFile:
    """A file of the user's."""

    content: Content | None = None
    uri: str | None = None

    def __init__(self, path: Path) -> None:
        self.path: Final = path

    @property
    def name(self) -> str:
        return os.fsencode(self.path.name).decode(errors="replace")

    def size(self) -> int:
        return self.path.stat().st_size

    def digest(self) -> str | None:
        return digest_of_file(self.path)

    def local(self) -> Path:
        return self.path

    def copy(self, target: Path) -> None:
        import shutil

        shutil.copyfile(self.path, target)

    def reader(self) -> BinaryIO:
        return self.path.open("rb")

    def writer(self) -> BinaryIO:
        return self.path.open("wb")

    def stored(self, storage: Storage, format: str) -> Content:
        name, head = self._checked(format)
        found = storage.put_file(self.path)
        shown = preview_of(head, whole=found.size <= len(head))
        return Content(found.digest, found.size, name=name, format=format, preview=shown)

    def _checked(self, format: str) -> tuple[str, bytes]:
        """Name and beginning of the file, once it is known to be one, and of the right format."""
        with told("read", str(self.path)):
            mode = self._mode()
            if not stat.S_ISREG(mode):
                raise self._refusal(mode)
            with self.reader() as file:
                head = file.read(HEAD)
        check_format(format, head, self.name)
        return self.name, head

    def _mode(self) -> int:
        """The type of file; 0 for none."""
        try:
            return self.path.stat().st_mode
        except PermissionError:
            raise
        except (OSError, ValueError):  # or what is no path: too long, a link to itself, with NUL
            return 0

    def _refusal(self, mode: int) -> TypeMismatch:
        what, hint = "it is no regular file", "copy its content to a file"
        if not mode:
            what, hint = "it does not exist", f"write it first, or give its path from {Path.cwd()}"
        elif stat.S_ISDIR(mode):
            what, hint = "it is a directory", "declare Directory"
        return TypeMismatch(f"expected a file, got {preview(str(self.path))}: {what}", hint=hint)


class ReferencedFile(LocalFile):
    """A file of the user's that stays where it is: others are told the place."""

    def stored(self, storage: Storage, format: str) -> Content:  # noqa: ARG002 - it is not stored
        name, _ = self._checked(format)
        return Content(uri=self.path.absolute().as_uri(), name=name, format=format)


class UploadedFile(LocalFile):
    """A file of the user's that goes to a place of the user's choice."""

    def __init__(self, path: Path, target: str) -> None:
        super().__init__(path)
        self._target = target

    def stored(self, storage: Storage, format: str) -> Content:  # noqa: ARG002 - it goes elsewhere
        name, head = self._checked(format)
        remote.upload(self.path, self._target)
        size = self.size()
        return Content(
            digest_of_file(self.path),
            size,
            uri=self._target,
            name=name,
            format=format,
            preview=preview_of(head, whole=size <= len(head)),
        )


class _Fetched:
    """A file that is brought here when a local one is first asked for, once for all threads."""

    content: Content

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._local: Path | None = None

    @property
    def name(self) -> str:
        return self.content.name or "file"

    def digest(self) -> str | None:
        return self.content.digest or None

    def local(self) -> Path:
        with self._lock:
            if self._local is None:
                self._local = self._fetch()
            return self._local

    def _fetch(self) -> Path: ...

    def _target(self) -> Path:
        """Where a file of this name can be put, in a folder of its own."""
        return new_folder(self._place, "file-") / self.name


class StoredFile(_Fetched):
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
        if storage is not self._storage:
            copy(pack(content_to_wire(self.content)), self._storage, storage)
        if format and not self.content.format:
            with self.reader() as file:
                check_format(format, file.read(HEAD), self.name)
        return self.content

    def _fetch(self) -> Path:
        target = self._target()
        kept = self._storage.in_place(self.content.digest, self.content.size)
        if kept is None:
            self.copy(target)
        else:
            target.symlink_to(kept)
        return target


class ForeignFile(_Fetched):
    """A file at a place of somebody else's; what is known of it may be its URI alone."""

    uri: str

    def __init__(self, content: Content, place: Workplace) -> None:
        super().__init__(place)
        self.content = content
        self.uri = content.uri

    def size(self) -> int:
        return self.content.size if self.content.size >= 0 else remote.size_of(self.uri)

    def copy(self, target: Path) -> None:
        remote.download(self.uri, target)
        self._verify(target)

    def reader(self) -> BinaryIO:
        return remote.open_uri(self.uri)

    def writer(self) -> BinaryIO:
        opened = remote.open_writer(self.uri)
        return cast("BinaryIO", _Sink(opened, opened.__enter__()))

    def stored(self, storage: Storage, format: str) -> Content:  # noqa: ARG002 - it stays there
        return replace(self.content, format=self.content.format or format)

    def _fetch(self) -> Path:
        path = path_of(self.uri)
        if path is None:
            self.copy(path := self._target())
        elif path.exists():
            self._verify(path)
        else:
            raise MissingContent(
                f"{path} is not there", hint="it was passed by reference: it has to stay there"
            )
        return path

    def _verify(self, path: Path) -> None:
        with path.open("rb") as file:
            check_format(self.content.format, file.read(HEAD), self.name)
        if self.content.digest and digest_of_file(path) != self.content.digest:
            raise AlteredContent(
                f"{self.uri} was changed since it was passed on",
                hint="run again what wrote it, and never write to the same place twice",
            )


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
        opened = self._storage.writer()
        taker = opened.__enter__()
        return cast("BinaryIO", _Sink(opened, taker, lambda: self._keep(taker)))

    def stored(self, storage: Storage, format: str) -> Content:
        return self._found().stored(storage, format)

    def _keep(self, written: Writer) -> None:
        content = Content(written.digest, written.size, name=self.name)
        self._written = StoredFile(content, self._storage, self._place)

    def _found(self) -> StoredFile:
        if self._written is None:
            raise StorageError(
                f"nothing has been written to {self.name}",
                hint='write it first: with f.open("w") as stream: ...',
            )
        return self._written


class _Sink(io.RawIOBase):
    """A stream to a place where bytes appear whole: not if the ``with`` block around it raises.

    Args:
        opened: what gave the taker, to be told of the end.
        taker: takes the bytes.
        done: is called when they are there.
    """

    def __init__(
        self,
        opened: AbstractContextManager[Taker],
        taker: Taker,
        done: Callable[[], object] | None = None,
    ) -> None:
        super().__init__()
        self._opened = opened
        self._taker = taker
        self._done = done

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return self._taker.write(memoryview(data).cast("B"))

    def close(self) -> None:
        self._end(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._end(cast("BaseException | None", exception[1]))

    def _end(self, error: BaseException | None) -> None:
        if self.closed:
            return
        super().close()
        self._opened.__exit__(type(error) if error else None, error, None)
        if error is None and self._done is not None:
            self._done()


class TextStream(io.TextIOWrapper):
    """Text in a stream of bytes, which is told how the ``with`` block ended."""

    def __exit__(self, *exception: object) -> None:
        if exception[0] is not None:
            cast("Any", self.buffer).__exit__(*exception)
        self.close()


def file_source(
    place: str | os.PathLike[str], remote: str | Literal[False] | None, workplace: Workplace
) -> FileSource:
    """Where a file is that was named by a path or a URI.

    Args:
        place: the path or URI.
        remote: a URI to upload a local file to; False: it stays where it is.
        workplace: where it is brought if it is elsewhere.
    """
    text = os.fspath(place)
    if is_uri(text):
        refuse_upload(text, remote)
        return ForeignFile(Content(uri=text, name=name_of(text)), workplace)
    match remote:
        case None:
            return LocalFile(Path(text))
        case False:
            return ReferencedFile(Path(text))
        case str():
            return UploadedFile(Path(text), remote)


def refuse_upload(uri: str, remote: str | Literal[False] | None) -> None:
    """Refuse to upload what is elsewhere already."""
    if isinstance(remote, str):
        raise StorageError(
            f"{uri} is not on this machine: it is passed on by reference, not to {remote}",
            hint="download it first, and pass the local path",
        )


def is_uri(text: str) -> bool:
    """Whether a text is meant as a URI."""
    return "://" in text


def name_of(uri: str) -> str:
    """The name that a URI ends with; empty where that can be no name of a file."""
    name = parts_of(uri).key.rpartition("/")[2]
    return name if is_name(name) else ""
