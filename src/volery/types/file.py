"""Files as values: `File`, and names for common formats."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Literal, Self, TextIO, cast, overload

from volery.data.current import current
from volery.data.workplace import workplace
from volery.errors import StorageError
from volery.ir.content import Content
from volery.types.formatted import Format_co, Formatted
from volery.types.in_models import InModels
from volery.types.names import inside, plain_name
from volery.types.sources.foreign import ForeignFile
from volery.types.sources.local import LocalFile
from volery.types.sources.named import file_source
from volery.types.sources.new import NewFile
from volery.types.sources.sink import TextStream
from volery.types.sources.source import FileSource

if TYPE_CHECKING:
    from volery.data.storage import Storage


class File(InModels, Formatted[Format_co], os.PathLike[str]):
    """A file that travels between tasks; what counts is its content.

    As an input it is lazy: `open` reads it as a stream, `path`, `download` and Python's own
    ``open(f)`` bring it here first, once. As an output it is stored, unless it is stored already.

    Args:
        path: of a local file, or the URI of one elsewhere, which is passed on by reference.
        remote_path: a URI to upload a local file to, in place of the storage; False: it is not
            uploaded at all, but passed on by reference to where it is.

    Errors are those of the place where the file is: OSError for a local file, StorageError and its
    children for others.
    """

    __slots__ = ("format", "source")

    source: FileSource
    """Where the bytes are."""
    format: str
    """As declared; empty where any will do."""

    def __init__(
        self, path: str | os.PathLike[str], *, remote_path: str | Literal[False] | None = None
    ) -> None:
        self.source = file_source(path, remote_path, workplace())
        self.format = ""

    @classmethod
    def of(cls, source: FileSource, format: str = "") -> Self:
        """The file whose bytes are at a place."""
        made = cls.__new__(cls)
        made.source = source
        made.format = format
        return made

    # -- making files --------------------------------------------------------------------------

    @classmethod
    def new(cls, name: str | os.PathLike[str]) -> Self:
        """A file that is yet to be written, in the working directory of the attempt.

        Raises:
            StorageError: the name leads out of the working directory.
        """
        path = inside(workplace().working_directory, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(path)

    @classmethod
    def new_remote(cls, name: str | None = None, alt: str | None = None) -> Self:
        """A file that is yet to be written, as a stream, with no local copy.

        Args:
            name: that people know it by.
            alt: URI of a folder to write it in; by default it goes to the storage.

        Raises:
            StorageError: the name is no file name.
        """
        called = plain_name("file" if name is None else name)
        if alt is None:
            return cls.of(NewFile(called, current(), workplace()))
        return cls(f"{fresh(alt)}/{called}")

    new_remote_file = new_remote
    """As in Flyte."""

    @classmethod
    def from_source(cls, uri: str) -> Self:
        """A file that is elsewhere, passed on by reference."""
        return cls(uri)

    # -- what is known about it ----------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name, without folders."""
        return self.source.name

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.source.size()

    @property
    def digest(self) -> str | None:
        """The digest (BLAKE3) of its bytes; None for one elsewhere whose bytes nobody has read."""
        return self.source.digest()

    @property
    def remote_source(self) -> str | None:
        """Where it comes from, as a URI; None for a file of this machine."""
        return self.source.uri

    # -- its bytes -----------------------------------------------------------------------------

    @property
    def path(self) -> str:
        """A local file, for reading, of the same name. It is brought here when first asked for."""
        return str(self.source.local())

    def __fspath__(self) -> str:
        return self.path

    def download(self, to: str | os.PathLike[str] | None = None) -> str:
        """Bring the file here; returns its local path.

        Args:
            to: a path, or a folder that exists, for a copy of your own that can be written; by
                default there is one file for reading in the working directory.
        """
        if to is None:
            return self.path
        target = Path(to)
        if target.is_dir():
            target /= self.name
        self.source.copy(target)
        return str(target)

    @overload
    def open(self, mode: Literal["rb", "wb"], *, encoding: None = None) -> BinaryIO: ...
    @overload
    def open(
        self,
        mode: Literal["r", "rt", "w", "wt"] = "r",
        *,
        encoding: str | None = None,
        newline: str | None = None,
    ) -> TextIO: ...
    @overload
    def open(
        self, mode: str, *, encoding: str | None = None, newline: str | None = None
    ) -> IO[Any]: ...
    def open(
        self, mode: str = "r", *, encoding: str | None = None, newline: str | None = None
    ) -> IO[Any]:
        """The file as a stream: only what is read is fetched, and nothing is kept on disk.

        Args:
            mode: ``r``, ``rb``, ``w`` or ``wb``. What is written to a storage or elsewhere is there
                when the stream is closed; if its ``with`` block raises, nothing is.
            encoding: of text; UTF-8 by default.
            newline: as for Python's ``open``.
        """
        match "".join(sorted(mode)):
            case "br":
                return self.source.reader()
            case "bw":
                return self.source.writer()
            case "r" | "rt":
                raw = self.source.reader()
                return cast("TextIO", TextStream(raw, encoding or "utf-8", newline=newline))
            case "w" | "tw":
                raw = self.source.writer()
                return cast("TextIO", TextStream(raw, encoding or "utf-8", newline=newline))
            case _:
                raise StorageError(
                    f"mode {mode!r} is not known",
                    hint="open a file with r, rb, w or wb; for others use open(f.download(to=...))",
                )

    def stored(self, storage: Storage, format: str) -> Content:
        """What a value says about the file, whose bytes others find from now on.

        Args:
            storage: where the bytes go that are nowhere else.
            format: that is declared; empty where any will do.

        Raises:
            TypeMismatch: there is no such file, or it is of another format.
            StorageError: it cannot be read or stored.
        """
        return self.source.stored(storage, self.format or format)

    # -- as an object --------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        """Whether another file has the same content, as far as it is known, or the same place."""
        if not isinstance(other, File):
            return NotImplemented
        mine, theirs = self.source, other.source
        if isinstance(mine, ForeignFile) or isinstance(theirs, ForeignFile):
            return mine.uri == theirs.uri
        return mine is theirs or mine.digest() == theirs.digest()

    __hash__ = None  # pyright: ignore[reportAssignmentType] - its content may be yet to come

    def __repr__(self) -> str:
        match self.source:
            case LocalFile(path=path):
                place = str(path)
            case ForeignFile(uri=uri):
                place = uri
            case _:
                place = self.name
        return f"File({place!r})"


def fresh(folder: str) -> str:
    """The URI of a folder inside another that nobody has written to."""
    from uuid import uuid4

    return f"{folder.rstrip('/')}/{uuid4().hex}"


CSVFile = File[Literal["csv"]]
HDF5EncodedFile = File[Literal["hdf5"]]
HTMLPage = File[Literal["html"]]
JoblibSerializedFile = File[Literal["joblib"]]
JPEGImageFile = File[Literal["jpeg"]]
JSONLFile = File[Literal["jsonl"]]
ONNXFile = File[Literal["onnx"]]
PDFFile = File[Literal["pdf"]]
PNGImageFile = File[Literal["png"]]
PythonNotebook = File[Literal["ipynb"]]
PythonPickledFile = File[Literal["python_pickle"]]
SVGImageFile = File[Literal["svg"]]
TFRecordFile = File[Literal["tfrecord"]]
