"""The outlook: how the server is, one look at a time, and an answer also when a look hangs."""

from __future__ import annotations

from asyncio import shield, timeout, wrap_future
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Final

from volery.wire.health import Check, Health

PATIENCE = 3.0
"""Seconds that a look may take before it is told that it does."""

HANGING: Final = Health(ok=False, checks=(Check("answers", ok=False),), version="")
"""What is told then, if nothing is known of earlier that explains it."""


class Outlook:
    """See the module's text.

    A look waits for the database and the storage. When one of them hangs, so does the look, and
    those who ask meanwhile wait for the same one.

    Args:
        look: says how the server is.
    """

    def __init__(self, look: Callable[[], Health]) -> None:
        self._look = look
        self._found: Future[Health] | None = None
        self._last = HANGING

    async def health(self) -> Health:
        """How the server is; when that takes long, without details."""
        if self._found is None or self._found.done():
            self._found = Future()
            # A thread of its own: those that answer may all hang. The process ends without it.
            Thread(target=self._run, args=[self._found], name="health", daemon=True).start()
        try:
            async with timeout(PATIENCE):
                return await shield(wrap_future(self._found))
        except TimeoutError:
            return HANGING if self._last.ok else without_details(self._last)

    def _run(self, found: Future[Health]) -> None:
        try:
            self._last = self._look()
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            found.set_exception(error)
        else:
            found.set_result(self._last)


def without_details(health: Health) -> Health:
    """What anybody may know: names of hosts and folders are for those who belong here."""
    checks = tuple(Check(each.name, each.ok) for each in health.checks)
    return Health(health.ok, checks, "")
