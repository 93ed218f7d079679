"""Images that are pulled: each once, for all works that wait for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Final

import msgspec

from volery.executors.contained.exits import Exit
from volery.executors.docker.api import EngineRefused
from volery.executors.docker.credentials import credentials_for
from volery.executors.docker.documents import Documents
from volery.executors.docker.state import refused_image

if TYPE_CHECKING:
    from volery.executors.docker.api import Stream
    from volery.executors.docker.engine import Engine
    from volery.executors.docker.loop import Loop

PERIOD: Final = 2.0
"""Seconds between lines that tell how far a pull is."""
_MIB: Final = 1 << 20


class _Detail(msgspec.Struct):
    current: int = 0
    total: int = 0


class _Told(msgspec.Struct, rename="camel"):
    """A line of what an engine tells of a pull.

    Attributes:
        id: of a layer.
        error: why the image does not come.
    """

    status: str = ""
    id: str = ""
    progress_detail: _Detail | None = None
    error: str = ""


class _Pull:
    """One image on its way.

    Attributes:
        names: of the containers that wait for it.
        documents: what the engine tells; None: it has not answered yet.
        heard: when it has last told something.
    """

    def __init__(self, image: str) -> None:
        self.image = image
        self.names: list[str] = []
        self.documents: Documents | None = None
        self.began = self.said = self.heard = monotonic()
        self._layers: dict[str, tuple[int, int]] = {}

    def take(self, told: _Told) -> None:
        """Take in how far a layer is."""
        detail = told.progress_detail
        if told.status == "Downloading" and detail is not None:
            self._layers[told.id] = (detail.current, detail.total)
        elif told.status in ("Download complete", "Pull complete"):
            _, total = self._layers.get(told.id, (0, 0))
            self._layers[told.id] = (total, total)

    @property
    def progress(self) -> str:
        """How far it is, in words."""
        total = sum(total for _, total in self._layers.values())
        here = sum(current for current, _ in self._layers.values())
        sizes = f": {here // _MIB} of {total // _MIB} MiB" if total else ""
        return f"pulling {self.image}{sizes}"


class Images:
    """Pulls images. Only the thread of the loop uses it.

    Args:
        engine: that pulls them.
        loop: see there.
        patience: seconds without a word after which an image is not waited for.
        say: tells works, by the names of their containers, how far it is.
        done: told which works need not wait any longer, and what they have waited for: None, or
            why it does not come, or the error with which nothing is known.
    """

    def __init__(
        self,
        engine: Engine,
        loop: Loop,
        patience: float,
        say: Callable[[Sequence[str], str], None],
        done: Callable[[Sequence[str], Exit | Exception | None], None],
    ) -> None:
        self._engine = engine
        self._loop = loop
        self._patience = patience
        self._say = say
        self._done = done
        self._pulls: dict[str, _Pull] = {}
        self.pulled: set[str] = set()
        """Images that have been pulled since this engine of Volery's is up."""

    def want(self, image: str, name: str) -> None:
        """A container waits for an image, which is pulled if it is not on its way already."""
        pull = self._pulls.get(image)
        if pull is None:
            pull = self._pulls[image] = _Pull(image)
            self._loop.take(
                lambda: self._engine.pull(image, credentials_for(image)),
                lambda answer: self._asked(pull, answer),
            )
        pull.names.append(name)
        self._say([name], pull.progress)

    def look(self, now: float) -> float:
        """Give up what nothing is heard of any more; gives when that will be next."""
        told = [each for each in self._pulls.values() if each.documents is not None]
        for pull in told:
            if now >= pull.heard + self._patience:
                self._end(pull, _stalled(pull.image, self._patience))
        return min(
            (each.heard + self._patience for each in told if each.image in self._pulls), default=inf
        )

    def close(self) -> None:
        """Hang up; the engine goes on or stops by itself."""
        for pull in self._pulls.values():
            if pull.documents is not None:
                pull.documents.close()

    def _asked(self, pull: _Pull, answer: Stream | Exception) -> None:
        match answer:
            case EngineRefused():
                self._end(pull, _refused(pull.image, answer.reason))
            case Exception():
                self._end(pull, answer)
            case _:
                pull.documents, pull.heard = Documents(answer), monotonic()
                self._loop.watch(answer, lambda: self._heard(pull))

    def _heard(self, pull: _Pull) -> None:
        documents = pull.documents
        if documents is None or pull.image not in self._pulls:
            return  # it has been said that it was over
        now = monotonic()
        for told in msgspec.convert(documents.read(), list[_Told]):
            if told.error:
                self._end(pull, _refused(pull.image, told.error))
                return
            pull.take(told)
            pull.heard = now
        if documents.ended:
            self._say(pull.names, f"pulled {pull.image} in {now - pull.began:.1f} s")
            self.pulled.add(pull.image)
            self._end(pull, None)
        elif now - pull.said >= PERIOD:
            pull.said = now
            self._say(pull.names, pull.progress)

    def _end(self, pull: _Pull, trouble: Exit | Exception | None) -> None:
        del self._pulls[pull.image]
        if pull.documents is not None:
            self._loop.forget(pull.documents.stream)
            pull.documents.close()
        self._done(pull.names, trouble)


def _stalled(image: str, seconds: float) -> Exit:
    return Exit(None, "RegistryAway", f"{image}: nothing was heard of it for {seconds:g} s")


def _refused(image: str, reason: str) -> Exit:
    return Exit(None, refused_image(reason), f"{image}: {reason}")
