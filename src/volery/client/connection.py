"""A connection to a server: requests that are tried again while that can help."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeVar, cast

import msgspec

from volery._version import __version__
from volery.client import sse
from volery.client.problems import error_of
from volery.config import is_server
from volery.errors import ConfigError, Unavailable, VoleryError
from volery.wire.problem import NOT_READY

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager, Timeout
    from urllib3.exceptions import HTTPError

T = TypeVar("T")

Method = Literal["GET", "HEAD", "PUT", "POST"]
Query = Mapping[str, str | float | tuple[str, ...] | None]
"""Parameters: one that is None is left out, one with a tuple is repeated."""
Body = Callable[[], "bytes | BinaryIO | None"]
"""Gives the body of a request, for each try anew."""

PATIENCE = 30.0
"""Seconds."""
_CONNECT = 5.0
"""Seconds that it may take until a connection stands."""
_QUIET = 45.0
"""Seconds without a byte of a stream: a server says something three times as often."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 3.0
"""Seconds between tries."""
_SILENCE = 1.0
"""Seconds of tries after which whoever waits for them is told."""
_PIECE = 1 << 16
_IN_MEMORY = 1 << 23
_AT_ONCE = 16
"""Connections that are kept for threads that ask at the same time."""

_LATER = frozenset({502, 503, 504})
"""The server, or what stands before it, cannot do it now."""


