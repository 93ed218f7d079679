"""A backend on a home, for one program: what it starts it also drives."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from threading import Event, Thread

from volery._version import __version__
from volery.clock import SystemClock
from volery.config import Settings
from volery.errors import VoleryError
from volery.ids import new_execution_id
from volery.services.backend import LocalBackend
from volery.services.engine import Engine
from volery.services.life import Life
from volery.wire.access import LOCAL
from volery.wire.health import Health

AGAIN = 0.25
"""Seconds before what was lost is opened again."""


class HomeBackend(LocalBackend):
    """See `Backend`. Until something is started it drives nothing, and costs what reading costs.

    When its engine loses the database, whoever watches or asks is told so; a new engine goes on
    with what the first one drove as soon as it can.

    Args:
        settings: which home, database and storage.
        reading: nothing is made and nothing changed.

    Raises:
        NothingYet: nothing was ever run there, and it is only read.
        StoreError: they cannot be used.
    """

    def __init__(self, settings: Settings, *, reading: bool = False) -> None:
        self._settings = settings
        self._reading = reading
        self._pool = new_execution_id()  # the engine that follows one of its pool takes over
        self._over = Event()
        self._thread: Thread | None = None
        self._open()

    def close(self) -> None:
        """What it has started and has not ended is left to whoever resumes it."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        self._stack.close()

    def _open(self) -> None:
        stack = ExitStack()
        with ExitStack() as on_failure:
            on_failure.push(stack)
            life = Life(
                self._settings,
                SystemClock(),
                self._health,
                pool=self._pool,
                stack=stack,
                reading=self._reading,
                engaged=self._begin,
            )
            on_failure.pop_all()
        self._stack, self._life = stack, life
        super().__init__(life.services, LOCAL)

    def _begin(self, engine: Engine) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._drive, args=[engine], name="engine", daemon=True)
            self._thread.start()

    def _health(self) -> Health:
        checks = self._life.checks()
        return Health(all(each.ok for each in checks), checks, __version__)

    # -- the engine's thread --------------------------------------------------------------

    def _drive(self, engine: Engine | None) -> None:
        while engine is not None:
            try:
                engine.serve(self._over.is_set)
            except Exception:
                import logging  # it takes long to load

                logging.getLogger("volery.engine").exception("it has stopped, and begins anew")
                engine = self._anew()
            else:
                return

    def _anew(self) -> Engine | None:
        """Another engine, as soon as there can be one; None: it is over."""
        with suppress(VoleryError):
            self._stack.close()
        while not self._over.wait(AGAIN):
            with suppress(VoleryError):
                self._open()
                return self._life.engine()
        return None


def local(settings: Settings) -> HomeBackend:
    """The backend of the home that the settings name. The caller closes it."""
    return HomeBackend(settings)
