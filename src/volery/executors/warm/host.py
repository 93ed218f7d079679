"""One host, from outside: two threads that wait for it, so that nobody else has to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from math import inf
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from volery.errors import VoleryError
from volery.executors.contained.exits import Exit
from volery.executors.warm.stream import Ending, NoHost
from volery.ir.failure import Failure
from volery.worker.host_protocol import (
    FromHost,
    ToHost,
    decode_from_host,
)
from volery.worker.protocol import (
    Answer,
    FrameReader,
    frame,
)

if TYPE_CHECKING:
    from volery.executors.contained.works import Held
    from volery.executors.warm.stream import Stream
    from volery.ir.work import Call, CallEnded


class Host:
    """A host. All but its threads belongs to who has started it.

    Args:
        name: of its container.
        start: starts it; waits. Raises NoHost.
        tell: hears what the host says, and at last how it ended; called in a thread of the host.

    Attributes:
        works: that it was sent and that are not over, by id.
        asked: ids of the calls that a work waits for, by its id.
        ready: it takes works.
        heard: when it has last said something, or has come to be, on the monotonic clock;
            infinite: it is not there yet, for which whoever starts it has limits of his own.
        said: when it was last told something.
        idle_since: since when it has nothing to do; infinite: it has.
        leaving: it was told to end.
    """

    def __init__(
        self,
        name: str,
        start: Callable[[], Stream],
        tell: Callable[[Host, list[FromHost] | Ending], None],
        *,
        now: float,
    ) -> None:
        self.name = name
        self.works: dict[int, Held] = {}
        self.asked: dict[int, set[str]] = {}
        self.ready = False
        self.heard = inf
        self.said = now
        self.idle_since = inf
        self.leaving = False
        self._start = start
        self._tell = tell
        self._stream: Stream | None = None
        self._opening = Lock()
        self._outbox: SimpleQueue[bytes | bytearray | None] = SimpleQueue()
        self._reader = Thread(target=self._read, name=f"volery-{name}-reader", daemon=True)
        self._writer = Thread(target=self._write, name=f"volery-{name}-writer", daemon=True)
        self._reader.start()

    @property
    def busy(self) -> int:
        """How many works it has that do more than wait for calls."""
        return len(self.works) - len(self.asked)

    def ask(self, call: Call) -> None:
        """A work waits for a call."""
        self.asked.setdefault(call.work, set()).add(call.id)

    def answer(self, end: CallEnded, now: float) -> None:
        """A call has ended; its work goes on when it waits for no other."""
        if calls := self.asked.get(end.work):
            calls.discard(end.id)
            if not calls:
                del self.asked[end.work]
        self.send(Answer(end), now)

    def send(self, message: ToHost, now: float) -> None:
        """Send a message, in its turn."""
        self.said = now
        self._outbox.put(frame(message))

    def leave(self) -> None:
        """Have it end with all that it does."""
        self.leaving = True
        self._outbox.put(None)
        with self._opening:
            if self._stream is not None:
                self._stream.close()

    def join(self) -> None:
        """Wait until it has ended."""
        self._reader.join()

    # -- in threads of its own ------------------------------------------------------------

    def _read(self) -> None:
        try:
            stream = self._start()
        except NoHost as error:
            ending = error.ending
        except VoleryError as error:
            ending = Ending(Exit(), refusal=Failure(error.code, "SYSTEM", str(error)))
        except Exception as error:  # noqa: BLE001 - nobody else would be told
            ending = Ending(Exit(None, "HostNotStarted", repr(error)))
        else:
            ending = self._converse(stream)
        self._tell(self, ending)

    def _converse(self, stream: Stream) -> Ending:
        with self._opening:
            self._stream = stream
            if self.leaving:
                stream.close()
        self._writer.start()
        self._tell(self, [])  # it is there
        fault = ""
        try:
            reader = FrameReader()
            while data := stream.read():
                if bodies := reader.feed(data):
                    self._tell(self, [decode_from_host(body) for body in bodies])
        except Exception as error:  # noqa: BLE001 - what is no frame comes from another program
            fault = f"the stream of the container is none of a host: {error!r}"
        self._outbox.put(None)
        stream.close()
        self._writer.join()
        ending = stream.end()
        return ending._replace(exit=Exit(None, "HostNotUnderstood", fault)) if fault else ending

    def _write(self) -> None:
        stream = self._stream
        assert stream is not None  # noqa: S101 - it was started with it
        with suppress(OSError):
            while (data := self._outbox.get()) is not None:
                stream.write(data)
            return
        stream.close()
