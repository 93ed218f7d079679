"""What a worker's attempts print and log: three files, written by the worker and read here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import time
from typing import Final, Literal

import msgspec

from volery.wire.logs import LogRecord
from volery.worker.failures import fit

MOST: Final = 1024 * 1024
"""Bytes that are read of the end of a stream: of more its head and its tail, in whole lines."""
LOOK: Final = 256 * 1024
"""Bytes that are read of a stream at a time while an attempt runs."""
ROLL: Final = 16 * 1024 * 1024
"""Bytes that a file may have before its worker gets no further works until it is emptied."""
LONGEST: Final = 64 * 1024
"""Characters of a line; of a longer one its head and its tail are kept."""
_TAIL: Final = 2048
"""Bytes of what went to stderr that a failure tells of."""

Stream = Literal["stdout", "stderr", "log"]
Blot = Callable[[str], str]
"""Takes out of a text what nobody may see."""

STREAMS: Final[tuple[Stream, ...]] = ("stdout", "stderr", "log")
_STDERR: Final = 1


class Output:
    """The files of one worker.

    They have no name, so they are gone with the last process that holds them, whatever becomes of
    this one. Attempts write to them one after the other, and none of them knows of the others.

    Args:
        folder: where they lie; it is made when it is missing.
        undo: closes them.

    Attributes:
        files: their descriptors, for ``stdout``, ``stderr`` and ``log``.
    """

    def __init__(self, folder: Path, undo: ExitStack) -> None:
        self.files = tuple(_nameless_file(folder, undo) for _ in STREAMS)
        self._begins = (0, 0, 0)
        """Where the attempt under way begins."""
        self._read = [0, 0, 0]

    @property
    def full(self) -> bool:
        """Whether the files should be emptied soon."""
        return max(self._read) > ROLL

    def look(self, blot: Blot) -> tuple[LogRecord, ...]:
        """The lines that have come since the last look; they may be more than are read at a time.

        A line that has no end yet stays for the next time.
        """
        records: list[LogRecord] = []
        for number, fd in enumerate(self.files):
            data = os.pread(fd, LOOK, self._read[number])
            whole = data[: data.rfind(b"\n") + 1]
            self._read[number] += len(whole)
            records += _records(STREAMS[number], whole, blot)
        return _in_order(records)

    def rest(self, ends: tuple[int, ...], blot: Blot) -> tuple[LogRecord, ...]:
        """All that the attempt under way has left until it ended; the next one begins there."""
        if ends == tuple(self._read):  # as most leave nothing
            self._begins = ends
            return ()
        records: list[LogRecord] = []
        for number, end in enumerate(ends):
            data = _head_and_tail(self.files[number], self._read[number], end)
            records += _records(STREAMS[number], data, blot)
        self._begins = ends
        self._read = list(ends)
        return _in_order(records)

    def tail(self, ends: tuple[int, ...], blot: Blot) -> str:
        """The end of what the attempt under way has written to stderr."""
        start = max(self._begins[_STDERR], ends[_STDERR] - _TAIL)
        data = os.pread(self.files[_STDERR], max(0, ends[_STDERR] - start), start)
        if start > self._begins[_STDERR]:  # whole lines: half of a secret is not found
            data = data.partition(b"\n")[2] or data
        return blot(data.decode(errors="replace")).strip()

    def ends(self) -> tuple[int, ...]:
        """How long the files are."""
        return tuple(os.fstat(fd).st_size for fd in self.files)

    def empty(self) -> None:
        """Make the files empty. No attempt may be under way."""
        if any(self._read):
            for fd in self.files:
                os.ftruncate(fd, 0)
            self._begins = (0, 0, 0)
            self._read = [0, 0, 0]


def _nameless_file(folder: Path, undo: ExitStack) -> int:
    """A new file that is open for appending and reading, and in no folder any more."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"output-{os.urandom(8).hex()}"
    fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    undo.callback(os.close, fd)
    path.unlink()
    return fd


def _head_and_tail(fd: int, start: int, end: int) -> bytes:
    """A part of a file; of a long one whole lines at its beginning and its end."""
    if end - start <= MOST:
        return os.pread(fd, max(0, end - start), start)
    head = os.pread(fd, MOST // 2, start)
    head = head[: head.rfind(b"\n") + 1]
    tail = os.pread(fd, MOST // 2, end - MOST // 2).partition(b"\n")[2]
    left_out = end - start - len(head) - len(tail)
    return head + b"... %d bytes left out ...\n" % left_out + tail


def _records(stream: Stream, data: bytes, blot: Blot) -> Iterator[LogRecord]:
    if not data:
        return
    if stream == "log":
        for line in data.splitlines():
            record = _logged(line)
            text, logger = blot(record.text), blot(record.logger)
            yield msgspec.structs.replace(record, text=text, logger=logger)
        return
    now = time()
    for line in blot(data.decode(errors="replace")).removesuffix("\n").split("\n"):
        yield LogRecord(now, stream, fit(line.removesuffix("\r"), LONGEST))


_decode_record = msgspec.json.Decoder(LogRecord).decode


def _logged(line: bytes) -> LogRecord:
    try:
        return _decode_record(line)
    except msgspec.MsgspecError:  # not by us, such as the note about what was left out
        return LogRecord(time(), "log", line.decode(errors="replace"))


def _in_order(records: list[LogRecord]) -> tuple[LogRecord, ...]:
    return tuple(sorted(records, key=lambda record: record.at))
