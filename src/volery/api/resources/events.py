"""The journal of an execution's family as server-sent events."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

from anyio import CancelScope, create_task_group, move_on_after, to_thread

from volery.api.desk import header
from volery.api.operation import EVENT_STREAM
from volery.api.resources.executions import Seq
from volery.api.routes import Visit, visit
from volery.api.sse import HEARTBEAT, QUIET, Frame, Hub
from volery.errors import VoleryError
from volery.wire.executions import Execution

HEADERS = [
    (b"content-type", EVENT_STREAM.encode()),
    (b"x-accel-buffering", b"no"),  # proxies hand events on as they come
]
LAST_WORD = 1.0
"""Seconds that a client has to take the end of a stream."""

_log = logging.getLogger("volery.server")


class EventStream:
    """An ASGI application that sends a stream.

    Args:
        visit: whoever follows.
        execution: which one.
        after: `seq` of the last line that they know.
    """

    def __init__(self, visit: Visit, execution: Execution, after: int) -> None:
        self._visit = visit
        self._execution = execution
        self._after = after
        self._hub: Hub = visit.request.app.state.hub
        self._sent = monotonic()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG002 - ASGI's
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        async with create_task_group() as group:
            group.start_soon(self._until_gone, receive, group.cancel_scope)
            try:
                await self._send_all(send, group.cancel_scope)
            except VoleryError as error:  # the client comes back, and is told then
                _log.warning("a stream of %s has ended: %s", self._execution.id, error)
            group.cancel_scope.cancel()
        with move_on_after(LAST_WORD, shield=True):
            await send({"type": "http.response.body", "body": b""})

    @staticmethod
    async def _until_gone(receive: Any, scope: CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _send_all(self, send: Any, scope: CancelScope) -> None:
        async for frames in self._frames(scope):
            last = next((at for at, each in enumerate(frames) if self._is_last(each)), None)
            shown = frames if last is None else frames[: last + 1]
            body = b"".join(each.data for each in shown) or HEARTBEAT
            await send({"type": "http.response.body", "body": body, "more_body": True})
            if last is not None:
                return
            await self._check()

    def _frames(self, scope: CancelScope) -> AsyncIterator[list[Frame]]:
        root = self._execution.root or self._execution.id
        if self._execution.ended is not None:
            return self._hub.behind(root, self._after)
        return self._hub.follow(root, self._after, scope.cancel)

    def _is_last(self, frame: Frame) -> bool:
        return frame.ended == self._execution.id

    async def _check(self) -> None:
        """See now and then whether the token still holds."""
        if monotonic() - self._sent >= QUIET:
            self._sent = monotonic()
            desk = self._visit.request.app.state.desk
            await to_thread.run_sync(desk.identify, self._visit.request.scope)


@visit("GET", "/executions/{id}/events", gives=EVENT_STREAM)
async def events(visit: Visit, id: str, after: Seq = 0) -> EventStream:
    """Follow an execution: lines of its family's journal, each as an event with its `seq` as id.

    First come those behind `after` (or behind the header Last-Event-ID), then new ones as they are
    written. The stream ends with the execution.
    """
    last = header(visit.request.scope, b"last-event-id") or ""
    if last.isascii() and last.isdecimal():
        after = max(after, int(last[:19]))
    execution = await to_thread.run_sync(visit.backend.execution, id)
    return EventStream(visit, execution, after)


ROUTES = [events]
