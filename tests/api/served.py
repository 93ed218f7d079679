"""A real server with its door, in this process, on a port of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import urllib3

from volery.api.address import Address, bound
from volery.api.loop import Loop
from volery.api.serve import application
from volery.clock import Clock
from volery.config import Settings
from volery.services.server import Server
from volery.wire.access import LOCAL, NewToken
from volery.wire.backend import Backend

JSON = {"content-type": "application/json"}


class Reply(NamedTuple):
    """An answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def problem(self) -> tuple[int, str, str | None]:
        """Status, code and path of a problem, which this has to be."""
        assert self.headers["content-type"] == "application/problem+json", self
        assert self.json["status"] == self.status
        return self.status, self.json["code"], self.json.get("path")


class Served:
    """The hand of a test.

    Args:
        server: behind the door.
        port: where it listens.
    """

    def __init__(self, server: Server, port: int) -> None:
        self.server = server
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.http = urllib3.PoolManager(maxsize=8)

    @property
    def backend(self) -> Backend:
        """The server's own, for an admin."""
        return self.server.backend(LOCAL)

    def token(self, name: str, *args: Any, **more: Any) -> str:
        """The secret of a new token."""
        return self.backend.create_token(NewToken(name, *args, **more)).secret

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Ask something; a body that is no bytes is sent as JSON."""
        said = {"authorization": f"Bearer {token}"} if token else {}
        if body is not None and not isinstance(body, bytes):
            body, said = json.dumps(body).encode(), said | JSON
        answer = self.http.request(
            method,
            self.url + path,
            body=body,
            headers={**said, **(headers or {})},
            retries=False,
            timeout=20,
        )
        return Reply(answer.status, answer.headers, answer.data)

    def head_of(self, path: str, token: str = "") -> Reply:
        """How an answer begins that may have no end."""
        said = {"authorization": f"Bearer {token}"} if token else {}
        url = self.url + path
        answer = self.http.request("GET", url, headers=said, preload_content=False, retries=False)
        answer.close()
        return Reply(answer.status, answer.headers, b"")

    def get(self, path: str, **more: Any) -> Reply:
        return self.ask("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.ask("POST", path, body={} if body is None else body, **more)


@contextmanager
def served(
    home: Path, *, asks: bool = False, clock: Clock | None = None, **settings: Any
) -> Iterator[Served]:
    """Serve a home. `asks`: everybody has to say who they are."""
    server = Server(Settings(home=home, workers=1, **settings), clock)
    address = Address(port=0)
    with bound(address) as listener:
        server.start()
        ready = threading.Event()
        loop = Loop(application(server, address, asks=asks), ready.set)
        thread = threading.Thread(target=loop.run, args=[[listener]])
        thread.start()
        try:
            assert ready.wait(20)
            hand = Served(server, listener.getsockname()[1])
            yield hand
            hand.http.clear()
        finally:
            loop.should_exit = True
            thread.join()
            server.stop()
