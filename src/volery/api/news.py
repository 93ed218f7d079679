"""News of all executions, as server-sent events: one thread reads for whoever follows.

Where several may write at a time, a line can appear a moment after others with higher numbers. So
the last moments are read again and again, and each line is handed on when it is first seen; whoever
comes back begins a moment earlier, and may hear twice of what they know.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from threading import Lock
from time import monotonic
from typing import NamedTuple, Protocol

import msgspec
from anyio import to_thread

from volery.api.waiting import Looks, Waiting, hand_on
from volery.clock import Clock
from volery.errors import Unavailable
from volery.wire.news import ExecutionEvent, Hello

PERIOD = 0.2
"""Seconds between looks."""
OVERLAP = 5.0
"""Seconds after which no line appears any more before one that is there."""
PAGE = 1000
MOST_BEHIND = 10_000
"""Lines that are told to who comes back; whoever has missed more is told to begin anew."""

RESET = b"event: reset\ndata: {}\n\n"


class Lines(Protocol):
    """Where the lines are read: see `ExecutionLines`."""

    @property
    def in_order(self) -> bool: ...
    def latest(self) -> int: ...
    def after(self, seq: int, limit: int) -> list[ExecutionEvent]: ...


class News(NamedTuple):
    """A line as it is sent."""

    event: ExecutionEvent
    data: bytes


def told(event: ExecutionEvent, settled: int) -> News:
    """A line as a server-sent event; no line will appear any more up to `settled`."""
    id = min(event.seq, settled)
    return News(event, b"id: %d\ndata: %s\n\n" % (id, msgspec.json.encode(event)))


class Reading:
    """Reads on, from the last line that there is.

    Attributes:
        settled: up to this line, and with it, none will appear any more.
        last: the last line that was seen.
    """

    def __init__(self, lines: Lines, now: float) -> None:
        self._lines = lines
        self._seen: dict[int, float] = {}
        self.settled = self.last = lines.latest()
        if not lines.in_order:
            self.settled = max(0, self.last - PAGE)
            known = lines.after(self.settled, PAGE)
            self._seen = dict.fromkeys((each.seq for each in known), now)

    def look(self, now: float) -> list[News]:
        """What was not seen before."""
        new: list[ExecutionEvent] = []
        at = self.settled
        while page := self._lines.after(at, PAGE):
            at = page[-1].seq
            new += [event for event in page if event.seq not in self._seen]
        self._seen.update((event.seq, now) for event in new)
        self.last = max(self.last, at)
        self._settle(now)
        return [told(event, self.settled) for event in new]

    def _settle(self, now: float) -> None:
        until = now if self._lines.in_order else now - OVERLAP
        settled = [seq for seq, seen in self._seen.items() if seen <= until]
        self.settled = max((self.settled, *settled))
        for seq in settled:
            del self._seen[seq]


class Bulletin:
    """Reads on for all who follow.

    Args:
        lines: where.
        clock: says what time it is.
    """

    def __init__(self, lines: Lines, clock: Clock) -> None:
        self._lines = lines
        self._clock = clock
        self._streams: set[Waiting[News]] = set()
        self._turn = Lock()
        """Nothing that takes long is done with it: the event loop wants it, too."""
        self._reading: Reading | None = None
        self._reads = Lock()
        self._looks = Looks("news", self._look, PERIOD)

    def start(self) -> None:
        """Begin."""
        self._looks.start()

    def stop(self) -> None:
        """End, and all streams with it. Any thread may call it."""
        self._looks.stop(self._following)

    async def follow(
        self, after: int | None, wanted: Callable[[ExecutionEvent], bool], cut: Callable[[], None]
    ) -> AsyncGenerator[bytes]:
        """What is sent to one client: a `Hello`, what it has missed, and what comes.

        Nothing is sent now and then when it is quiet.

        Args:
            after: the last line that it knows; None: it wants only what is new.
            wanted: whether it is told of a line.
            cut: called in the event loop when it reads too slowly, or the server ends.
        """
        stream = Waiting[News](cut)
        try:
            last, settled = await to_thread.run_sync(self._join, stream)
            hello = Hello(last, self._clock.now())
            yield b"id: %d\nevent: hello\ndata: %s\n\n" % (
                settled if after is None else min(after, settled),
                msgspec.json.encode(hello),
            )
            if after is not None:
                missed = await to_thread.run_sync(self._missed, after, last, settled, wanted)
                if missed:
                    yield missed
            while True:
                taken = await stream.take()
                body = b"".join(each.data for each in taken if wanted(each.event))
                if body or not taken:
                    yield body
        finally:
            self._leave(stream)

    def _missed(
        self, after: int, last: int, settled: int, wanted: Callable[[ExecutionEvent], bool]
    ) -> bytes:
        """The lines from one on to another; of too many none, but that there are."""
        found: list[ExecutionEvent] = []
        while after < last and (page := self._lines.after(after, PAGE)):
            after = page[-1].seq
            found += page
            if len(found) > MOST_BEHIND:
                return RESET
        shown = (each for each in found if each.seq <= last and wanted(each))
        return b"".join(told(each, settled).data for each in shown)

    def _join(self, stream: Waiting[News]) -> tuple[int, int]:
        """From now on this stream is given what is new; the last line that it is not given."""
        with self._reads:
            if self._reading is None:
                self._reading = Reading(self._lines, monotonic())
            with self._turn:
                if self._looks.over:
                    raise Unavailable("the server is about to end")
                self._streams.add(stream)
            return self._reading.last, self._reading.settled

    def _leave(self, stream: Waiting[News]) -> None:
        with self._turn:
            self._streams.discard(stream)

    def _following(self) -> list[Waiting[News]]:
        with self._turn:
            return list(self._streams)

    # -- the thread -----------------------------------------------------------------------

    def _look(self) -> None:
        with self._reads:
            streams = self._following()
            if not streams:
                self._reading = None
            elif self._reading is not None and (new := self._reading.look(monotonic())):
                hand_on(streams, new)
