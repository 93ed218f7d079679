"""Ticks: what a server does from time to time, each in a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from threading import Event, Thread
from time import monotonic

from volery.errors import VoleryError
from volery.wire.health import Check, failed

PERIOD = 0.25
"""Seconds between looks, where a tick does not say when it is needed next."""
PATIENCE = 5.0
"""Seconds before a tick that has failed is tried again."""

_log = logging.getLogger("volery.ticks")

Tick = Callable[[], float | None]
"""Does what there is to do; returns seconds until it may be needed next, None: as usual."""


class Ticks:
    """Calls functions over and over, each when it is time. One that takes long holds up no other.

    Every tick may be repeated, and done by several servers at once: what is done is decided by what
    the database says.

    Args:
        ticks: by name.
        period: most seconds between two looks.
    """

    def __init__(self, ticks: Mapping[str, Tick], period: float = PERIOD) -> None:
        self._ticks = ticks
        self._period = period
        self._errors: dict[str, Check] = {}
        self._stopping = Event()
        self._threads = [
            Thread(target=self._run, args=[name], name=name, daemon=True) for name in ticks
        ]

    def start(self) -> None:
        """Begin."""
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """End after the ticks that are under way; those that take long are given up."""
        self._stopping.set()
        deadline = monotonic() + PATIENCE
        for each in self._threads:
            each.join(max(0.0, deadline - monotonic()))

    def checks(self) -> tuple[Check, ...]:
        """Which of them work."""
        return tuple(self._errors.get(name) or Check(name, ok=True) for name in self._ticks)

    def _run(self, name: str) -> None:
        while not self._stopping.is_set():
            began = monotonic()
            wait = self._after(name)
            # Half of the time is for those who ask.
            self._stopping.wait(max(wait, monotonic() - began))

    def _after(self, name: str) -> float:
        """Tick, and say after how many seconds to do so again."""
        try:
            wait = self._ticks[name]()
        except VoleryError as error:
            _log.warning("%s: %s", name, error)
            self._errors[name] = failed(name, error)
            return PATIENCE
        except Exception as error:  # noqa: BLE001 - the others have to go on
            _log.exception("%s has failed", name)
            self._errors[name] = failed(name, error)
            return PATIENCE
        self._errors.pop(name, None)
        return self._period if wait is None else min(max(wait, 0.0), self._period)
