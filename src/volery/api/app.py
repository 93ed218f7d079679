"""The application: every route, around one desk."""

from __future__ import annotations

from asyncio import get_running_loop
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import msgspec
from anyio import to_thread
from litestar import Litestar, Request, Response, route
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from volery.api import openapi
from volery.api.bunches import Bunches
from volery.api.desk import Desk
from volery.api.door import Door
from volery.api.metrics import Metrics, Source
from volery.api.news import Bulletin, Lines as NewsLines
from volery.api.operation import LARGEST_BODY, Operation
from volery.api.outlook import Outlook
from volery.api.pages import Pages
from volery.api.problems import answer
from volery.api.resources import (
    access,
    artifacts,
    comparisons,
    contents,
    decks,
    entities,
    events,
    executions,
    fleet,
    graphs,
    health as health_routes,
    lineage,
    logs,
    news,
    nodes,
    overview,
    projects,
    schedules,
)
from volery.api.routes import options
from volery.api.sse import Hub, Lines
from volery.clock import SystemClock
from volery.services.access import Access
from volery.wire.access import Identity
from volery.wire.backend import Backend
from volery.wire.health import Health

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
        graphs,
        nodes,
        logs,
        decks,
        events,
        overview,
        fleet,
        comparisons,
        artifacts,
        news,
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
    news: NewsLines,
    access: Callable[[], Access | None] = lambda: None,
    hosts: frozenset[str] | None = None,
    source: Source = tuple,
) -> App:
    """The application.

    Args:
        backend_for: makes the backend of an identity.
        health: says how the server is.
        lines: where streams read the journal.
        news: where they read of all executions.
        access: gives what knows the tokens; where that is None, nobody has to say who they are.
        hosts: see `Door`.
        source: see `Metrics`.
    """
    desk, metrics = Desk(backend_for, access), Metrics(source)
    return App(desk, Hub(lines), Bulletin(news, SystemClock()), metrics, health, hosts)


class App:
    """An ASGI application. Whoever ends the server ends its streams first."""

    def __init__(  # noqa: PLR0917 - what its state is made of
        self,
        desk: Desk,
        hub: Hub,
        bulletin: Bulletin,
        metrics: Metrics,
        health: Callable[[], Health],
        hosts: frozenset[str] | None,
    ) -> None:
        self._hub = hub
        self._bulletin = bulletin
        state = {
            "desk": desk,
            "hub": hub,
            "bulletin": bulletin,
            "metrics": metrics,
            "outlook": Outlook(health),
            "bunches": Bunches(),
        }
        litestar = Litestar(
            [*_options(), description, *ROUTES],  # the router makes its own where none comes first
            state=State(state),
            lifespan=[_life],
            exception_handlers={Exception: _problem},
            request_max_body_size=LARGEST_BODY,
            openapi_config=None,
            logging_config=None,
            debug=False,
        )
        self._door = Door(Pages(litestar), desk, hosts, metrics)

    def end_streams(self) -> None:
        """End all of them, and read for none any more. Any thread may call it."""
        self._bulletin.stop()
        self._hub.stop()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._door(scope, receive, send)


@route("/api/openapi.json", http_method=["GET", "HEAD"])
async def description() -> ASGIApp:
    """Answer with the OpenAPI document."""
    return ASGIResponse(body=_described())


@cache
def _described() -> bytes:
    return msgspec.json.encode(openapi.document(operations()))


def _options() -> Iterator[HTTPRouteHandler]:
    methods: defaultdict[str, list[str]] = defaultdict(list)
    for operation in operations():
        methods[operation.path] += operation.methods
    return map(options, methods, methods.values())


def operations() -> list[Operation]:
    """All that the API can do."""
    return [route.opt["operation"] for route in ROUTES]


@asynccontextmanager
async def _life(app: Litestar) -> AsyncGenerator[None]:
    get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "answers"))
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    app.state.hub.start()
    app.state.bulletin.start()
    try:
        yield
    finally:
        app.state.bulletin.stop()
        app.state.hub.stop()


def _problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    told = answer(error, request.scope["state"]["request"])
    return Response(
        told.body,
        status_code=told.problem.status,
        media_type=told.headers["content-type"],
        headers={name: value for name, value in told.headers.items() if name != "content-type"},
    )
