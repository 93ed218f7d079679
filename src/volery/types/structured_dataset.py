"""A table that steps exchange, whatever libraries they use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from volery.errors import TypeMismatch
from volery.types.in_models import InModels

if TYPE_CHECKING:
    from volery.types.frames.library import FrameLibrary
    from volery.types.frames.reading import StoredFrame

FrameT = TypeVar("FrameT")


class DatasetMetadata(NamedTuple):
    """What is known about a dataset without reading its rows.

    Attributes:
        columns: names and Arrow types of those that are declared, or of all.
        rows: how many; None where only reading all of them would tell.
        format: how it is written, such as ``parquet``.
    """

    columns: dict[str, str]
    rows: int | None
    format: str


class StructuredDataset(InModels):
    """A table that is made with one library and read with any.

    A step returns ``StructuredDataset(dataframe=frame)``, or ``StructuredDataset(uri="s3://...")``
    for a file or a folder of files that exists already and stays where it is. The next one reads
    it by ``dataset.open(pandas.DataFrame).all()``, or piece by piece with ``iter()``.

    Args:
        dataframe: a frame of pandas, polars or pyarrow.
        file_format: ``parquet``, unless it says ``csv`` or ``arrow``; of files that exist it may
            also be ``json``.
        uri: where the data is; with a dataframe, where to write it. A path is a URI, too.

    Attributes:
        dataframe: what the dataset was made of; None where it came from another step.
        stored: where codecs keep it; None: nobody has stored or read it yet.
    """

    def __init__(
        self, dataframe: Any = None, file_format: str | None = None, uri: str | None = None
    ) -> None:
        self.dataframe = dataframe
        self._format = (file_format or "").lower()
        self._uri = uri or ""
        self.stored: StoredFrame | None = None
        self._opened: OpenDataset[Any] | None = None

    @property
    def file_format(self) -> str:
        """How it is written; empty as long as nobody has said it."""
        return self._format if self.stored is None else self.stored.format

    @property
    def uri(self) -> str:
        """Where the data is, for people and other programs; empty where it is in the value."""
        return self._uri if self.stored is None else self.stored.uri

    @property
    def metadata(self) -> DatasetMetadata:
        """Columns, number of rows and format."""
        stored = self._kept()
        names = stored.declared or stored.schema.names
        columns = {name: str(stored.schema.field(name).type) for name in names}
        return DatasetMetadata(columns, stored.rows_told, stored.format)

    def open(self, frame: type[FrameT]) -> OpenDataset[FrameT]:
        """Say as what it is read; nothing is read yet.

        Args:
            frame: ``pandas.DataFrame``, ``polars.DataFrame``, ``polars.LazyFrame``,
                ``pyarrow.Table`` or ``pyarrow.RecordBatchReader``.

        Raises:
            TypeMismatch: it is none of them.
        """
        from volery.types.frames.classes import KNOWN, is_frame, library_of

        if not is_frame(frame):
            raise TypeMismatch(
                f"a dataset cannot be opened as {frame!r}", hint=f"open it as one of: {KNOWN}"
            )
        self._opened = OpenDataset(self._kept(), library_of(frame))
        return self._opened

    def all(self) -> Any:
        """The whole frame, of the class that `open` was called with."""
        return self._as_opened().all()

    def iter(self) -> Iterator[Any]:
        """Frames of some rows each, of the class that `open` was called with."""
        return self._as_opened().iter()

    def __repr__(self) -> str:
        if self.dataframe is not None:
            return f"StructuredDataset(dataframe=<{type(self.dataframe).__qualname__}>)"
        return f"StructuredDataset(uri={self.uri!r}, file_format={self.file_format!r})"

    def _as_opened(self) -> OpenDataset[Any]:
        if self._opened is None:
            raise TypeMismatch(
                "this dataset has not been opened: nobody has said which library reads it",
                hint="dataset.open(pandas.DataFrame).all()",
            )
        return self._opened

    def _kept(self) -> StoredFrame:
        """Where it is kept; a dataset that was made here and is read here is stored now."""
        if self.stored is None:
            from volery.types.frames.datasets import stored_of

            self.stored = stored_of(self)
        return self.stored


class OpenDataset(Generic[FrameT]):
    """A dataset together with the class of frames as which it is read."""

    def __init__(self, stored: StoredFrame, library: FrameLibrary) -> None:
        self.stored = stored
        self._library = library

    def all(self) -> FrameT:
        """The whole frame."""
        return self._library.whole(self.stored)

    def iter(self) -> Iterator[FrameT]:
        """Frames of some rows each, with bounded memory: a part of a file is read at a time."""
        return self._library.pieces(self.stored)
