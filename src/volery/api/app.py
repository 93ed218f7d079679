"""The application: every route, around one desk."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from anyio import to_thread
from litestar import Litestar, Request, Response, get
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from volery.api import openapi
from volery.api.desk import Desk
from volery.api.door import Door
from volery.api.metrics import Metrics, Source
from volery.api.operation import JSON, Operation
from volery.api.problems import answer
from volery.api.resources import (
    access,
    contents,
    entities,
    events,
    executions,
    health as health_routes,
    lineage,
    logs,
    nodes,
    projects,
    schedules,
)
from volery.api.sse import Hub, Lines
from volery.services.access import Access
from volery.wire.access import Identity
from volery.wire.backend import Backend
from volery.wire.health import Health

LARGEST_BODY = 10 * 1000**2
"""Bytes of a body that is JSON."""
THREADS = 16
"""Threads that answer requests, and as many for what goes back and forth in pieces."""

ROUTES: list[HTTPRouteHandler] = [
    route
    for resource in (
        health_routes,
        projects,
        contents,
        entities,
        schedules,
        executions,
        nodes,
        logs,
        events,
        lineage,
        access,
    )
    for route in resource.ROUTES
]


def create(
    backend_for: Callable[[Identity], Backend],
    *,
    health: Callable[[], Health],
    lines: Lines,
    access: Callable[[], Access | None] = lambda: None,
    hosts: frozenset[str] | None = None,
    source: Source = tuple,
) -> App:
    """The application.

    Args:
        backend_for: makes the backend of an identity.
        health: says how the server is.
        lines: where streams read the journal.
        access: gives what knows the tokens; where that is None, nobody has to say who they are.
        hosts: see `Door`.
        source: see `Metrics`.
    """
    return App(Desk(backend_for, access), Hub(lines), Metrics(source), health, hosts)


class App:
    """An ASGI application.

    Attributes:
        hub: of its streams; whoever ends the server stops it first.
    """

    def __init__(
        self,
        desk: Desk,
        hub: Hub,
        metrics: Metrics,
        health: Callable[[], Health],
        hosts: frozenset[str] | None,
    ) -> None:
        self.hub = hub
        state = {"desk": desk, "hub": hub, "metrics": metrics, "health": health}
        litestar = Litestar(
            [*ROUTES, description],
            state=State(state),
            lifespan=[_life],
            exception_handlers={Exception: _problem},
            request_max_body_size=LARGEST_BODY,
            openapi_config=None,
            logging_config=None,
            debug=False,
        )
        self._door = Door(litestar, desk, hosts, metrics)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._door(scope, receive, send)


@get("/api/openapi.json")
async def description() -> Response[bytes]:
    """Answer with the OpenAPI document."""
    return Response(msgspec.json.encode(openapi.document(operations())), media_type=JSON)


def operations() -> list[Operation]:
    """All that the API can do."""
    return [route.opt["operation"] for route in ROUTES]


@asynccontextmanager
async def _life(app: Litestar) -> AsyncGenerator[None]:
    get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "answers"))
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    app.state.hub.start()
    try:
        yield
    finally:
        app.state.hub.stop()


def _problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    told = answer(error, request.scope["state"]["request"])
    return Response(
        told.body,
        status_code=told.problem.status,
        media_type=told.headers["content-type"],
        headers={name: value for name, value in told.headers.items() if name != "content-type"},
    )
