"""Ticks: what a server does from time to time, one after the other in one thread."""

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
    """Calls functions over and over, each when it is time.

    Every tick may be repeated, and done by several servers at once: what is done is decided by what
    the database says.

    Args:
        ticks: by name.
        period: most seconds between two looks.
    """

    def __init__(self, ticks: Mapping[str, Tick], period: float = PERIOD) -> None:
        self._ticks = ticks
        self._period = period
        self._due = dict.fromkeys(ticks, 0.0)
        self._errors: dict[str, Check] = {}
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="ticks", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the tick that is under way; one that takes long is given up."""
        self._stopping.set()
        self._thread.join(PATIENCE)

    def checks(self) -> tuple[Check, ...]:
        """Which of them work."""
        return tuple(self._errors.get(name) or Check(name, ok=True) for name in self._ticks)

    def _run(self) -> None:
        while not self._stopping.is_set():
            for name in self._ticks:
                began = monotonic()
                if began >= self._due[name] and not self._stopping.is_set():
                    wait, ended = self._after(name), monotonic()
                    # Half of the time is for those who ask.
                    self._due[name] = ended + max(wait, ended - began)
            self._stopping.wait(max(0.0, min(self._due.values()) - monotonic()))

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
