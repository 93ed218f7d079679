"""`StructuredDataset`: frames whose library nobody has to agree on; else like other frames."""

from __future__ import annotations

from typing import Any

from volery.data.current import current
from volery.ir.content import content_to_wire
from volery.ir.types import FrameType
from volery.ir.values import Wire
from volery.types.builtin.frame import content_of_frame, declared
from volery.types.codec import Codec
from volery.types.frames.classes import is_frame
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.structured_dataset import StructuredDataset


class StructuredDatasetCodec:
    """Datasets; the wire form is a `Content`. One that came from another step is not read."""

    __slots__ = ("type",)

    def __init__(self, kind: FrameType) -> None:
        self.type = kind

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not StructuredDataset:
            hint = None
            if is_frame(type(value)):
                hint = "wrap the frame: StructuredDataset(dataframe=...)"
            raise mismatch("StructuredDataset", value, path, hint=hint)
        from volery.types.frames.datasets import content_of

        return content_to_wire(content_of(value, self.type, path))

    def from_wire(self, wire: Wire, path: str) -> StructuredDataset:
        from volery.types.frames.reading import StoredFrame

        content = content_of_frame(wire, self.type, path)
        stored = StoredFrame(content, current(), self.type.columns, path)
        if self.type.columns and not content.uri:
            stored.check()  # now, where the step is about to begin
        dataset = StructuredDataset()
        dataset.stored = stored
        return dataset


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    return StructuredDatasetCodec(declared(annotation, codec_for)[1])
