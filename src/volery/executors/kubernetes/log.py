"""The log of a pod: read while it runs, and to its end, each line once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event
from time import time
from typing import Final

from volery.executors.contained.lines import LEFT_OUT, LINES, LineReader
from volery.executors.kubernetes.api import Api, Refusal, lines_of
from volery.executors.kubernetes.crew import backoff
from volery.executors.kubernetes.rights import failure_of
from volery.wire.logs import LogRecord

MOST: Final = 16 * 1024 * 1024
"""Bytes that are read of the log of a pod that nobody has followed; of more, then its end."""
PATIENCE: Final = 30.0
"""Seconds between the end of a log and the news that the container has ended, on a busy node."""

Printed = Callable[[Sequence[LogRecord], float | None], None]
"""Takes records, and when user code began, if that is known."""


class PodLog:
    """The log of one container. One thread reads it.

    Lines carry the time at which they were written, by which reading goes on after a break. Many
    may carry the same, and of two streams of a container the one may come late.

    Args:
        api: the API server.
        namespace, pod, container: whose log it is.
        printed: takes what comes.
    """

    def __init__(
        self, api: Api, namespace: str, pod: str, container: str, printed: Printed
    ) -> None:
        self._api = api
        self._namespace = namespace
        self._pod = pod
        self._container = container
        self._printed = printed
        self._reader = LineReader("stdout")
        self._last = b""
        """The latest time of a line that was read."""
        self._as_late = 0
        """So many lines were read with that time."""
        self._refused = False
        self._ended = Event()
        self._closed = False
        self._complete = False

    def follow(self) -> None:
        """Read as it comes, until the container has ended and all is read, or it is closed."""
        tries = 0
        while not self._closed:
            try:
                self._read({"follow": "true"})
                tries = 0
                if self._ended.wait(PATIENCE):
                    self._complete = not self._closed
                    return
            except Refusal as refusal:
                self._complain(refusal)
                if not refusal.passing or self._ended.wait(max(refusal.wait, backoff(tries))):
                    return
                tries += 1

    def rest(self) -> None:
        """Read all that has not been read, once.

        Raises:
            Refusal: the API server is not reached.
        """
        try:
            if not self._complete and self._read({"limitBytes": str(MOST)}) >= MOST:
                self._read({"tailLines": str(LINES)}, LEFT_OUT)
        except Refusal as refusal:  # 400: it never ran; 404: the pod is gone
            self._complain(refusal)
            if refusal.passing and refusal.status != 500:
                raise

    @property
    def untouched(self) -> bool:
        """Nothing of it has been read yet."""
        return not self._last and not self._complete

    def is_told(self, text: str) -> None:
        """All of it is known already, unless a part was read."""
        if self.untouched:
            self._complete = True
            self._printed(self._reader.feed(text.encode(), time()), self._reader.began)

    def is_kept(self, document: bytes) -> None:
        """All of it is in a document (see `records.LOG`), and nothing was read yet."""
        self._complete = True
        records: list[LogRecord] = []
        for line in document.removesuffix(b"\n").split(b"\n"):
            at, _, text = line.partition(b" ")
            records += self._reader.feed(text + b"\n", float(at))
        self._printed(records, self._reader.began)

    def ended(self) -> None:
        """The container has ended: there is an end to its log."""
        self._ended.set()

    def end(self) -> str:
        """Give out a last line that has no end; the tail of what was printed."""
        self._printed(self._reader.end(time()), self._reader.began)
        return self._reader.tail()

    def close(self) -> None:
        """Have `follow` return, as soon as its connection ends."""
        self._closed = True
        self._ended.set()

    def _read(self, query: dict[str, str], gap: str = "") -> int:
        """Read from where it was read to; gives the bytes that came.

        `gap`: what is said where the first line does not follow those that were read.
        """
        query |= {"container": self._container, "timestamps": "true"}
        if self._last:
            query["sinceTime"] = self._last.decode()
        size = 0
        with self._api.log(self._namespace, self._pod, query) as response:
            last, as_late = self._last, self._as_late
            for line in lines_of(response):
                at, _, text = line.partition(b" ")
                if gap and not size and at > last:
                    self._printed([LogRecord(_seconds(last), "log", gap)], None)
                size += len(line) + 1
                if at > last:
                    self._line(at, text)
                elif at == last and as_late:  # read before the break, as are those before it
                    as_late -= 1
                elif at == last:
                    self._line(at, text)
        return size

    def _line(self, at: bytes, text: bytes) -> None:
        if at > self._last:
            self._last, self._as_late = at, 0
        self._as_late += at == self._last
        self._printed(self._reader.feed(text + b"\n", _seconds(at)), self._reader.began)

    def _complain(self, refusal: Refusal) -> None:
        """A right that is missing is told where people look for the log."""
        if refusal.forbidden and not self._refused:
            self._refused = True
            text = failure_of(refusal, self._namespace).message
            self._printed([LogRecord(time(), "log", text, "WARNING", "volery.kubernetes")], None)


def _seconds(at: bytes) -> float:
    try:
        return datetime.fromisoformat(at.decode()).timestamp()
    except ValueError:  # not by the kubelet
        return time()
