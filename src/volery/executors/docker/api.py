"""Requests to a Docker engine: those with one answer, and those whose answer goes on."""

from __future__ import annotations

import socket
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec

from volery.errors import Unavailable, VoleryError

if TYPE_CHECKING:
    from volery.executors.docker.address import Address

VERSION: Final = "/v1.41"
"""Of the API: engines since Docker 20.10 speak it, and so does Podman."""
CHUNK: Final = 64 * 1024
"""Bytes that are read of a stream at a time: more than TLS has in one piece."""
_CONNECT: Final = 10.0
"""Seconds that it may take until a connection stands."""
_ANSWER: Final = 120.0
"""Seconds without a byte of an answer: an engine that starts many containers takes its time."""
_HEAD: Final = 64 * 1024
"""Bytes that the head of an answer has at most."""

Query = Mapping[str, object]
Json = Any
"""A document of the API."""


class EngineAway(Unavailable):
    """The engine cannot be reached, or does not answer: it may later."""


class EngineRefused(VoleryError):
    """The engine does not do what it is asked for.

    Attributes:
        status: of HTTP.
        reason: the engine's own words.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"the Docker engine refuses: {reason}")
        self.status = status
        self.reason = reason


class Api:
    """Speaks to one engine. Any thread may use it: each request has a connection of its own.

    An engine that was started anew finds no connections that it knows nothing of. All methods raise
    EngineAway and EngineRefused.
    """

    def __init__(self, address: Address) -> None:
        self.address = address

    def ask(self, method: str, path: str, query: Query | None = None, body: Json = None) -> Json:
        """What the engine answers: a document, or None."""
        with self._answer(method, path, query, body) as answer:
            content = answer.read()
        return msgspec.json.decode(content) if content.strip() else None

    def stream(
        self, method: str, path: str, query: Query, headers: Mapping[str, str] | None = None
    ) -> Stream:
        """An answer that goes on; its head has been read."""
        # In HTTP/1.0 its bytes come as they are, until the connection ends.
        fields = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = f"{method} {_target(path, query)} HTTP/1.0\r\n{fields}\r\n"
        with self._told():
            connection = self.address.connect(_CONNECT)
            try:
                connection.settimeout(_ANSWER)
                connection.sendall(head.encode("ascii"))
                return Stream(connection, _begun(connection))
            except BaseException:
                connection.close()
                raise

    @contextmanager
    def _answer(
        self, method: str, path: str, query: Query | None, body: Json
    ) -> Generator[HTTPResponse]:
        data = None if body is None else msgspec.json.encode(body)
        with self._told():
            connection = HTTPConnection("docker")
            connection.sock = self.address.connect(_CONNECT)
            connection.sock.settimeout(_ANSWER)
            with closing(connection):
                kind = {"Content-Type": "application/json"}
                connection.request(method, _target(path, query), data, kind)
                answer = connection.getresponse()
                if answer.status >= 400:
                    raise EngineRefused(answer.status, _reason(answer.read()))
                yield answer

    @contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except (OSError, HTTPException, msgspec.DecodeError) as error:
            raise EngineAway(
                f"the Docker engine at {self.address} cannot be reached: {error!r}",
                hint="start it, or say where it is with DOCKER_HOST or [docker] host",
            ) from None


class Stream:
    """An answer that goes on: bytes that come one after the other. It never waits.

    Attributes:
        connection: to read from when it can be read, and for some answers to write to.
    """

    def __init__(self, connection: socket.socket, begun: bytes) -> None:
        connection.setblocking(False)  # noqa: FBT003 - it takes no keyword
        self.connection = connection
        self._begun = begun

    def fileno(self) -> int:
        """For a selector."""
        return self.connection.fileno()

    def read(self) -> bytes | None:
        """What is there, some `CHUNK` of it at most; empty: it has ended; None: nothing yet.

        A stream that breaks off has ended.
        """
        if self._begun:
            begun, self._begun = self._begun, b""
            return begun
        try:
            return self.connection.recv(CHUNK)
        except OSError as error:
            return None if _is_later(error) else b""

    def write(self, data: memoryview) -> int:
        """Send some of it, as far as it goes without waiting; how many bytes. Raises OSError."""
        try:
            return self.connection.send(data)
        except OSError as error:
            if isinstance(error, BlockingIOError) or _wants_room(error):
                return 0
            raise

    def close(self) -> None:
        """Hang up."""
        self.connection.close()


def _is_later(error: OSError) -> bool:
    """Whether there is just nothing to read at the moment."""
    if isinstance(error, BlockingIOError):
        return True
    import ssl  # most engines are on this machine

    return isinstance(error, ssl.SSLWantReadError)


def _wants_room(error: OSError) -> bool:
    import ssl

    return isinstance(error, ssl.SSLWantWriteError)


def _target(path: str, query: Query | None) -> str:
    given = {key: _written(value) for key, value in (query or {}).items() if value is not None}
    return f"{VERSION}{path}?{urlencode(given)}" if given else VERSION + path


def _written(value: object) -> str:
    match value:
        case bool():
            return "1" if value else "0"
        case dict():
            return msgspec.json.encode(value).decode()
        case _:
            return str(value)


def _begun(connection: socket.socket) -> bytes:
    """What has come of an answer behind its head."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(CHUNK)
        head += piece
        if not piece or len(head) > _HEAD:
            raise HTTPException("it answers with something that is not HTTP")
    first, _, rest = head.partition(b"\r\n\r\n")
    words = first.split(None, 2)
    if len(words) < 2 or not words[1].isdigit():
        raise HTTPException("it answers with something that is not HTTP")
    if int(words[1]) < 400:
        return rest
    while piece := connection.recv(CHUNK):
        rest += piece
    raise EngineRefused(int(words[1]), _reason(rest))


def _reason(content: bytes) -> str:
    """What the engine says about what it does not do."""
    try:
        return str(msgspec.json.decode(content)["message"])
    except (msgspec.DecodeError, KeyError, TypeError):
        return content.decode(errors="replace").strip() or "it does not say why"
