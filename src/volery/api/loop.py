"""The event loop that answers requests, until a signal."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import uvicorn
from anyio import to_thread

from volery.api.address import BACKLOG
from volery.api.app import App
from volery.api.connection import Connection

GRACE = 10
"""Seconds that requests may still take when the server ends."""
IDLE = 30
"""Seconds for which a connection without requests is kept."""


class Loop(uvicorn.Server):
    """Answers requests until a signal; then streams end, and other answers are finished first.

    Args:
        app: the application.
        ready: called once requests are answered.
    """

    def __init__(self, app: App, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=Connection,
            loop="asyncio",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=GRACE,
        )
        super().__init__(config)
        self._app = app
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()  # nobody comes in any more who would begin a stream
        await to_thread.run_sync(self._app.end_streams)
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Unlike in the base, a signal is not raised again at the end: there is more to end."""
        if threading.current_thread() is not threading.main_thread():  # signals are not for it
            yield
            return
        before: dict[int, Any] = {
            each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
