"""One POST, of which neither the length nor the time is left to the other side."""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, quote, unquote, urlsplit

from volery._version import __version__
from volery.notify.channel import NotSentError

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPResponse

PATIENCE: Final = 10.0
"""Seconds that the other side may be silent."""
LONGEST: Final = 30.0
"""Seconds that all of it may take."""
SHOWN: Final = 300
"""Bytes of an answer that are read."""
_LATER: Final = frozenset({408, 425, 429})
"""Refusals that another try may not meet."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Send a JSON document.

    Redirections are not followed: whoever writes the address says where it leads.

    Raises:
        NotSentError: there was no answer, or one that is not of the 200s.
    """
    from http.client import HTTPException

    try:
        parts = urlsplit(url)
        connection = _connection(parts)
    except ValueError:
        raise NotSentError("the address is no URL of http or https", final=True) from None
    try:
        with _ending_in_time(connection):
            connection.request("POST", _target(parts), body, {**_headers(parts), **headers})
            with connection.getresponse() as response:
                _check(response)
    except (OSError, HTTPException, ValueError) as error:
        raise NotSentError(f"{parts.hostname} was not reached: {_reason(error)}") from None
    finally:
        connection.close()


def _connection(parts: SplitResult) -> HTTPConnection:
    from http.client import HTTPConnection, HTTPSConnection

    if not parts.hostname:
        raise ValueError
    match parts.scheme:
        case "https":
            return HTTPSConnection(parts.hostname, parts.port, timeout=PATIENCE)
        case "http":
            return HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE)
        case _:
            raise ValueError


def _target(parts: SplitResult) -> str:
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    return quote(target, safe="/?&=%:;,@!$'()*+~.-_[]|")


def _headers(parts: SplitResult) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": f"volery/{__version__}"}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return headers


@contextmanager
def _ending_in_time(connection: HTTPConnection) -> Generator[None]:
    """Hang up when it has taken too long: who sends a byte now and then would be waited for."""
    from threading import Timer

    connection.connect()
    line = connection.sock  # the connection itself forgets it while an answer is still read

    def hang_up() -> None:
        with suppress(OSError):
            # Not the one of an encrypted socket, which changes what another thread reads with.
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = Timer(LONGEST, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _check(response: HTTPResponse) -> None:
    """Raises NotSentError unless the answer is one of the 200s."""
    status = response.status
    if 200 <= status < 300:
        return
    said = " ".join(response.read1(SHOWN).decode(errors="replace").split())
    told = f"it answered {status} {response.reason}".rstrip()
    if 300 <= status < 400:
        raise NotSentError(f"{told}: redirections are not followed", final=True)
    raise NotSentError(
        f"{told}: {said}" if said else told,
        final=400 <= status < 500 and status not in _LATER,
        after=_after(response.getheader("Retry-After", "")),
    )


def _after(header: str) -> float:
    """Seconds of a Retry-After; a date is left aside, as clocks differ."""
    return float(header) if header.isascii() and header.isdigit() else 0.0


def _reason(error: Exception) -> str:
    """An error in words that have nothing of the address in them."""
    match error:
        case TimeoutError():
            return f"no answer within {PATIENCE:.0f} s"
        case socket.gaierror():
            return "its name is not known"
        case OSError() if error.strerror:
            return error.strerror
        case _:
            return f"it hung up ({type(error).__name__})"
