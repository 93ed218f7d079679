"""Pumps: pass on what a process prints, without the secrets."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final

import msgspec

from volery.errors import VoleryError
from volery.wire.logs import LogRecord
from volery.worker.records import KEPT, MARK, NOTE, STDERR

if TYPE_CHECKING:
    from volery.ir.secret import Blotter

CHUNK: Final = 64 * 1024
LITTLE: Final = 3 * 1024
"""Bytes that a `Note` takes; the files for it have 4 KiB."""
MUCH: Final = 256 * 1024
"""Bytes that are kept in the storage; more is nowhere but in the log of the container."""
LONGEST: Final = 1024 * 1024
"""Bytes of a line that wait for its end, so that no part of a secret goes on by itself."""


class Pump:
    """From one file descriptor to another, whole lines at a time.

    Args:
        source: a pipe.
        target: takes what comes out of it.
        blotter: knows the secrets.
        note: takes a copy; None: there is none.
        mark: make each line the record of a line of stderr, among others that are no records.
    """

    def __init__(
        self,
        source: int,
        target: int,
        blotter: Blotter,
        note: Note | None = None,
        *,
        mark: bool = False,
    ) -> None:
        os.set_blocking(source, False)
        self._source = source
        self._target = target
        self._blotter = blotter
        self._note = note
        self._mark = mark
        self._held = b""

    def fileno(self) -> int:
        return self._source

    def move(self) -> bool:
        """Pass on what is there. False: nothing comes any more."""
        try:
            data = os.read(self._source, CHUNK)
        except BlockingIOError:
            return True
        if not data:
            return False
        held = self._held + data
        end = held.rfind(b"\n") + 1 or (len(held) if len(held) > LONGEST else 0)
        self._held = held[end:]
        self._send(held[:end])
        return True

    def finish(self) -> None:
        """Pass on the rest, as far as it is there."""
        while self._waiting() and self.move():
            pass
        self._send(self._held)
        self._held = b""

    def _waiting(self) -> bool:
        return bool(select.select([self._source], (), (), 0)[0])

    def _send(self, data: bytes) -> None:
        if not data:
            return
        text = self._blotter.text(data.decode("utf-8", "surrogateescape"))
        data = text.encode("utf-8", "surrogateescape")
        if self._mark:
            data = b"".join(map(_marked, data.removesuffix(b"\n").split(b"\n")))
        if self._note is not None:
            self._note.add(data)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._target, rest) :]


class Note:
    """What was printed, unless it is too much: who runs the container need not read its log.

    Args:
        path: of the file that takes it, or says that it is kept.
        uri: of the document that takes what is too much for the file.
    """

    def __init__(self, path: str, uri: str) -> None:
        self._path = path
        self._uri = uri
        self._pieces: list[tuple[float, bytes]] = []
        self._length = 0

    def add(self, data: bytes) -> None:
        """More was printed."""
        self._length += len(data)
        if self._length <= MUCH:
            self._pieces.append((time(), data))
        else:
            self._pieces.clear()

    def leave(self) -> None:
        """Write it, if it may be written; who finds nothing reads the log."""
        with suppress(OSError, VoleryError):
            if self._length <= LITTLE:
                text = NOTE.encode() + b"".join(data for _, data in self._pieces)
            elif self._length <= MUCH:
                self._keep()
                text = KEPT.encode()
            else:
                return
            Path(self._path).write_bytes(text)

    def _keep(self) -> None:
        from volery.data import documents

        lines = [
            b"%.6f %s\n" % (at, line)
            for at, data in self._pieces
            for line in data.removesuffix(b"\n").split(b"\n")
        ]
        documents.write(self._uri, b"".join(lines))


def _marked(line: bytes) -> bytes:
    """A line of stderr as a record, which may have one behind it already."""
    plain, mark, record = line.partition(MARK)
    lines = mark + record + b"\n" if mark else b""
    if plain or not mark:
        text = plain.decode(errors="replace")
        told = msgspec.json.encode(LogRecord(time(), STDERR, text))
        lines = MARK + told + b"\n" + lines
    return lines
