"""What containers print, as a Docker engine gives it: frames, in which each line has its time.

A frame is the number of its stream (one byte: 1 is stdout, 2 stderr), three zeros, the length of
its body (4 bytes, big-endian) and the body: a time, a space, and a line or a part of one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

_HEADER: Final = 8


class Frame(NamedTuple):
    """A line, or a part of one.

    Attributes:
        stream: 1 is stdout, 2 is stderr.
        at: when it was printed, as the engine writes times: they can be compared as texts.
    """

    stream: int
    at: str
    text: bytes


class PieceReader:
    """Cuts a stream of bytes into the bodies of frames, each with the number of its stream."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Those that are complete now that `data` has come."""
        buffer = self._buffer
        buffer += data
        pieces: list[tuple[int, bytes]] = []
        start = 0
        while (body := start + _HEADER) <= len(buffer):
            end = body + int.from_bytes(buffer[start + 4 : body])
            if end > len(buffer):
                break
            pieces.append((buffer[start], bytes(buffer[body:end])))
            start = end
        del buffer[:start]
        return pieces


class FrameReader:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._pieces = PieceReader()

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are complete now that `data` has come."""
        frames: list[Frame] = []
        for stream, body in self._pieces.feed(data):
            at, _, text = body.partition(b" ")
            frames.append(Frame(stream, at.decode("ascii", "replace"), text))
        return frames


def seconds(at: str) -> float:
    """A time of the engine's in seconds since the epoch; 0: it is none."""
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return 0.0
