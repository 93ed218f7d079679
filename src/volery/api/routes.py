"""Routes: functions of the resources, as handlers that the app can route to."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Awaitable, Callable
from typing import Any, cast

import msgspec
from anyio import to_thread
from litestar import Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from volery.api.desk import Desk
from volery.api.operation import JSON, Operation
from volery.api.problems import BadRequest
from volery.errors import CallError
from volery.wire.backend import Backend

PREFIX = "/api/v1"
"""Of all operations."""

AnyRequest = Request[Any, Any, Any]
Function = Callable[..., Any]

_encoder = msgspec.json.Encoder()


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


def post(path: str, status: int = 200) -> Callable[[Function], HTTPRouteHandler]:
    """The same for one that changes something."""
    return _answering("POST", path, status)


def visit(
    method: str, path: str, *, status: int = 200, takes: str = "", gives: str = ""
) -> Callable[[Callable[..., Awaitable[Any]]], HTTPRouteHandler]:
    """A route whose async function takes a `Visit`, and gives an ASGI application that answers."""

    def decorate(function: Callable[..., Awaitable[Any]]) -> HTTPRouteHandler:
        operation = Operation(
            method, PREFIX + path, function, status=status, takes=takes, gives=gives
        )
        operation.answer = str if gives.startswith("text/") else Any

        async def handle(request: AnyRequest) -> ASGIApp:
            desk: Desk = request.app.state.desk
            backend = await to_thread.run_sync(desk.backend, request.scope)
            given = _arguments(operation, request, b"")
            answer = await function(Visit(request, backend), **given)
            if isinstance(answer, Response):
                return cast("Any", answer).to_asgi_response(app=None, request=request)
            return answer

        return _handler(operation, handle)

    return decorate


def watched(
    path: str, answer: type[Any], gives: str = JSON
) -> Callable[[Callable[[AnyRequest], Response[bytes]]], HTTPRouteHandler]:
    """A route for those who watch over the server: its function takes the request.

    `answer` is the type of what stands in the response.
    """

    def decorate(function: Callable[[AnyRequest], Response[bytes]]) -> HTTPRouteHandler:
        operation = Operation("GET", path, function, gives=gives)
        operation.answer = answer

        async def handle(request: AnyRequest) -> Response[bytes]:
            return await to_thread.run_sync(function, request)

        return _handler(operation, handle)

    return decorate


def _answering(method: str, path: str, status: int) -> Callable[[Function], HTTPRouteHandler]:
    def decorate(function: Function) -> HTTPRouteHandler:
        operation = Operation(method, PREFIX + path, function, status=status)

        def answer(request: AnyRequest, body: bytes) -> bytes:
            desk: Desk = request.app.state.desk
            backend = desk.backend(request.scope)
            return _encoder.encode(function(backend, **_arguments(operation, request, body)))

        async def handle(request: AnyRequest) -> ASGIApp:
            body = await request.body() if operation.takes else b""
            # The loop's own threads, and its own response: both cost less than what is around them.
            encoded = await get_running_loop().run_in_executor(None, answer, request, body)
            return ASGIResponse(body=encoded, media_type=JSON, status_code=status)

        return _handler(operation, handle)

    return decorate


def _arguments(operation: Operation, request: AnyRequest, body: bytes) -> dict[str, Any]:
    try:
        return operation.arguments(request.path_params, request.scope["query_string"], body)
    except CallError as error:
        raise BadRequest(error) from None


def _handler(operation: Operation, handle: Callable[[AnyRequest], Awaitable[Any]]) -> Any:
    path = operation.path.replace("}", ":str}")
    decorate = route(path, http_method=operation.method, opt={"operation": operation})  # type: ignore[arg-type]
    return decorate(handle)
