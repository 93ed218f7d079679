"""A backend on a home, for one program: what it starts it also drives."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event, Thread

from volery._version import __version__
from volery.clock import SystemClock
from volery.config import Settings
from volery.services.backend import LocalBackend
from volery.services.engine import Engine
from volery.services.life import Life
from volery.wire.access import LOCAL
from volery.wire.health import Health


class HomeBackend(LocalBackend):
    """See `Backend`. Until something is started it drives nothing, and costs what reading costs.

    Args:
        settings: which home, database and storage.

    Raises:
        StoreError: they cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._stack = ExitStack()
        self._over = Event()
        with ExitStack() as on_failure:
            on_failure.push(self._stack)
            self._life = Life(
                settings,
                SystemClock(),
                self._health,
                pool="",
                stack=self._stack,
                engaged=self._begin,
            )
            on_failure.pop_all()
        super().__init__(self._life.services, LOCAL)

    def close(self) -> None:
        """What it has started and has not ended is left to whoever resumes it."""
        self._over.set()
        self._stack.close()

    def _begin(self, engine: Engine) -> None:
        thread = Thread(target=engine.serve, args=[self._over.is_set], name="engine", daemon=True)
        thread.start()
        self._stack.callback(thread.join)

    def _health(self) -> Health:
        checks = self._life.checks()
        return Health(all(each.ok for each in checks), checks, __version__)


def local(settings: Settings) -> HomeBackend:
    """The backend of the home that the settings name. The caller closes it."""
    return HomeBackend(settings)
