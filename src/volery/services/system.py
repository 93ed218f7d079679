"""The system: what this process is made of, and who is at work on its database."""

from __future__ import annotations

from collections.abc import Callable

from volery.clock import Clock
from volery.config import Settings
from volery.executors import known
from volery.services.access import require
from volery.services.home import Home
from volery.services.owners import is_alive
from volery.store.at_work import AtWork
from volery.store.base import OwnerRecord
from volery.store.gauges import Gauges
from volery.store.sql import SqlStore
from volery.wire.access import Identity
from volery.wire.health import Health
from volery.wire.system import EngineState, ExecutorState, System


class SystemView:
    """See the module's text. Any thread may use it.

    Args:
        settings: of this process.
        home: knows who is at work here.
        store: has what is to be done.
        clock: says what time it is.
        health: says how it is.
        owner: gives the id of the engine of this process; empty: there is none yet.
    """

    def __init__(
        self,
        settings: Settings,
        home: Home,
        store: SqlStore,
        *,
        clock: Clock,
        health: Callable[[], Health],
        owner: Callable[[], str],
    ) -> None:
        self._settings = settings
        self._home = home
        self._store = store
        self._clock = clock
        self._health = health
        self._owner = owner

    def system(self, who: Identity) -> System:
        """See `Views.system`."""
        require(who, "viewer", None)
        health = self._health()
        at_work = AtWork(self._store.database)
        work = at_work.work()
        now, here = self._clock.now(), self._owner()
        engines = tuple(
            EngineState(
                id=each.id,
                pool=each.pool,
                expires=each.expires,
                alive=self._is_alive(each, now),
                here=each.id == here,
                driving=at_work.driven(each.id),
                attempts=work.by_owner.get(each.id, 0),
            )
            for each in self._store.owners()
        )
        return System(
            version=health.version,
            now=now,
            ok=health.ok,
            checks=health.checks,
            database=self._home.place,
            storage=self._home.storage(self._settings.storage).url,
            engines=engines,
            executors=self._executors(work.running, work.waiting),
            backlog=Gauges(self._store.database).backlog(),
        )

    def _is_alive(self, owner: OwnerRecord, now: float) -> bool:
        """On one machine the kernel knows; else its lease tells."""
        return owner.expires > now if self._home.url else is_alive(self._home, owner.id)

    def _executors(
        self, running: dict[str, int], waiting: dict[str, int]
    ) -> tuple[ExecutorState, ...]:
        default = self._settings.executor
        here = self._settings.executors or known.names()
        # Nobody has chosen for those that name none; here it would be the default one.
        names = dict.fromkeys(each or default for each in (*here, *running, *waiting))
        return tuple(
            ExecutorState(
                name=name,
                default=name == default,
                here=name in here,
                waiting=waiting.get(name, 0) + (waiting.get("", 0) if name == default else 0),
                running=running.get(name, 0) + (running.get("", 0) if name == default else 0),
            )
            for name in names
        )
