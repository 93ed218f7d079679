"""A server that says what it is told to say, over real HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What is answered. `cut`: the connection ends in the middle of the body."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


HANG_UP = Answer(0)
"""No answer at all: the connection just ends."""


class Scripted:
    """Answers requests with what stands in `answers`, one after the other, the last for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def next(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = script.next(Asked(self.command, self.path, headers, body))
                if answer is HANG_UP:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                length = len(answer.body) + (100 if answer.cut else 0)
                self.send_header("content-length", str(length))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)
                self.close_connection = answer.cut

            do_GET = do_HEAD = do_PUT = do_POST = answer

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        return Handler

    @contextmanager
    def serving(self) -> Iterator[Scripted]:
        thread = threading.Thread(target=self._server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()


@pytest.fixture
def script() -> Iterator[Scripted]:
    with Scripted().serving() as running:
        yield running


@pytest.fixture
def nowhere() -> Iterator[str]:
    """A URL at which nobody listens, and nobody else can begin to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


Problem = Callable[..., Answer]


@pytest.fixture
def problem() -> Problem:
    """An answer that is a problem."""
    import msgspec

    def made(status: int, code: str, detail: str = "it is so", **more: object) -> Answer:
        body = {"title": code, "status": status, "detail": detail, "code": code, **more}
        return Answer(
            status, msgspec.json.encode(body), {"content-type": "application/problem+json"}
        )

    return made
