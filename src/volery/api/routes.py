"""Routes: functions of the resources, as handlers that the app can route to."""

from __future__ import annotations

import gzip
from asyncio import get_running_loop
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, cast

import msgspec
from anyio import to_thread
from litestar import Request, Response, route
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from volery.api.bunches import Bunches
from volery.api.desk import Desk, header
from volery.api.operation import JSON, LARGEST_BODY, Operation
from volery.api.problems import BadRequest
from volery.errors import CallError
from volery.wire.backend import Backend

PREFIX = "/api/v1"
"""Of all operations."""

LARGE = 16_384
"""Bytes of an answer that is worth being compressed..."""
FASTEST = 1
"""... so, which takes a few milliseconds for each megabyte."""

AnyRequest = Request[Any, Any, Any]
Function = Callable[..., Any]
Headers = Sequence[tuple[bytes, bytes]]
Together = Callable[[Sequence[tuple[Backend, Any]]], Sequence[Any]]

SMALL = 32 * 1024
"""Bytes of a body whose answer others can wait for: nothing of it has to be stored by itself."""

_encoder = msgspec.json.Encoder()
_JSON = JSON.encode()
_GZIP = ((b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))


class Visit:
    """A request that is answered by more than one document.

    Attributes:
        request: as it came.
        backend: speaks for whoever sent it.
    """

    def __init__(self, request: AnyRequest, backend: Backend) -> None:
        self.request = request
        self.backend = backend


def get(path: str) -> Callable[[Function], HTTPRouteHandler]:
    """A route that reads: its function takes a `Backend`, and gives what is answered as JSON."""
    return _answering("GET", path, 200)


def post(
    path: str, status: int = 200, together: Together | None = None
) -> Callable[[Function], HTTPRouteHandler]:
    """The same for one that changes something.

    `together` does what the function does, for requests that come at the same time: of each it
    takes the backend and what stands in the body, and gives the answer or an error.
    """
    return _answering("POST", path, status, together)


def visit(
    method: str,
    path: str,
    *,
    status: int = 200,
    takes: str = "",
    gives: str = "",
    event: type[Any] | None = None,
) -> Callable[[Callable[..., Awaitable[Any]]], HTTPRouteHandler]:
    """A route whose async function takes a `Visit`, and gives an ASGI application that answers.

    `event`: what each event of a stream has.
    """

    def decorate(function: Callable[..., Awaitable[Any]]) -> HTTPRouteHandler:
        operation = Operation(
            method, PREFIX + path, function, status=status, takes=takes, gives=gives, head=False
        )
        operation.answer = str if gives.startswith("text/") else Any
        operation.event = event

        async def handle(request: AnyRequest) -> ASGIApp:
            desk: Desk = request.app.state.desk
            backend = await to_thread.run_sync(desk.backend, request.scope)
            given = _arguments(operation, request, b"")
            answer = await function(Visit(request, backend), **given)
            if isinstance(answer, Response):
                return cast("Any", answer).to_asgi_response(app=None, request=request)
            return answer

        return _handler(
            operation, handle, request_max_body_size=None
        )  # each has a limit of its own

    return decorate


def watched(
    path: str, answer: type[Any], gives: str = JSON
) -> Callable[[Callable[[AnyRequest], Awaitable[ASGIApp]]], HTTPRouteHandler]:
    """A route for those who watch over the server: its async function takes the request.

    `answer` is the type of what stands in the response.
    """

    def decorate(function: Callable[[AnyRequest], Awaitable[ASGIApp]]) -> HTTPRouteHandler:
        operation = Operation("GET", path, function, gives=gives)
        operation.answer = answer

        async def handle(request: AnyRequest) -> ASGIApp:
            return await function(request)

        return _handler(operation, handle)

    return decorate


