"""How the server is, for those who watch over it."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from anyio import to_thread
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from volery.api.desk import Desk
from volery.api.metrics import TEXT, Metrics
from volery.api.outlook import Outlook, without_details
from volery.api.routes import AnyRequest, watched
from volery.errors import VoleryError
from volery.wire.health import Health


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    ok: bool = True


@watched("/healthz", Alive)
async def healthz(request: AnyRequest) -> ASGIApp:  # noqa: ARG001 - whoever asks
    """Say that the process answers."""
    return ASGIResponse(body=msgspec.json.encode(Alive()))


@watched("/readyz", Health)
async def readyz(request: AnyRequest) -> ASGIApp:
    """Say whether the server can do its work; 503 when it cannot, with what is wrong."""
    outlook: Outlook = request.app.state.outlook
    health = await outlook.health()
    has_details = bool(health.version)
    if has_details and not await to_thread.run_sync(_is_known, request):
        health = without_details(health)
    status = HTTPStatus.OK if health.ok else HTTPStatus.SERVICE_UNAVAILABLE
    return ASGIResponse(body=msgspec.json.encode(health), status_code=status)


@watched("/metrics", str, gives=TEXT)
async def metrics(request: AnyRequest) -> ASGIApp:
    """What the server counts, for Prometheus."""
    return ASGIResponse(body=await to_thread.run_sync(_counted, request), media_type=TEXT)


def _counted(request: AnyRequest) -> bytes:
    desk: Desk = request.app.state.desk
    desk.identify(request.scope)
    counted: Metrics = request.app.state.metrics
    return counted.text()


def _is_known(request: AnyRequest) -> bool:
    desk: Desk = request.app.state.desk
    try:
        desk.identify(request.scope)
    except VoleryError:
        return False
    return True


ROUTES = [healthz, readyz, metrics]
