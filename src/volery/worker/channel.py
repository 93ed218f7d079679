"""Channels: frames over file descriptors that never keep anybody waiting."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress

from volery.worker.protocol import CHUNK, FrameReader


class Channel:
    """One end of a stream of frames.

    Args:
        reading: file descriptor; both are made non-blocking.
        writing: file descriptor, which may be the same.

    Attributes:
        deaf: the other end does not read any more, as sending has shown.
    """

    def __init__(self, reading: int, writing: int) -> None:
        for each in (reading, writing):
            os.set_blocking(each, False)
        self.reading = reading
        self.writing = writing
        self.deaf = False
        self._reader = FrameReader()
        self._outbox: deque[memoryview] = deque()

    @property
    def waiting(self) -> int:
        """Bytes that wait for room on their way out."""
        return sum(map(len, self._outbox))

    def send(self, data: bytes | bytearray) -> None:
        """Send, as far as it goes without waiting; `flush` sends the rest."""
        self._outbox.append(memoryview(data))
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as it goes. What nobody reads any more is dropped."""
        try:
            while self._outbox:
                sent = os.write(self.writing, self._outbox[0])
                self._outbox[0] = self._outbox[0][sent:]
                if not self._outbox[0]:
                    self._outbox.popleft()
        except BlockingIOError:
            pass
        except OSError:
            self._outbox.clear()
            self.deaf = True

    def receive(self) -> list[bytes] | None:
        """The bodies that have become complete; None: the other end is gone."""
        try:
            data = os.read(self.reading, CHUNK)
        except BlockingIOError:
            return []
        except OSError:
            return None
        return self._reader.feed(data) if data else None

    def drain(self) -> list[bytes]:
        """The bodies that have become complete, of all that is there."""
        bodies: list[bytes] = []
        with suppress(OSError):
            while data := os.read(self.reading, CHUNK):
                bodies += self._reader.feed(data)
        return bodies

    def close(self) -> None:
        """Close the file descriptors."""
        for each in {self.reading, self.writing}:
            os.close(each)
