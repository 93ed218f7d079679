"""The door: what every request passes before it is looked at, and what every answer carries."""

from __future__ import annotations

import logging
import re
import secrets
from asyncio import timeout
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from ipaddress import ip_address
from itertools import count
from time import perf_counter
from typing import Any

from volery.api.desk import Desk, header
from volery.api.metrics import Metrics
from volery.api.operation import JSON
from volery.api.pages import is_page
from volery.api.problems import Answer, Refused, answer
from volery.errors import VoleryError
from volery.services.access import SECRET

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

OPEN = frozenset({"/healthz", "/readyz", "/api/openapi.json"})
"""What may be read without saying who asks."""

HEADERS = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
]
"""Of every answer that says nothing else: it is data for whoever asked, and for nobody else."""

SLOWEST = 30.0
"""Seconds that a body may take, and one more for each `SLOWEST_RATE` bytes that have come."""
SLOWEST_RATE = 4096

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PROCESS, _NUMBERS = secrets.token_hex(4), count()
"""What the ids of requests are made of: none of this process is like any other's."""
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?::\d{1,5})?")

_log = logging.getLogger("volery.http")


class Door:
    """An ASGI application around the one with the routes.

    Args:
        app: with the routes.
        desk: knows whether everybody has to say who they are.
        hosts: names by which this server may be asked, besides addresses; None: any. Pages in a
            browser can have a name of their own lead here; what they then ask is refused.
        metrics: counts.
    """

    def __init__(
        self, app: App, desk: Desk, hosts: frozenset[str] | None, metrics: Metrics
    ) -> None:
        self._app = app
        self._desk = desk
        self._hosts = hosts
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visitor = _Passage(scope, receive, send)
        try:
            await self._admit(scope)
        except VoleryError as error:
            await visitor.turn_away(answer(error, scope["state"]["request"]))
        else:
            await self._app(scope, visitor.receive, visitor.send)
        finally:
            visitor.tell(self._metrics)

    async def _admit(self, scope: Any) -> None:
        """Raises Refused, Unauthorized or Unavailable."""
        _check_host(scope, self._hosts)
        if scope["method"] not in _SAFE:
            _check_origin(scope)
        if scope["path"] not in OPEN and not is_page(scope["method"], scope["path"]):
            await self._desk.expect_token(scope)


class _Passage:
    """A request on its way through the door."""

    def __init__(self, scope: Any, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._received = 0
        self._more = True
        self._began = perf_counter()
        self._status = 0
        self._id = f"{_PROCESS}{next(_NUMBERS):08x}"
        scope.setdefault("state", {})["request"] = self._id

    async def receive(self) -> Mapping[str, Any]:
        """The next part of the body; behind its end or the beginning of the answer whatever comes.

        Raises:
            Refused: it comes too slowly, or will never be whole.
        """
        if self._status or not self._more:
            return await self._receive()
        left = SLOWEST + self._received / SLOWEST_RATE - (perf_counter() - self._began)
        try:
            async with timeout(left):
                message = await self._receive()
        except TimeoutError:
            raise Refused(
                HTTPStatus.REQUEST_TIMEOUT, "the body of the request comes too slowly"
            ) from None
        if message["type"] == "http.disconnect":
            raise Refused(HTTPStatus.BAD_REQUEST, "the request has broken off in its body")
        self._received += len(message["body"])
        self._more = message["more_body"]
        return message

    async def send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            said = list(message.get("headers", ()))
            names = {name.lower() for name, _ in said}
            own = [each for each in HEADERS if each[0] not in names]
            number = (b"x-request-id", self._id.encode())
            message = {**message, "headers": [*said, *own, number]}
        await self._send(message)

    async def turn_away(self, problem: Answer) -> None:
        """Answer in place of the application."""
        body = problem.body
        headers = {**problem.headers, "content-length": str(len(body))}
        encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self.send(
            {
                "type": "http.response.start",
                "status": problem.problem.status,
                "headers": encoded,
            }
        )
        await self.send({"type": "http.response.body", "body": body})

    def tell(self, metrics: Metrics) -> None:
        """Log and count the request: no body, nothing of the query, and no token anywhere."""
        took = perf_counter() - self._began
        route = self._scope.get("path_template") or "none"
        metrics.requests(self._scope["method"], route, self._status, took)
        _log.info(
            "%s %s",
            self._scope["method"],
            SECRET.sub("[token]", self._scope["path"]),
            extra={
                "request": self._id,
                "status": self._status,
                "ms": round(took * 1000, 1),
                "who": self._scope["state"].get("who", ""),
            },
        )


def _check_host(scope: Any, hosts: frozenset[str] | None) -> None:
    asked = [value for key, value in scope["headers"] if key == b"host"]
    if len(asked) > 1:  # whoever stands in between may have looked at another one
        raise Refused(HTTPStatus.BAD_REQUEST, "the request names more than one host")
    name, is_address = _named(asked[0] if asked else b"")
    if hosts is None or name in hosts or is_address:
        return
    raise Refused(
        HTTPStatus.MISDIRECTED_REQUEST,
        f"this server is not known as {name!r}" if name else "the request names no host",
        hint="start it with --allow-host NAME for each name that it is reached by",
    )


@lru_cache(256)  # nearly all name one of a few
def _named(host: bytes) -> tuple[str, bool]:
    """What a request names as its host, without the port, and whether it is an address."""
    found = _HOST.fullmatch(host.decode("latin-1"))
    name = found["name"].strip("[]").lower() if found else ""
    return name, _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _check_origin(scope: Any) -> None:
    """See to it that no page of another origin, in whoever's browser, changes something.

    A page cannot set these headers as it likes: not the first one, and the others not without being
    allowed to, which this server never does.
    """
    if header(scope, b"sec-fetch-site") not in {None, "same-origin", "none"}:
        raise Refused(HTTPStatus.FORBIDDEN, "a page of another origin may change nothing here")
    if scope["method"] != "POST" or header(scope, b"authorization"):
        return
    kind = (header(scope, b"content-type") or "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise Refused(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"expected a body of the type {JSON}, got {kind or 'none'}",
            hint=f"send the header `Content-Type: {JSON}`",
        )
