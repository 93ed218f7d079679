"""A connection: requests as they come in, of a size and in a time that a client needs."""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from volery.api.door import HEADERS
from volery.api.problems import Refused, answer

LARGEST_HEAD = 64 * 1024
"""Bytes of a request before its body."""
SLOWEST_HEAD = 30.0
"""Seconds that they may take."""


class Connection(HttpToolsProtocol):
    """Ends when the head of a request is too large or too long in coming.

    How long a body takes is watched by the door, which knows what was already read of it.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._in_head = True
        self._size = 0
        self._timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head:
            self._size += len(data)
            if self._size > LARGEST_HEAD and not self.transport.is_closing():
                status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                self._refuse(Refused(status, "the head of the request is too large"))
        self._watch()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._size = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        self._refuse(Refused(HTTPStatus.BAD_REQUEST, f"this is no request of HTTP/1.1: {msg}"))

    def _unsupported_upgrade_warning(self) -> None:
        """Whoever asks for another protocol is answered in this one; that is no warning's worth."""

    def _watch(self) -> None:
        """Have a time limit while nothing is being answered, and none meanwhile."""
        if self._answering():
            self._unwatch()
        elif self._timer is None:
            self._timer = self.loop.call_later(SLOWEST_HEAD, self.transport.close)

    def _answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, error: Refused) -> None:
        told = answer(error, "")
        body = told.body
        headers = told.headers | {"content-length": str(len(body)), "connection": "close"}
        lines = [
            f"HTTP/1.1 {error.status.value} {error.status.phrase}".encode(),
            *(f"{name}: {value}".encode() for name, value in headers.items()),
            *(b"%s: %s" % each for each in HEADERS),
        ]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        self.transport.close()