def _answering(
    method: str, path: str, status: int, together: Together | None = None
) -> Callable[[Function], HTTPRouteHandler]:
    def decorate(function: Function) -> HTTPRouteHandler:
        operation = Operation(method, PREFIX + path, function, status=status)
        answer_all = together and partial(_answers, operation, together)

        def answer(request: AnyRequest, body: bytes) -> ASGIApp:
            backend, given = _read(operation, request, body)
            encoded = _encoder.encode(function(backend, **given))
            return _Encoded(status, encoded).packed_for(request)

        async def handle(request: AnyRequest) -> ASGIApp:
            body = await _body(request) if operation.takes else b""
            if answer_all is not None and len(body) <= SMALL:
                bunches: Bunches = request.app.state.bunches
                return _Encoded(status, await bunches.answer(answer_all, (request, body)))
            return await get_running_loop().run_in_executor(None, answer, request, body)

        return _handler(operation, handle)

    return decorate


async def _body(request: AnyRequest) -> bytes:
    """The body of a request, whole.

    The request's own method goes through a generator and an index of all headers, which takes
    longer than what is done with most bodies.
    """
    if int(header(request.scope, b"content-length") or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge
    body, more = b"", True
    while more:
        message: Any = await request.receive()
        body += message["body"]
        more = message["more_body"]
        if len(body) > LARGEST_BODY:
            raise RequestEntityTooLarge
    return body


class _Encoded:
    """An answer in JSON, of which nothing is left to be found out."""

    __slots__ = ("_body", "_headers", "_status")

    def __init__(self, status: int, body: bytes, headers: Headers = ()) -> None:
        self._status = status
        self._body = body
        self._headers = headers

    def packed_for(self, request: AnyRequest) -> _Encoded:
        """The same, compressed where it is large and whoever asks takes that."""
        accepted = header(request.scope, b"accept-encoding") or ""
        if len(self._body) < LARGE or "gzip" not in accepted:
            return self
        return _Encoded(self._status, gzip.compress(self._body, FASTEST, mtime=0), _GZIP)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002
        size = str(len(self._body)).encode()
        headers = [(b"content-type", _JSON), (b"content-length", size), *self._headers]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def _answers(
    operation: Operation, together: Together, asked: Sequence[tuple[AnyRequest, bytes]]
) -> list[bytes | Exception]:
    """Answers to requests that came at the same time; each that cannot be read has its error."""
    said = [_said(operation, *each) for each in asked]
    answers = iter(together([each for each in said if isinstance(each, tuple)]))
    told = (each if isinstance(each, Exception) else next(answers) for each in said)
    return [each if isinstance(each, Exception) else _encoder.encode(each) for each in told]


def _said(
    operation: Operation, request: AnyRequest, body: bytes
) -> tuple[Backend, Any] | Exception:
    try:
        backend, given = _read(operation, request, body)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are answered
        return error
    return backend, given["data"]


def _read(operation: Operation, request: AnyRequest, body: bytes) -> tuple[Backend, dict[str, Any]]:
    """The backend of whoever has sent a request, and what its function is called with besides."""
    desk: Desk = request.app.state.desk
    return desk.backend(request.scope), _arguments(operation, request, body)


def _arguments(operation: Operation, request: AnyRequest, body: bytes) -> dict[str, Any]:
    try:
        return operation.arguments(request.path_params, request.scope["query_string"], body)
    except CallError as error:
        raise BadRequest(error) from None


def options(path: str, methods: Iterable[str]) -> HTTPRouteHandler:
    """A route that tells by which methods a path may be asked."""
    allowed = ", ".join(sorted({*methods, "OPTIONS"}))

    async def handle() -> ASGIApp:
        return ASGIResponse(status_code=204, headers={"allow": allowed})

    return route(_template(path), http_method="OPTIONS")(handle)


def _handler(
    operation: Operation, handle: Callable[[AnyRequest], Awaitable[Any]], **more: Any
) -> HTTPRouteHandler:
    decorate = route(
        _template(operation.path),
        http_method=operation.methods,  # type: ignore[arg-type]
        opt={"operation": operation},
        **more,
    )
    return decorate(handle)


def _template(path: str) -> str:
    """A path as the router writes it."""
    return path.replace("}", ":str}")
