"""How the server is, for those who watch over it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import msgspec
from litestar import Response

from volery.api.desk import Desk
from volery.api.metrics import TEXT, Metrics
from volery.api.operation import JSON
from volery.api.routes import AnyRequest, watched
from volery.errors import VoleryError
from volery.wire.health import Check, Health


class Alive(msgspec.Struct, frozen=True):
    """The process answers."""

    ok: bool = True


@watched("/healthz", Alive)
def healthz(request: AnyRequest) -> Response[bytes]:  # noqa: ARG001 - whoever asks
    """Say that the process answers."""
    return Response(msgspec.json.encode(Alive()), media_type=JSON)


@watched("/readyz", Health)
def readyz(request: AnyRequest) -> Response[bytes]:
    """Say whether the server can do its work; 503 when it cannot, with what is wrong."""
    health: Callable[[], Health] = request.app.state.health
    found = health()
    if not _is_known(request):
        found = _without_details(found)
    status = HTTPStatus.OK if found.ok else HTTPStatus.SERVICE_UNAVAILABLE
    return Response(msgspec.json.encode(found), media_type=JSON, status_code=status)


@watched("/metrics", str, gives=TEXT)
def metrics(request: AnyRequest) -> Response[bytes]:
    """What the server counts, for Prometheus."""
    desk: Desk = request.app.state.desk
    desk.identify(request.scope)
    counted: Metrics = request.app.state.metrics
    return Response(counted.text(), media_type=TEXT)


def _is_known(request: AnyRequest) -> bool:
    desk: Desk = request.app.state.desk
    try:
        desk.identify(request.scope)
    except VoleryError:
        return False
    return True


def _without_details(health: Health) -> Health:
    """What anybody may know: names of hosts and folders are for those who belong here."""
    checks = tuple(Check(each.name, each.ok) for each in health.checks)
    return Health(health.ok, checks, "")


ROUTES = [healthz, readyz, metrics]
