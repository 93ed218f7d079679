"""The log of one container: from its stream to records, from the beginning on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from volery.executors.contained.lines import LineReader
from volery.executors.docker.frames import FrameReader, seconds
from volery.wire.logs import LogRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from volery.executors.docker.api import Stream
    from volery.executors.docker.frames import Frame

MOST: Final = 1 << 20
"""Bytes that are read of what a container has left when it ended; of more, only the last lines."""
_STDERR: Final = 2


class ContainerLog:
    """Reads what a container prints. It never waits.

    A stream that broke off is followed by another one, which may repeat what has been read: times
    tell. They are the engine's, so that whoever reads a log again gets the same records.

    Args:
        stream: from the beginning on.
        blot: see `LineReader`.

    Attributes:
        stream: see there; None: there is none at the moment.
        ended: nothing comes on this stream any more.
        behind: bytes that were read since the container ended.
    """

    def __init__(self, stream: Stream, blot: Callable[[str], str] | None) -> None:
        self.stream: Stream | None = stream
        self.ended = False
        self.behind = 0
        self._frames = FrameReader()
        self._stdout = LineReader("stdout", blot)
        self._stderr = LineReader("stderr", blot)
        self._last = ""
        self._seen = ""
        """Lines up to this time have been read from the stream before."""

    @property
    def began(self) -> float | None:
        """When user code began, as the worker has said."""
        return self._stderr.began

    @property
    def since(self) -> str:
        """Where the next stream has to begin, as the engine wants it."""
        return f"{seconds(self._last):.6f}" if self._last else ""

    def tail(self) -> str:
        """The last lines of stderr."""
        return self._stderr.tail()

    def go_on(self, stream: Stream, note: str = "") -> list[LogRecord]:
        """Read another stream from now on; the note is a record between them."""
        self.hang_up()
        self.stream = stream
        self.ended = False
        self._frames = FrameReader()
        self._seen = self._last
        return [LogRecord(seconds(self._last), "log", note)] if note else []

    def read(self, *, ended: bool) -> list[LogRecord]:
        """The records of what is there at the moment.

        Args:
            ended: the container has.
        """
        data = self.stream.read() if self.stream is not None and not self.ended else None
        self.ended = self.ended or data == b""
        if not data:
            return []
        if ended:
            self.behind += len(data)
        return [
            record
            for frame in self._frames.feed(data)
            if frame.at > self._seen
            for record in self._read(frame)
        ]

    def end(self) -> list[LogRecord]:
        """The records of last lines without an end."""
        at = seconds(self._last)
        return [*self._stdout.end(at), *self._stderr.end(at)]

    def hang_up(self) -> None:
        """Close the stream."""
        if self.stream is not None:
            self.stream.close()
            self.stream = None

    def _read(self, frame: Frame) -> list[LogRecord]:
        self._last = frame.at
        reader = self._stderr if frame.stream == _STDERR else self._stdout
        return reader.feed(frame.text, seconds(frame.at))
