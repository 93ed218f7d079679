"""Logs: what attempts have printed and logged, as lines of JSON, one for each record.

While an attempt runs they are in a file of the home; when it is over, in the storage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from volery.clock import Clock, SystemClock
from volery.data.storage import Storage
from volery.errors import NotFound
from volery.services import log_lines
from volery.services.home import Home
from volery.services.records import storage_of
from volery.store.base import AttemptRecord, Claim, ExecutionRecord, Store
from volery.wire.logs import Log, LogFilter, LogLines, LogMatches, LogRecord

PART: Final = 1024 * 1024
"""Bytes that are read at once."""
SETTLED: Final = 10.0
"""Seconds after its end in which an attempt elsewhere may still get its log into the storage."""

_decode = msgspec.json.Decoder(LogRecord).decode


def stored_as(file: Path) -> str:
    """The name in the storage of what a file of a log in the home holds."""
    name, _, attempt = file.name.rpartition(".")
    return f"logs/{file.parent.name}/{name}/{attempt}"


def growing_as(file: Path) -> str:
    """The name of the same while the attempt runs, for engines on other machines."""
    return f"{stored_as(file)}.growing"


class Logs:
    """Reads logs. Any thread may use it.

    Args:
        home: has those of attempts that run here.
        storage: has the others.
        store: knows what is over.
        clock: says for how long; by default the machine's.
    """

    def __init__(
        self, home: Home, storage: Storage, store: Store, clock: Clock | None = None
    ) -> None:
        self._home = home
        self._storage = storage
        self._store = store
        self._clock = clock or SystemClock()

    def log(self, id: str, path: str, attempt: int, start: int = 0) -> Log:
        """A part of the log of an attempt.

        Args:
            id: the execution.
            path: the node execution.
            attempt: its number.
            start: where the part begins, in bytes: 0, or `next` of the part before.

        Raises:
            NotFound: there is no such execution.
            StorageError: the storage cannot be read.
        """
        found = self._found(Claim(id, path, attempt), max(0, start), PART)
        lines = found.data[: found.data.rfind(b"\n") + 1]
        return Log(
            tuple(record for line in lines.splitlines() if (record := _read(line))),
            max(0, start) + len(lines),
            found.whole and len(found.data) < PART,
        )

    def lines(self, id: str, where: LogFilter, first: int, count: int) -> LogLines:
        """Some lines of the log of an attempt: see `log_lines.window`. Raises the same as `log`."""
        data, complete = self._whole(id, where)
        return log_lines.window(data, where, first, count, complete=complete)

    def matches(self, id: str, where: LogFilter, text: str) -> LogMatches:
        """Where a text stands in the log of an attempt. Raises the same as `log`."""
        data, _ = self._whole(id, where)
        return log_lines.matches(data, where, text)

    def any_of(self, record: ExecutionRecord) -> bool:
        """Whether an execution has logs, as far as its own attempts go."""
        if (self._home.logs / record.id).is_dir():
            return True
        return bool(self._storage_of(record).names(f"logs/{record.id}"))

    def _whole(self, id: str, where: LogFilter) -> tuple[bytes, bool]:
        """The stored form of a log, which its keeper bounds; whether that is all of it."""
        found = self._found(Claim(id, where.path, where.attempt), 0, None)
        return found.data, found.whole

    def _storage_of(self, record: ExecutionRecord) -> Storage:
        return storage_of(record, self._home, self._storage)

    def _found(self, claim: Claim, start: int, count: int | None) -> _Found:
        """What there is; first whether the attempt is over: what is read then is all of it."""
        record = self._store.execution(claim.execution)
        if record is None:
            raise NotFound(f"there is no execution {claim.execution}")
        tried = self._store.attempt(claim)
        over = record.phase.terminal if tried is None else tried.phase.terminal
        file = self._home.log(claim.execution, claim.path, claim.attempt)
        try:
            with file.open("rb") as growing:
                growing.seek(start)
                return _Found(growing.read(count), over)
        except FileNotFoundError:
            over = over and self._is_settled(tried)
        storage = self._storage_of(record)
        for name, whole in ((stored_as(file), True), (growing_as(file), over)):
            data = storage.get_named(name)
            if data is not None:
                return _Found(data[start:][:count], whole)
        return _Found(b"", over)

    def _is_settled(self, tried: AttemptRecord | None) -> bool:
        """Whether a log that is not here would be in the storage by now, of one that is over."""
        if not self._home.url or tried is None or tried.ended is None:
            return True  # an embedded database has one home
        return self._clock.now() - tried.ended >= SETTLED


class _Found(NamedTuple):
    """Bytes of a log; `whole`: nothing is added to it any more."""

    data: bytes
    whole: bool


def _read(line: bytes) -> LogRecord | None:
    try:
        return _decode(line)
    except msgspec.MsgspecError:  # `start` was in the middle of a line
        return None
