"""Server-sent events: the journal of an execution's family, as it grows.

One thread reads for all streams: it looks which families have new lines, reads those once, and
hands them on. A stream first reads what came before by itself.
"""

from __future__ import annotations

import logging
from asyncio import AbstractEventLoop, Event as AsyncEvent, get_running_loop, timeout
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from threading import Event, Lock, Thread
from typing import NamedTuple, Protocol

import msgspec
from anyio import to_thread

from volery.engine.model import Phase
from volery.errors import Unavailable, VoleryError
from volery.ids import ROOT
from volery.store.base import Line
from volery.wire.executions import Event as Told

PERIOD = 0.05
"""Seconds between looks."""
AGAIN = 1.0
"""The same after a look that failed."""
PAGE = 1000
ROOM = 10_000
"""Lines that may wait for a client that does not read; then it is cut off, and may come back."""
QUIET = 15.0
"""Seconds without a word after which a stream says that it is still there."""
HEARTBEAT = b": still here\n\n"

_ENDS = frozenset(phase.value for phase in Phase if phase.terminal)

_log = logging.getLogger("volery.server")


class Lines(Protocol):
    """Where lines are read."""

    def latest(self, roots: Sequence[str]) -> Mapping[str, int]:
        """The `seq` of the last line of each of these families; one without lines is left out."""
        ...

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        """See `Store.journal`."""
        ...


class Frame(NamedTuple):
    """A line as it is sent.

    Attributes:
        seq: of the line.
        data: an event, with `seq` as its id.
        ended: the execution whose last word this is; empty: none's.
    """

    seq: int
    data: bytes
    ended: str


def frame(line: Line) -> Frame:
    """A line as a server-sent event."""
    event = Told(
        line.seq, line.at, line.execution, line.path, line.attempt, line.event, line.detail
    )
    over = line.path == ROOT and not line.attempt and line.event in _ENDS
    data = b"id: %d\ndata: %s\n\n" % (line.seq, msgspec.json.encode(event))
    return Frame(line.seq, data, line.execution if over else "")


class Stream:
    """The live frames of a family, for one client. It belongs to the event loop.

    Args:
        root: the top of the family.
        cut: ends whatever the client is just being sent.
    """

    def __init__(self, root: str, cut: Callable[[], None]) -> None:
        self.root = root
        self.cut = cut
        self.loop = get_running_loop()
        self._waiting: list[Frame] = []
        self._something = AsyncEvent()

    def give(self, frames: Sequence[Frame]) -> None:
        """Add frames; a client that has no room for them is cut off."""
        if len(self._waiting) + len(frames) > ROOM:
            self.cut()
        else:
            self._waiting.extend(frames)
            self._something.set()

    async def take(self) -> list[Frame]:
        """What has come since the last call; nothing: it was quiet for long."""
        try:
            async with timeout(QUIET):
                await self._something.wait()
        except TimeoutError:
            return []
        taken, self._waiting = self._waiting, []
        self._something.clear()
        return taken


class _Family:
    """The streams of a family, and the `seq` of the last line that they were given."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.streams: set[Stream] = set()


class Hub:
    """Reads on for all streams.

    Args:
        lines: where.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._families: dict[str, _Family] = {}
        self._turn = Lock()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="streams", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and all streams with it. Any thread may call it."""
        self._stopping.set()
        with self._turn:
            streams = [each for family in self._families.values() for each in family.streams]
        for stream in streams:
            stream.loop.call_soon_threadsafe(stream.cut)
        if self._thread.is_alive():
            self._thread.join()

    async def follow(
        self, root: str, after: int, cut: Callable[[], None]
    ) -> AsyncIterator[list[Frame]]:
        """The frames of a family with a higher `seq`, as they come; an empty list now and then.

        `cut` is called in the event loop when the client reads too slowly, or the server ends.
        """
        async for frames in self.behind(root, after):
            after = frames[-1].seq
            yield frames
        stream = Stream(root, cut)
        self._join(stream, after)
        try:
            # What came between the last look and the joining.
            async for frames in self.behind(root, after):
                after = frames[-1].seq
                yield frames
            while True:
                taken = await stream.take()
                new = [each for each in taken if each.seq > after]
                after = new[-1].seq if new else after
                if new or not taken:
                    yield new
        finally:
            self._leave(stream)

    async def behind(self, root: str, after: int) -> AsyncIterator[list[Frame]]:
        """The frames that there are now."""
        while frames := await to_thread.run_sync(self._read, root, after):
            after = frames[-1].seq
            yield frames

    def _read(self, root: str, after: int) -> list[Frame]:
        return list(map(frame, self._lines.journal(root, after, PAGE)))

    def _join(self, stream: Stream, after: int) -> None:
        with self._turn:
            if self._stopping.is_set():
                raise Unavailable("the server is about to end")
            self._families.setdefault(stream.root, _Family(after)).streams.add(stream)

    def _leave(self, stream: Stream) -> None:
        with self._turn:
            family = self._families[stream.root]
            family.streams.discard(stream)
            if not family.streams:
                del self._families[stream.root]

    # -- the thread -----------------------------------------------------------------------

    def _run(self) -> None:
        pause = PERIOD
        while not self._stopping.wait(pause):
            try:
                self._look()
                pause = PERIOD
            except VoleryError as error:  # those who watch just wait, as everybody does
                _log.warning("streams: %s", error)
                pause = AGAIN

    def _look(self) -> None:
        with self._turn:
            known = {root: family.at for root, family in self._families.items()}
        if not known:
            return
        for root, seq in self._lines.latest(tuple(known)).items():
            after = known[root]
            while after < seq and (frames := self._read(root, after)):
                after = frames[-1].seq
                self._hand_on(root, frames)

    def _hand_on(self, root: str, frames: list[Frame]) -> None:
        by_loop: defaultdict[AbstractEventLoop, list[Stream]] = defaultdict(list)
        with self._turn:
            family = self._families.get(root)
            if family is None:
                return
            family.at = frames[-1].seq
            for stream in family.streams:
                by_loop[stream.loop].append(stream)
        for loop, streams in by_loop.items():
            loop.call_soon_threadsafe(_give, streams, frames)


def _give(streams: Iterable[Stream], frames: Sequence[Frame]) -> None:
    for stream in streams:
        stream.give(frames)
