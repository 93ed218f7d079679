"""A server without its door: an engine at work, ticks, and backends for whoever asks.

HTTP is the door (`api`). A program that has a home to itself needs none: see `local`.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from threading import Event, Thread
from time import monotonic

from volery._version import __version__
from volery.clock import Clock, SystemClock
from volery.config import Settings
from volery.errors import Unavailable, VoleryError
from volery.services.access import Access
from volery.services.backend import LocalBackend
from volery.services.life import Life
from volery.services.ticks import Ticks
from volery.store.sql import SqlStore
from volery.wire.access import Identity
from volery.wire.health import Check, Health, failed

POOL = "server"
"""Servers of one database carry out each other's attempts, and go on with what others left."""
RETAINING = 3_600.0
"""Seconds between looks for what is old."""
AGAIN = 1.0
"""Seconds before what was lost is opened again."""
GRACE = 30.0
"""Seconds that attempts may still take when the server ends."""

_ENGINE = "engine"

_log = logging.getLogger("volery.server")


class Server:
    """Lives on a database and a storage; when it loses them, it begins anew as soon as it can.

    An engine that has lost its database is not used again: what it had claimed may be somebody
    else's by now. The next one has another owner, and takes over what the first one drove.

    Args:
        settings: which home, database and storage, and how many workers.
        clock: says when; by default the machine's.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self._settings = settings
        self._clock = clock or SystemClock()
        self._thread = Thread(target=self._run, name="engine", daemon=True)
        self._stopping = Event()
        self._end = 0.0
        self._settled = Event()
        self._life: Life | None = None
        self._ticks: Ticks | None = None
        self._lost: BaseException | None = None

    # -- whoever asks ---------------------------------------------------------------------

    def start(self) -> None:
        """Begin. Returns when it is ready, or has found out that something is missing."""
        self._thread.start()
        self._settled.wait()

    def stop(self, grace: float = GRACE) -> None:
        """End: no more attempts begin, and those that run have `grace` seconds to end.

        What has not ended by then is stopped, and run again by whoever goes on.
        """
        life = self._life
        if life is not None:
            life.engine().rest()
        _log.info("ending: attempts that run have %g s", grace)
        self._end = monotonic() + grace
        self._stopping.set()
        self._thread.join()

    def backend(self, who: Identity) -> LocalBackend:
        """What answers to somebody. Raises Unavailable while nothing can."""
        return LocalBackend(self._alive.services, who)

    @property
    def access(self) -> Access:
        """Who may come in. Raises Unavailable while nobody can tell."""
        return self._alive.services.access

    @property
    def has_made_token(self) -> bool:
        """Whether a token was made by way of this server, since it last lost its database."""
        life = self._life
        return life is not None and life.services.access.has_made

    @property
    def store(self) -> SqlStore:
        """For metrics and streams. Raises Unavailable while there is none."""
        return self._alive.store

    def health(self) -> Health:
        """Whether it can do its work."""
        life, ticks = self._life, self._ticks
        if life is None or ticks is None:
            checks = (self._unready,)
        else:
            checks = (*life.checks(), Check(_ENGINE, ok=True), *ticks.checks())
        return Health(all(each.ok for each in checks), checks, __version__)

    @property
    def _alive(self) -> Life:
        life = self._life
        if life is None:
            raise Unavailable(
                f"the server is not ready: {self._unready.detail}",
                hint="it tries again by itself; /readyz tells how it is",
            )
        return life

    @property
    def _unready(self) -> Check:
        """What it says of itself while there is no life."""
        lost = self._lost
        return (
            failed(_ENGINE, lost) if lost else Check(_ENGINE, ok=False, detail="it has just begun")
        )

    # -- the engine's thread --------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._live()
            except VoleryError as error:
                _log.warning("not ready: %s", error)
                self._lost = error
            except Exception as error:  # noqa: BLE001 - whatever it was, the next one may live
                _log.exception("the engine has stopped, and begins anew")
                self._lost = error
            self._settled.set()
            self._stopping.wait(AGAIN)

    def _live(self) -> None:
        """From the opening to the end, or to a loss."""
        with ExitStack() as stack:
            life = Life(self._settings, self._clock, self.health, pool=POOL, stack=stack)
            engine = life.engine()
            ticks = Ticks(
                {
                    "schedules": life.services.scheduling.tick,
                    "notices": life.services.delivering.tick,
                    "lineage": lambda: 0.0 if life.services.tracing.tick() else None,
                }
            )
            # Not among those that `health` asks: what is old stays longer, and all else goes on.
            retaining = Ticks({"retention": life.retain}, period=RETAINING)
            for each in (ticks, retaining):
                each.start()
                stack.callback(each.stop)
            stack.callback(setattr, self, "_life", None)
            self._life, self._ticks, self._lost = life, ticks, None
            self._settled.set()
            engine.serve(self._stopping.is_set, lambda: monotonic() >= self._end)
