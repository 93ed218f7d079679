"""Lines: from the bytes that a container prints to log records."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from volery.wire.logs import LogRecord
from volery.worker.failures import fit
from volery.worker.records import BEGAN, MARK, STDERR

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 64 * 1024
"""Characters of a line; of a longer one its head and its tail are kept."""
MOST: Final = 4 * LONGEST
"""Bytes of a line that are waited for; a longer one is cut there."""
TAIL: Final = 2048
"""Characters of the last lines that a failure tells of."""
LINES: Final = 2_000
"""So many lines are the end of a log of which not all is read."""
LEFT_OUT: Final = "... lines left out ..."
"""Stands in such a log for what is not read."""

_decode: Callable[[bytes], LogRecord] = msgspec.json.Decoder(LogRecord).decode


class LineReader:
    """Cuts what one stream of a container carries into records; memory is bounded.

    Lines that Volery's worker marks are records of `logging` with their level and logger, or tell
    that user code has begun. A line that is too long keeps its head and its tail.

    Args:
        stream: what the records say of plain lines.
        blot: takes out of a text what nobody may see; None: the container has no secrets, or its
            own program does so.

    Attributes:
        began: when user code began, as the worker has said; None: it has said nothing yet.
    """

    began: float | None

    def __init__(
        self, stream: Literal["stdout", "stderr"], blot: Callable[[str], str] | None = None
    ) -> None:
        self.began = None
        self._stream = stream
        self._blot = blot
        self._held = b""
        self._last: deque[str] = deque()
        self._length = 0
        self._marked = False
        """Whether lines of stderr are marked, and others are none."""

    def feed(self, data: bytes, at: float) -> list[LogRecord]:
        """The records of the lines that are complete now; `at`: seconds since the epoch."""
        *lines, self._held = (self._held + data).split(b"\n")
        if len(self._held) > MOST:
            lines.append(self._held)
            self._held = b""
        return [record for line in lines for record in self._records(line, at)]

    def end(self, at: float) -> list[LogRecord]:
        """The record of a last line that has no end."""
        rest, self._held = self._held, b""
        return self._records(rest, at) if rest else []

    def tail(self) -> str:
        """The last plain lines, for the message of a failure; at most 2,048 characters."""
        return "\n".join(self._last)[-TAIL:]

    def _records(self, line: bytes, at: float) -> list[LogRecord]:
        """What stands in a line: a record may stand behind what was printed without an end."""
        plain, mark, rest = line.partition(MARK)
        if not mark:
            return [self._printed(plain, at)]
        try:
            record = _decode(rest)
        except msgspec.MsgspecError:  # not by us
            return [self._printed(line, at)]
        found = [self._printed(plain, at)] if plain else []
        if record.stream == BEGAN:
            self.began = record.at
        elif record.stream == STDERR:
            if not self._marked:
                self._marked = True
                self._last.clear()
                self._length = 0
            found.append(self._printed(record.text.encode(), record.at, STDERR))
        else:
            found.append(self._logged(record))
        return found

    def _logged(self, record: LogRecord) -> LogRecord:
        blot = self._blot or str
        return LogRecord(
            record.at,
            "log",
            fit(blot(record.text), LONGEST),
            fit(record.level, 100),
            fit(blot(record.logger), 1000),
        )

    def _printed(self, line: bytes, at: float, stream: str = "") -> LogRecord:
        text = line.decode(errors="replace").removesuffix("\r")
        text = fit(self._blot(text) if self._blot else text, LONGEST)
        if self._marked and stream != STDERR:
            return LogRecord(at, self._stream, text)
        self._last.append(text)
        self._length += len(text) + 1
        while self._length > TAIL and len(self._last) > 1:
            self._length -= len(self._last.popleft()) + 1
        return LogRecord(at, stream or self._stream, text)
