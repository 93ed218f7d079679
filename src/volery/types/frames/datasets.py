"""What a `StructuredDataset` becomes as a value."""

from __future__ import annotations

import msgspec

from volery.data.current import current
from volery.errors import TypeMismatch
from volery.ir.content import Content
from volery.ir.types import FrameType
from volery.types.frames.classes import KNOWN, is_frame, library_of
from volery.types.frames.files import as_uri, reference
from volery.types.frames.reading import StoredFrame
from volery.types.frames.writing import store
from volery.types.mismatch import at, mismatch
from volery.types.structured_dataset import StructuredDataset


def stored_of(dataset: StructuredDataset) -> StoredFrame:
    """A dataset that was made in this process, stored."""
    return StoredFrame(content_of(dataset, FrameType(), "$"), current(), (), "$")


def content_of(dataset: StructuredDataset, kind: FrameType, path: str) -> Content:
    """What a value says about a dataset; a frame that is in memory is written.

    Args:
        dataset: the dataset.
        kind: its declared columns and format.
        path: where it stands in the whole.
    """
    if dataset.stored is not None:
        return _passed_on(dataset.stored, kind, path)
    kind = _with_format(kind, dataset.file_format, path)
    frame: object = dataset.dataframe
    if frame is not None:
        if not is_frame(type(frame)):
            raise mismatch("a frame", frame, path, hint=f"it is one of: {KNOWN}")
        rows = library_of(type(frame)).to_rows(frame, path)
        return store(rows, kind, path, as_uri(dataset.uri, path) if dataset.uri else "")
    if not dataset.uri:
        raise TypeMismatch(
            f"the dataset{at(path)} has neither a dataframe nor a uri",
            hint="StructuredDataset(dataframe=...) or StructuredDataset(uri=...)",
            path=path,
        )
    return reference(dataset.uri, kind, path)


def _with_format(kind: FrameType, asked: str, path: str) -> FrameType:
    """The declared type with the format that a dataset asks for."""
    if kind.format and asked not in {"", kind.format}:
        raise TypeMismatch(
            f"the dataset{at(path)} asks for format {asked}, declared is {kind.format}",
            hint="leave out file_format, or declare it the same",
            path=path,
        )
    return msgspec.structs.replace(kind, format=kind.format or asked)


def _passed_on(stored: StoredFrame, kind: FrameType, path: str) -> Content:
    """A dataset that came from another step: as it is, if it is what is declared."""
    again = StoredFrame(stored.content, stored.storage, kind.columns, path)
    is_format = kind.format in {"", stored.format}
    if is_format and (stored.content.uri or again.declared in (None, stored.schema.names)):
        return stored.content
    return store(again.rows(again.declared), kind, path)
