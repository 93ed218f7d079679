"""What an engine tells of our containers: one stream of events, and a list after a pause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final

from volery.executors.docker.description import SERVER
from volery.executors.docker.documents import Documents

if TYPE_CHECKING:
    from volery.executors.docker.api import Stream
    from volery.executors.docker.engine import Engine, Listed
    from volery.executors.docker.loop import Loop

AGAIN: Final = 0.5
"""Seconds between tries to hear of the engine again."""


class News:
    """Hears which containers have ended. Only the thread of the loop uses it.

    Args:
        engine: that tells it.
        loop: see there.
        server: whose containers they are.
        ended: told the name of a container that has ended or is gone.
        listed: told all containers that there are, whenever something may have been missed.

    Attributes:
        away_since: since when nothing is heard of the engine, on the monotonic clock; None: it is
            there.
    """

    def __init__(
        self,
        engine: Engine,
        loop: Loop,
        server: str,
        ended: Callable[[str], None],
        listed: Callable[[Sequence[Listed]], None],
    ) -> None:
        self._engine = engine
        self._loop = loop
        self._label = f"{SERVER}={server}"
        self._ended = ended
        self._listed = listed
        self._documents: Documents | None = None
        self._again_at = 0.0
        self.away_since: float | None = None

    def look(self, now: float) -> float:
        """Try again if it is time to; gives when it will be."""
        if now >= self._again_at:
            self._again_at = inf
            self._loop.take(self._ask, self._answered)
        return self._again_at

    def close(self) -> None:
        """Hang up."""
        if self._documents is not None:
            self._documents.close()

    def _ask(self) -> tuple[Stream, Sequence[Listed]]:
        """The events from now on, and then what there is: nothing happens between them."""
        stream = self._engine.events(self._label)
        try:
            return stream, self._engine.list(self._label)
        except BaseException:
            stream.close()
            raise

    def _answered(self, answer: tuple[Stream, Sequence[Listed]] | Exception) -> None:
        if isinstance(answer, Exception):
            self._lost()
            return
        stream, listed = answer
        self.away_since = None
        self._documents = Documents(stream)
        self._loop.watch(stream, self._heard)
        self._listed(listed)

    def _heard(self) -> None:
        documents = self._documents
        if documents is None:
            return
        for event in documents.read():
            self._ended(str(event.get("Actor", {}).get("Attributes", {}).get("name", "")))
        if documents.ended:
            self._loop.forget(documents.stream)
            documents.close()
            self._documents = None
            self._lost()

    def _lost(self) -> None:
        now = monotonic()
        self._again_at = now + AGAIN
        if self.away_since is None:
            self.away_since = now
