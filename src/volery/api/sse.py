"""Server-sent events: the journal of an execution's family, as it grows.

One thread reads for all streams: it looks which families have new lines, reads those once, and
hands them on. A stream first reads what came before by itself.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple, Protocol

import msgspec
from anyio import to_thread

from volery.api.waiting import Looks, Waiting, hand_on
from volery.engine.model import Phase
from volery.errors import Unavailable
from volery.ids import ROOT
from volery.store.base import Line
from volery.wire.executions import Event as Told

PERIOD = 0.05
"""Seconds between looks."""
PAGE = 1000

_ENDS = frozenset(phase.value for phase in Phase if phase.terminal)


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


class Stream(Waiting[Frame]):
    """The live frames of a family, for one client.

    Args:
        root: the top of the family.
        cut: ends whatever the client is just being sent.
    """

    def __init__(self, root: str, cut: Callable[[], None]) -> None:
        super().__init__(cut)
        self.root = root


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
        self._looks = Looks("streams", self._look, PERIOD)

    def start(self) -> None:
        """Begin."""
        self._looks.start()

    def stop(self) -> None:
        """End, and all streams with it. Any thread may call it."""
        self._looks.stop(self._following)

    async def follow(
        self, root: str, after: int, cut: Callable[[], None]
    ) -> AsyncGenerator[list[Frame]]:
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

    async def behind(self, root: str, after: int) -> AsyncGenerator[list[Frame]]:
        """The frames that there are now."""
        while frames := await to_thread.run_sync(self._read, root, after):
            after = frames[-1].seq
            yield frames

    def _read(self, root: str, after: int) -> list[Frame]:
        return list(map(frame, self._lines.journal(root, after, PAGE)))

    def _join(self, stream: Stream, after: int) -> None:
        with self._turn:
            if self._looks.over:
                raise Unavailable("the server is about to end")
            self._families.setdefault(stream.root, _Family(after)).streams.add(stream)

    def _leave(self, stream: Stream) -> None:
        with self._turn:
            family = self._families[stream.root]
            family.streams.discard(stream)
            if not family.streams:
                del self._families[stream.root]

    def _following(self) -> list[Stream]:
        with self._turn:
            return [each for family in self._families.values() for each in family.streams]

    # -- the thread -----------------------------------------------------------------------

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
        with self._turn:
            family = self._families.get(root)
            if family is None:
                return
            family.at = frames[-1].seq
            streams = list(family.streams)
        hand_on(streams, frames)
