"""The keeper of logs: takes what attempts print, writes it down, and puts it into the storage."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import BinaryIO, Final, Literal

import msgspec

from volery.data.storage import Storage
from volery.ids import join
from volery.services.home import Home
from volery.services.logs import growing_as, stored_as
from volery.services.places import Places
from volery.store.base import Claim, Store
from volery.wire.logs import LogRecord

HEAD: Final = 8 * 1024 * 1024
"""Bytes of a log that are kept from its beginning on."""
TAIL: Final = 2 * 1024 * 1024
"""Bytes of a longer one that are kept of its end."""
WAITS: Final = f"... the rest is shown when the attempt ends: the last {TAIL >> 20} MiB of it ..."
"""Stands after the beginning of a longer one."""
PERIOD: Final = 2.0
"""Seconds between copies of a growing log for other machines; more, the longer it is."""
STALE: Final = 60.0
"""Seconds after which nobody writes to the log of an execution that is over."""

Listener = Callable[[str, str, str], None]
"""Told what an attempt printed: the node's path from the top of the family of executions, the
stream (``stdout``, ``stderr`` or ``log``), the text."""


class LogKeeper:
    """Keeps the logs of the attempts of one engine.

    A thread puts them into the storage, so that nobody waits for it.

    Args:
        home: where logs are while they grow.
        storage: where they stay.
        store: knows where child executions hang.
        on_print: who listens, or None.
        shared: engines on other machines are asked for these logs too, also while they grow.
    """

    def __init__(
        self,
        home: Home,
        storage: Storage,
        store: Store,
        on_print: Listener | None = None,
        *,
        shared: bool = False,
    ) -> None:
        self._home = home
        self._storage = storage
        self._store = store
        self._on_print = on_print
        self._places = Places(store)
        self._growing: dict[Claim, _GrowingLog] = {}
        self._lock = Lock()
        self._over: SimpleQueue[Path | None] = SimpleQueue()
        self._pause = PERIOD if shared else None
        self._thread: Thread | None = None

    def keep(self, claim: Claim, records: Sequence[LogRecord]) -> None:
        """Take lines of an attempt that runs. Without any: it is over.

        Raises:
            StoreError: the home cannot be written to.
        """
        try:
            if records:
                self._add(claim, records)
            elif log := self._growing.get(claim):
                log.finish()
                with self._lock:
                    del self._growing[claim]
                self._over.put(log.file)
        except OSError as error:
            raise self._home.refused(error) from None
        if self._on_print is not None and records:
            path = join(self._places.of(claim.execution), claim.path)
            for stream, some in groupby(records, key=lambda record: record.stream):
                self._on_print(path, stream, "".join(map(_shown, some)))

    def sweep(self) -> None:
        """Put into the storage what engines that died have left of executions that are over."""
        if not self._home.logs.is_dir():
            return
        for folder in self._home.logs.iterdir():
            record = self._store.execution(folder.name)
            if record is not None and not record.phase.terminal:
                continue
            for file in folder.glob("*"):
                if file.suffix[1:].isdecimal() and time.time() - file.stat().st_mtime > STALE:
                    self._start()
                    self._over.put(file)

    def close(self) -> None:
        """Wait until all that is over is in the storage."""
        if self._thread is not None:
            self._over.put(None)
            self._thread.join()

    def _add(self, claim: Claim, records: Sequence[LogRecord]) -> None:
        log = self._growing.get(claim)
        if log is None:
            log = _GrowingLog(self._home.log(claim.execution, claim.path, claim.attempt))
            with self._lock:
                self._growing[claim] = log
            self._start()
        log.add(records)

    def _start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run, name="volery-logs", daemon=True)
            self._thread.start()

    # -- in the thread --------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with suppress(Empty):
                file = self._over.get(timeout=self._pause)
                if file is None:
                    return
                self._put(file, stored_as(file))
            if self._pause is not None:
                self._copy_growing(time.monotonic())

    def _copy_growing(self, now: float) -> None:
        with self._lock:
            due = [log for log in self._growing.values() if log.copy_due(now)]
        for log in due:
            log.copied, log.copied_at = log.size, now
            self._put(log.file, growing_as(log.file), remove=False)

    def _put(self, file: Path, name: str, *, remove: bool = True) -> None:
        try:
            self._storage.put_named(name, file.read_bytes())
            if remove:
                file.unlink(missing_ok=True)
                with suppress(OSError):  # others of the execution are there
                    file.parent.rmdir()
        except FileNotFoundError:
            return  # another engine on this home was faster
        except Exception as error:  # noqa: BLE001 - the logs of others are to be kept all the same
            import logging  # it takes long to load

            message = "the log %s stays where it is for now: %s"
            logging.getLogger("volery.logs").warning(message, file, error)


class _GrowingLog:
    """The log of an attempt that runs: a file that only grows, and what will be its end.

    What is longer than its beginning waits for the end, which nobody knows yet. A line says so.

    It begins anew where a dead engine has left a part of it: an attempt that outlasts its engine
    tells all that it has printed to the next one.

    Attributes:
        size: bytes of the file.
        copied, copied_at: how many others can see, and since when, on the monotonic clock.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.size = 0
        self.copied = 0
        self.copied_at = time.monotonic()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._left_out = 0

    def add(self, records: Sequence[LogRecord]) -> None:
        """Take lines."""
        lines = [_encode(record) + b"\n" for record in records]
        if self.size < HEAD:
            self._write(b"".join(lines))
            return
        if not self._tail and not self._left_out:
            self._note(WAITS)
        for line in lines:
            self._tail.append(line)
            self._tail_size += len(line)
            while self._tail_size > TAIL:
                self._tail_size -= len(self._tail.popleft())
                self._left_out += 1

    def finish(self) -> None:
        """Write the end, and how much is missing before it."""
        if self._left_out:
            self._note(f"... {self._left_out} lines left out ...")
        if self._tail:
            self._write(b"".join(self._tail))

    def copy_due(self, now: float) -> bool:
        """Whether others should see more of it."""
        return self.size > self.copied and now - self.copied_at >= PERIOD * (1 + self.size // TAIL)

    def _note(self, text: str) -> None:
        self._write(_encode(LogRecord(time.time(), "log", text)) + b"\n")

    def _write(self, data: bytes) -> None:
        with _opened(self.file, "ab" if self.size else "wb") as file:
            file.write(data)
        self.size += len(data)


def _opened(file: Path, mode: Literal["ab", "wb"]) -> BinaryIO:
    """A file in a folder that whoever takes the last of the others out of it removes."""
    while True:
        try:
            return file.open(mode)
        except FileNotFoundError:
            file.parent.mkdir(parents=True, exist_ok=True)


_encode = msgspec.json.Encoder().encode


def _shown(record: LogRecord) -> str:
    """A record as a line of text."""
    of = f"{record.level} {record.logger}: " if record.level else ""
    return f"{of}{record.text}\n"
