"""Streaming: answers that are server-sent events, until their client is gone."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from time import monotonic
from typing import Any

from anyio import CancelScope, create_task_group, move_on_after, to_thread

from volery.api.desk import header
from volery.api.operation import EVENT_STREAM
from volery.api.routes import Visit
from volery.api.waiting import QUIET
from volery.errors import VoleryError

HEADERS = [
    (b"content-type", EVENT_STREAM.encode()),
    (b"x-accel-buffering", b"no"),  # proxies hand events on as they come
]
HEARTBEAT = b": still here\n\n"
LAST_WORD = 1.0
"""Seconds that a client has to take the end of a stream."""

_log = logging.getLogger("volery.server")


class Streaming(ABC):
    """An ASGI application that sends a stream.

    Args:
        visit: whoever follows.
        told: what of, for the log.
    """

    def __init__(self, visit: Visit, told: str) -> None:
        self._visit = visit
        self._told = told
        self._sent = monotonic()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - ASGI's
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        async with create_task_group() as group:
            group.start_soon(self._until_gone, receive, group.cancel_scope)
            try:
                await self._send_all(send, group.cancel_scope)
            except VoleryError as error:  # the client comes back, and is told then
                _log.warning("a stream of %s has ended: %s", self._told, error)
            group.cancel_scope.cancel()
        with move_on_after(LAST_WORD, shield=True):
            await send({"type": "http.response.body", "body": b""})

    @abstractmethod
    def bodies(self, cut: Callable[[], None]) -> AsyncGenerator[bytes]:
        """What is sent, piece by piece; nothing: the stream is just still there.

        `cut` ends whatever the client is just being sent.
        """

    @staticmethod
    async def _until_gone(receive: Any, scope: CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _send_all(self, send: Any, scope: CancelScope) -> None:
        async with aclosing(self.bodies(scope.cancel)) as bodies:
            async for body in bodies:
                piece = body or HEARTBEAT
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                await self._check()

    async def _check(self) -> None:
        """See now and then whether the token still holds."""
        if monotonic() - self._sent >= QUIET:
            self._sent = monotonic()
            desk = self._visit.request.app.state.desk
            await to_thread.run_sync(desk.identify, self._visit.request.scope)


def last_event(visit: Visit) -> int | None:
    """What the header Last-Event-ID says; None: it is not there, or no number."""
    last = header(visit.request.scope, b"last-event-id") or ""
    return int(last[:19]) if last.isascii() and last.isdecimal() else None
