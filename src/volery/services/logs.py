"""Logs: what attempts have printed and logged, as lines of JSON, one for each record.

While an attempt runs they are in a file of the home; when it is over, in the storage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from volery.data.storage import Storage
from volery.errors import NotFound
from volery.services import log_lines
from volery.services.home import Home
from volery.services.records import storage_of
from volery.store.base import ExecutionRecord, Store
from volery.wire.logs import Log, LogFilter, LogLines, LogMatches, LogRecord

PART: Final = 1024 * 1024
"""Bytes that are read at once."""

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
    """

    def __init__(self, home: Home, storage: Storage, store: Store) -> None:
        self._home = home
        self._storage = storage
        self._store = store

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
        record, over = self._known(id, path)
        found = self._found(record, self._home.log(id, path, attempt), max(0, start), PART)
        lines = found.data[: found.data.rfind(b"\n") + 1]
        return Log(
            tuple(record for line in lines.splitlines() if (record := _read(line))),
            max(0, start) + len(lines),
            (over or found.whole) and len(found.data) < PART,
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

    def _known(self, id: str, path: str) -> tuple[ExecutionRecord, bool]:
        """An execution, and whether a node of it has ended: what is read then is all of its log."""
        record = self._store.execution(id)
        if record is None:
            raise NotFound(f"there is no execution {id}")
        return record, record.phase.terminal or path in self._store.ended(id, [path])

    def _whole(self, id: str, where: LogFilter) -> tuple[bytes, bool]:
        """The stored form of a log, which its keeper bounds; whether that is all of it."""
        record, over = self._known(id, where.path)
        found = self._found(record, self._home.log(id, where.path, where.attempt), 0, None)
        return found.data, over or found.whole

    def _storage_of(self, record: ExecutionRecord) -> Storage:
        return storage_of(record, self._home, self._storage)

    def _found(self, record: ExecutionRecord, file: Path, start: int, count: int | None) -> _Found:
        try:
            with file.open("rb") as growing:
                growing.seek(start)
                return _Found(growing.read(count), whole=False)
        except FileNotFoundError:
            pass
        storage = self._storage_of(record)
        for name, whole in ((stored_as(file), True), (growing_as(file), False)):
            data = storage.get_named(name)
            if data is not None:
                return _Found(data[start:][:count], whole)
        return _Found(b"", whole=False)


class _Found(NamedTuple):
    """Bytes of a log; `whole`: nothing is added to it any more."""

    data: bytes
    whole: bool


def _read(line: bytes) -> LogRecord | None:
    try:
        return _decode(line)
    except msgspec.MsgspecError:  # `start` was in the middle of a line
        return None
