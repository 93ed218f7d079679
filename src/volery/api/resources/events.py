"""The journal of an execution's family as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from anyio import to_thread

from volery.api.operation import EVENT_STREAM
from volery.api.resources.executions import Seq
from volery.api.routes import Visit, visit
from volery.api.sse import Frame, Hub
from volery.api.streaming import Streaming, last_event
from volery.wire.executions import Event, Execution


class EventStream(Streaming):
    """Sends the journal.

    Args:
        visit: whoever follows.
        execution: which one.
        after: `seq` of the last line that they know.
    """

    def __init__(self, visit: Visit, execution: Execution, after: int) -> None:
        super().__init__(visit, execution.id)
        self._execution = execution
        self._after = after
        self._hub: Hub = visit.request.app.state.hub

    async def bodies(self, cut: Callable[[], None]) -> AsyncGenerator[bytes]:
        async with aclosing(self._frames(cut)) as pieces:
            async for frames in pieces:
                last = next((at for at, each in enumerate(frames) if self._is_last(each)), None)
                shown = frames if last is None else frames[: last + 1]
                yield b"".join(each.data for each in shown)
                if last is not None:
                    return

    def _frames(self, cut: Callable[[], None]) -> AsyncGenerator[list[Frame]]:
        root = self._execution.root or self._execution.id
        if self._execution.ended is not None:
            return self._hub.behind(root, self._after)
        return self._hub.follow(root, self._after, cut)

    def _is_last(self, frame: Frame) -> bool:
        return frame.ended == self._execution.id


@visit("GET", "/executions/{id}/events", gives=EVENT_STREAM, event=Event)
async def events(visit: Visit, id: str, after: Seq = 0) -> EventStream:
    """Follow an execution: lines of its family's journal, each as an event with its `seq` as id.

    First come those behind `after` (or behind the header Last-Event-ID), then new ones as they are
    written. The stream ends with the execution.
    """
    execution = await to_thread.run_sync(visit.backend.execution, id)
    return EventStream(visit, execution, max(after, last_event(visit) or 0))


ROUTES = [events]