class Connection:
    """Requests to one server. Any thread may use it.

    All methods raise the error that the server tells of, and Unavailable when it cannot be reached
    for too long.

    Args:
        url: of the server.
        token: says who asks; empty: nobody does.
        patience: seconds for which a request is tried again.

    Raises:
        ConfigError: this is no URL of a server.
    """

    def __init__(self, url: str, token: str = "", *, patience: float = PATIENCE) -> None:
        if not is_server(url):
            raise ConfigError(
                "this is not the URL of a server",
                hint="write https://host:port, without user and password",
            )
        self.url = url.rstrip("/")
        self._token = token
        self._patience = patience

    def __repr__(self) -> str:
        return f"Connection({self.url!r})"

    def get(
        self, path: str, kind: Any, query: Query | None = None, accept: tuple[int, ...] = ()
    ) -> Any:
        """What is at a path, as a `kind`. `accept`: statuses that are no errors here."""
        content = self._request("GET", path, query=query, accept=accept)
        return self._decoded(path, content, kind)

    def text(self, path: str, query: Query | None = None) -> str:
        """The text at a path."""
        return self._request("GET", path, query=query).decode()

    def post(
        self, path: str, kind: Any, body: msgspec.Struct | None = None, *, repeatable: bool
    ) -> Any:
        """Have something done; the answer, as a `kind`.

        `repeatable`: twice is as good as once, so that an answer that was lost does no harm.
        """
        data = b"{}" if body is None else msgspec.json.encode(body)
        headers = {"content-type": "application/json"}
        content = self._request("POST", path, lambda: data, headers, repeatable=repeatable)
        return self._decoded(path, content, kind)

    def has(self, path: str) -> bool:
        """Whether there is something at a path."""
        found = self._request(
            "HEAD", path, accept=(404,), read=lambda answer: str(answer.status).encode()
        )
        return found != b"404"

    def upload(self, path: str, file: BinaryIO) -> None:
        """Put the rest of a file."""
        start = file.tell()
        size = file.seek(0, 2) - start

        def body() -> BinaryIO:
            file.seek(start)
            return file

        headers = {"content-type": "application/octet-stream", "content-length": str(size)}
        self._request("PUT", path, body, headers)

    def download(self, path: str) -> BinaryIO:
        """The bytes at a path, complete: in a file of its own, which goes when it is closed."""
        file = cast("BinaryIO", tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - the caller closes it

        def read(answer: BaseHTTPResponse) -> bytes:
            file.seek(0)
            file.truncate()
            for piece in answer.stream(_PIECE):
                file.write(piece)
            file.seek(0)
            return b""

        try:
            self._request("GET", path, read=read)
        except BaseException:
            file.close()
            raise
        return file

    def stream(self, path: str, after: str) -> Iterator[sse.Message]:
        """The events of a stream behind one, until the server ends it.

        A stream that breaks off is asked for again, behind the last event that has come.
        """
        tries = _Tries(self._patience)
        ended = False
        while not ended:
            try:
                with self._open("GET", path, query={"after": after}, quiet=_QUIET) as answer:
                    for message in sse.messages(_as_they_come(answer)):
                        yield message
                        after = message.id or after
                        tries = _Tries(self._patience)
                    ended = True
            except _NotNow as failed:
                tries.pause(failed)

    def close(self) -> None:
        """End what is open. It can be used again."""
        if "_pool" in self.__dict__:
            self._pool.clear()

    # -- tries ----------------------------------------------------------------------------

    def _request(
        self,
        method: Method,
        path: str,
        body: Body = lambda: None,
        headers: Mapping[str, str] | None = None,
        *,
        query: Query | None = None,
        accept: tuple[int, ...] = (),
        repeatable: bool = True,
        read: Callable[[BaseHTTPResponse], bytes] = lambda answer: answer.data,
    ) -> bytes:
        """What `read` makes of the answer, after as many tries as it takes."""
        tries = _Tries(self._patience)
        while True:
            try:
                with self._open(method, path, body, headers, query=query, accept=accept) as answer:
                    return read(answer)
            except _NotNow as failed:
                if not (repeatable or failed.undone):
                    raise failed.error from None
                tries.pause(failed)

    @contextmanager
    def _open(
        self,
        method: Method,
        path: str,
        body: Body = lambda: None,
        headers: Mapping[str, str] | None = None,
        *,
        query: Query | None = None,
        accept: tuple[int, ...] = (),
        quiet: float | None = None,
    ) -> Generator[BaseHTTPResponse]:
        """An answer that is no error, yet to be read. Raises _NotNow, or what the server says."""
        from urllib3 import exceptions  # 0.1 s, for those who have a server

        try:
            answer = self._pool.request(
                method,
                self.url + path + _written(query or {}),
                body=body(),
                headers={**self._headers, **(headers or {})},
                timeout=self._timeout(quiet),
                preload_content=False,
                redirect=False,
                retries=False,
            )
            try:
                if answer.status not in accept:
                    self._check(answer, path)
                yield answer
            except BaseException:
                answer.close()  # what was not read is not for the next request
                raise
            answer.release_conn()
        except exceptions.SSLError as error:
            raise ConfigError(
                f"the connection to {self.url} is not secure: {error}",
                hint="SSL_CERT_FILE names a file with authorities that are to be trusted",
            ) from None
        except exceptions.HTTPError as error:
            unsent = isinstance(
                error, (exceptions.NewConnectionError, exceptions.ConnectTimeoutError)
            )
            raise _NotNow(self._unreached(error), undone=unsent) from None

    def _timeout(self, quiet: float | None) -> Timeout:
        """How long one try may take; `quiet`: seconds without a byte."""
        from urllib3 import Timeout

        connect = min(_CONNECT, self._patience or _CONNECT)
        return Timeout(connect=connect, read=quiet or max(self._patience, _CONNECT))

    def _check(self, answer: BaseHTTPResponse, path: str) -> None:
        """Raise what an answer says, if it is none that helps."""
        if answer.status < 300:
            return
        error = error_of(answer.status, answer.data, self.url + path)
        if answer.status not in _LATER:
            raise error
        said = answer.headers.get("retry-after", "")
        after = float(said) if said.isdecimal() else 0.0
        raise _NotNow(error, undone=error.code == NOT_READY, after=after)

    def _unreached(self, error: HTTPError) -> Unavailable:
        return Unavailable(
            f"no server is reached at {self.url}: {_reason(error)}",
            hint="is it running (volery serve), and is the setting `server` right?",
        )

    def _decoded(self, path: str, content: bytes, kind: Any) -> Any:
        try:
            return msgspec.json.decode(content, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{self.url}{path} answers what is not understood here: {error}",
                hint="is it a Volery server, and of this version? volery version",
            ) from None

    @cached_property
    def _headers(self) -> dict[str, str]:
        said = {"authorization": f"Bearer {self._token}"} if self._token else {}
        return {"user-agent": f"volery/{__version__}", "accept": "application/json", **said}

    @cached_property
    def _pool(self) -> PoolManager:
        from urllib3 import PoolManager

        return PoolManager(maxsize=_AT_ONCE)


class _NotNow(Exception):
    """A try that has failed, though another one may not.

    Attributes:
        error: what is raised when there is no other.
        undone: nothing has happened, so that it may be asked again whatever it is.
        after: seconds that the server asks to wait.
    """

    def __init__(self, error: VoleryError, *, undone: bool, after: float = 0.0) -> None:
        super().__init__(error.message)
        self.error = error
        self.undone = undone
        self.after = after


class _Tries:
    """Counts the tries of a request, and lets time pass between them."""

    def __init__(self, patience: float) -> None:
        now = time.monotonic()
        self._deadline = now + patience
        self._tell_at = now + _SILENCE
        self._longest = _FIRST_PAUSE

    def pause(self, failed: _NotNow) -> None:
        """Wait for the next try. Raises the error of the last one when it is too late for that."""
        drawn = random.uniform(self._longest / 2, self._longest)  # noqa: S311 - so that not all come at once
        pause = max(drawn, failed.after)
        now = time.monotonic()
        if now + pause > self._deadline:
            raise failed.error from None
        if now >= self._tell_at:
            self._tell(failed.error.message, self._deadline - now)
        self._longest = min(2 * self._longest, _LONGEST_PAUSE)
        time.sleep(pause)

    def _tell(self, why: str, left: float) -> None:
        """Say once why nothing happens; without a word of the program's own it goes to stderr."""
        import logging  # it takes long to load

        self._tell_at = inf
        logging.getLogger("volery.client").warning("%s; trying on for %.0f s", why, left)


def _written(query: Query) -> str:
    from urllib.parse import urlencode

    given = {name: value for name, value in query.items() if value is not None}
    text = urlencode(given, doseq=True)
    return f"?{text}" if text else ""


def _as_they_come(answer: BaseHTTPResponse) -> Iterator[bytes]:
    """The bytes of an answer, none held back for those behind them."""
    while piece := answer.read1(_PIECE):
        yield piece


def _reason(error: BaseException) -> str:
    """What the system said, where it has said something."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__ or cause.__context__
    return str(error).rpartition(": ")[2] or type(error).__name__
