"""Containers that stay: hosts, to whose standard streams this process is attached."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from functools import partial
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from volery.data.names import NAMED
from volery.data.places import path_of
from volery.executors.contained.exits import Exit
from volery.executors.docker.api import EngineAway, EngineRefused
from volery.executors.docker.description import Around, Mount, host_description
from volery.executors.docker.frames import PieceReader
from volery.executors.docker.state import exit_of, refused_start
from volery.executors.warm.environment import Environment
from volery.executors.warm.stream import LOST, Ending, NoHost

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.executors.docker.api import Stream
    from volery.executors.docker.engine import Engine
    from volery.executors.machine import Share
    from volery.ir.policy import Request

T = TypeVar("T")


class Pulls(NamedTuple):
    """Images, for hosts. Any thread may ask for them.

    Attributes:
        pull: pulls an image for the container of a name; what it gives is why that does not work.
        pulled: those that have been pulled.
    """

    pull: Callable[[str, str, Future[Exit | Exception | None]], None]
    pulled: Collection[str]


class Rooms(NamedTuple):
    """Parts of the engine's machine, for hosts. Any thread may call them.

    Attributes:
        take: what is requested, when it is free.
        give_back: what was taken.
    """

    take: Callable[[Request, Future[Share | None]], None]
    give_back: Callable[[Share], None]


AGAIN: Final = 0.5
"""Seconds before an engine that is away is asked again."""
_STDOUT: Final = 1
_TAIL: Final = 2048
_CLOSED: Final = Exit(None, "ExecutorClosed", "the executor is closed")
_GONE: Final = Exit(None, "ContainerDeleted")


class DockerHosts:
    """Starts hosts. Any thread may.

    Args:
        engine: that has the containers.
        storage: of large values and code; if it is a folder, containers see it.
        around: see there.
        images: see there.
        rooms: see there.
    """

    def __init__(
        self, engine: Engine, storage: Storage, around: Around, images: Pulls, rooms: Rooms
    ) -> None:
        self._engine = engine
        self._storage = storage
        self._around = around
        self._images = images
        self._rooms = rooms
        self._waiting: set[Future[Any]] = set()
        self._closing = Event()

    def close(self) -> None:
        """Let no host wait for the engine, its part of the machine, or an image any more."""
        self._closing.set()
        for waited in tuple(self._waiting):
            waited.cancel()

    def start(self, environment: Environment, name: str) -> DockerStream:
        """Start a host, when the machine has what it requests. Raises NoHost, EngineAway."""
        share = self._room(environment)

        def give_back() -> None:
            if share is not None:
                self._rooms.give_back(share)

        try:
            return self._patiently(environment, name, give_back)
        except BaseException:
            give_back()
            raise

    def _patiently(
        self, environment: Environment, name: str, give_back: Callable[[], None]
    ) -> DockerStream:
        until = monotonic() + self._around.settings.patience
        while True:
            try:
                return self._started(environment, name, give_back)
            except EngineAway:
                if monotonic() > until or self._closing.wait(AGAIN):
                    raise

    def _room(self, environment: Environment) -> Share | None:
        if environment.requests is None:
            return None
        return self._waited(partial(self._rooms.take, environment.requests))

    def _started(
        self, environment: Environment, name: str, give_back: Callable[[], None]
    ) -> DockerStream:
        try:
            id = self._created(environment, name)
            try:
                attached = self._attached(id)
            except BaseException:
                with suppress(EngineAway, EngineRefused):
                    self._engine.remove(id)
                raise
        except EngineRefused as refused:
            why = Exit(None, refused_start(refused.reason), refused.reason)
            raise NoHost(why) from None
        return DockerStream(self._engine, id, attached, give_back)

    def _attached(self, id: str) -> Stream:
        """The standard streams of a container, which is started when nothing of them is missed."""
        attached = self._engine.attach(id)
        try:
            self._engine.start(id)
        except BaseException:
            attached.close()
            raise
        return attached

    def _created(self, environment: Environment, name: str) -> str:
        described = host_description(environment, self._around, host_mounts(self._storage))
        image: str = described["Image"]
        settings = self._around.settings
        if not image:
            raise NoHost(Exit(None, "NoImage"))
        is_due = settings.pull == "always" and image not in self._images.pulled
        if is_due or not self._engine.has_image(image):
            if settings.pull == "never":
                why = f"{image} is not here, and [docker] pull is never"
                raise NoHost(Exit(None, "ImageNotFound", why))
            self._get(image, name)
        id = self._engine.create(name, described)
        if id is None:  # it was made before, and nobody was told
            self._engine.remove(name)
            id = self._engine.create(name, described)
        assert id is not None  # noqa: S101 - nobody else has this name
        return id

    def _get(self, image: str, name: str) -> None:
        trouble = self._waited(partial(self._images.pull, image, name))
        if isinstance(trouble, Exit):
            raise NoHost(trouble)
        if trouble is not None:
            raise trouble

    def _waited(self, ask: Callable[[Future[T]], None]) -> T:
        """What is asked for, when it is there. Raises NoHost: nobody waits any more."""
        waited: Future[T] = Future()
        self._waiting.add(waited)
        try:
            if self._closing.is_set():
                waited.cancel()
            ask(waited)
            return waited.result()
        except CancelledError:
            raise NoHost(_CLOSED) from None
        finally:
            self._waiting.discard(waited)


class DockerStream:
    """A host in a container: see `warm.stream.Stream`."""

    def __init__(
        self, engine: Engine, id: str, attached: Stream, give_back: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._id = id
        self._attached = attached
        self._give_back = give_back
        self._using = Lock()  # a connection with TLS is no two things at once
        self._pieces = PieceReader()
        self._tail = b""
        self._closed = False
        self._hung_up = False

    def read(self) -> bytes:
        while True:
            self._await(select.POLLIN)
            with self._using:
                data = None if self._closed else self._attached.read()
                if self._closed:
                    return b""
            if data is None:
                continue
            if not data:
                self._hung_up = True
                return b""
            if said := self._said(data):
                return said

    def _said(self, data: bytes) -> bytes:
        said = b""
        for stream, piece in self._pieces.feed(data):
            if stream == _STDOUT:
                said += piece
            else:
                self._tail = (self._tail + piece)[-_TAIL:]
        return said

    def write(self, data: bytes | bytearray) -> None:
        rest = memoryview(data)
        while rest:
            with self._using:
                if self._closed:
                    raise BrokenPipeError
                sent = self._attached.write(rest)
            rest = rest[sent:]
            if rest:
                self._await(select.POLLOUT)

    def close(self) -> None:
        """The host ends when nobody is attached; `end` makes sure."""
        self._closed = True
        with suppress(OSError):
            self._attached.connection.shutdown(socket.SHUT_RDWR)

    def end(self) -> Ending:
        tail = self._tail.decode(errors="replace").strip()
        self._attached.close()
        try:
            how = self._how() if self._hung_up else LOST
            self._engine.remove(self._id)
        except (EngineAway, EngineRefused) as error:
            return Ending(Exit(None, "DockerAway", str(error)), tail)
        finally:
            self._give_back()
        return Ending(how, tail)

    def _how(self) -> Exit:
        self._engine.wait(self._id)
        found = self._engine.inspect(self._id)
        return _GONE if found is None else exit_of(found.state)

    def _await(self, event: int) -> None:
        waiting = select.poll()
        waiting.register(self._attached.connection, event)
        waiting.poll()


def host_mounts(storage: Storage) -> list[Mount]:
    """What of a storage that is a folder a host needs: all executions', for it serves many."""
    root = path_of(storage.url)
    if root is None:
        return []
    folders = [root / "blobs", root / NAMED]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)  # the engine would do it, as root
    return [Mount(folder, str(folder)) for folder in folders]
