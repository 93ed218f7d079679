"""Pumps: pass on what a process prints, without the secrets."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Final

import msgspec

from volery.wire.logs import LogRecord
from volery.worker.records import MARK, NOTE, STDERR

if TYPE_CHECKING:
    from volery.ir.secret import Blotter

CHUNK: Final = 64 * 1024
LITTLE: Final = 3 * 1024
"""Bytes of a `Note`; the files that take it have 4 KiB."""
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
    """What was printed, if it is little: it spares whoever runs the container to read its log.

    Args:
        path: of the file that takes it.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._data: bytes | None = b""

    def add(self, data: bytes) -> None:
        """More was printed."""
        if self._data is not None and len(self._data) + len(data) <= LITTLE:
            self._data += data
        else:
            self._data = None

    def leave(self) -> None:
        """Write it, if it may be written."""
        if self._data is not None:
            with suppress(OSError):
                Path(self._path).write_bytes(NOTE.encode() + self._data)


def _marked(line: bytes) -> bytes:
    """A line of stderr as a record, which may have one behind it already."""
    plain, mark, record = line.partition(MARK)
    lines = mark + record + b"\n" if mark else b""
    if plain or not mark:
        text = plain.decode(errors="replace")
        told = msgspec.json.encode(LogRecord(time(), STDERR, text))
        lines = MARK + told + b"\n" + lines
    return lines
