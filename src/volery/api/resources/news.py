"""News of all executions as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

from anyio import to_thread

from volery.api.news import Bulletin
from volery.api.operation import EVENT_STREAM
from volery.api.resources.executions import Seq
from volery.api.routes import Visit, visit
from volery.api.streaming import Streaming, last_event
from volery.services.access import require
from volery.wire.access import Identity
from volery.wire.news import ExecutionEvent


class NewsStream(Streaming):
    """Sends them.

    Args:
        visit: whoever follows.
        after: `seq` of the last line that they know; None: they want only what is new.
        wanted: whether they are told of a line.
    """

    def __init__(
        self, visit: Visit, after: int | None, wanted: Callable[[ExecutionEvent], bool]
    ) -> None:
        super().__init__(visit, "all executions")
        self._after = after
        self._wanted = wanted
        self._bulletin: Bulletin = visit.request.app.state.bulletin

    def bodies(self, cut: Callable[[], None]) -> AsyncGenerator[bytes]:
        return self._bulletin.follow(self._after, self._wanted, cut)


@visit("GET", "/events", gives=EVENT_STREAM, event=ExecutionEvent)
async def news(
    visit: Visit, project: str = "", domain: str = "", after: Seq | None = None
) -> NewsStream:
    """Follow all executions: when they begin and end, each line as an event.

    First comes an event `hello` with the server's clock, then what was written behind `after` (or
    behind the header Last-Event-ID), then what is new. A line may come twice. Whoever has missed
    too much is sent an event `reset`.
    """
    who = await to_thread.run_sync(visit.backend.identity)
    if project:
        require(who, "viewer", project)
    last = last_event(visit)
    known = after if last is None else max(after or 0, last)
    return NewsStream(visit, known, _wants(who, project, domain))


def _wants(who: Identity, project: str, domain: str) -> Callable[[ExecutionEvent], bool]:
    """Whether somebody wants to hear of a line, and may."""

    def wanted(event: ExecutionEvent) -> bool:
        entity = event.entity
        return (
            project in {"", entity.project}
            and domain in {"", entity.domain}
            and who.may("viewer", entity.project)
        )

    return wanted


ROUTES = [news]
