"""What attempts show of their work: HTML of users, in a page that can do nothing."""

from __future__ import annotations

from anyio import to_thread
from litestar import Response

from volery.api.resources.logs import Number
from volery.api.routes import Visit, get, visit
from volery.wire.backend import Backend
from volery.wire.decks import Deck

HTML = "text/html"

POLICY = "; ".join(  # noqa: FLY002 - a line for each
    (
        "sandbox",  # no scripts, and an origin of its own, also where it is opened by itself
        "default-src 'none'",
        "img-src data:",
        "style-src 'unsafe-inline'",
        "frame-ancestors 'none'",
    )
)


@get("/executions/{id}/decks")
def decks(backend: Backend, id: str, path: str, attempt: Number = 1) -> tuple[Deck, ...]:
    """List the decks of an attempt, also while it runs."""
    return backend.decks(id, path, attempt)


@visit("GET", "/executions/{id}/decks/html", gives=HTML)
async def html(visit: Visit, id: str, path: str, name: str, attempt: Number = 1) -> Response[bytes]:
    """Read a deck: the HTML of a task, which must not be shown but in a sandbox."""
    found = await to_thread.run_sync(visit.backend.deck, id, path, attempt, name)
    headers = {"content-security-policy": POLICY}
    return Response(found.encode(), media_type=HTML, headers=headers)


ROUTES = [decks, html]
