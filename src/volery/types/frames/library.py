"""The libraries whose frames travel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from volery.types.frames import faults
from volery.types.frames.arrow import Rows, Table, pa
from volery.types.frames.reading import StoredFrame


class FrameLibrary(ABC):
    """How the frames of one class become Arrow data and back."""

    @abstractmethod
    def to_rows(self, frame: Any, path: str) -> Rows:
        """The rows of a frame, with as few copies as possible.

        Raises TypeMismatch for what cannot come back as it was.
        """

    @abstractmethod
    def from_table(self, table: Table, declared: list[str] | None) -> Any:
        """A frame of a table that has `columns`, or of some rows of one.

        Args:
            table: the rows.
            declared: the columns that the frame is to have, in order; None: all.
        """

    def columns(self, stored: StoredFrame) -> list[str] | None:
        """The columns of a stored frame that a frame is made of; None: all."""
        return stored.declared

    def whole(self, stored: StoredFrame) -> Any:
        """The whole frame. Raises TypeMismatch for a file that does not make one."""
        with faults.reading(stored.format, stored.path):
            return self.read(stored)

    def read(self, stored: StoredFrame) -> Any:
        """The whole frame; libraries that have a better way than a table take it."""
        return self.from_table(stored.table(self.columns(stored)), stored.declared)

    def pieces(self, stored: StoredFrame) -> Iterator[Any]:
        """The frame piece by piece, with bounded memory."""
        for batch in stored.batches(self.columns(stored)):
            with faults.reading(stored.format, stored.path):
                piece = self.from_table(pa.Table.from_batches([batch]), stored.declared)
            yield piece
