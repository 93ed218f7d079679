"""A life: everything that is open between opening a database and closing or losing it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, Lock

from volery.clock import Clock
from volery.config import Settings
from volery.errors import VoleryError
from volery.notify.channel import Means
from volery.services.access import Access, Audit
from volery.services.backend import Services
from volery.services.browsing import Browsing
from volery.services.delivering import Delivering
from volery.services.engine import Engine, embedded
from volery.services.home import Home
from volery.services.launching import Launching
from volery.services.logs import Logs
from volery.services.orchestrator import Bounds
from volery.services.packages import Packages
from volery.services.registration import Registration
from volery.services.retention import Retention
from volery.services.scheduling import Scheduling
from volery.services.secrets import Secrets
from volery.services.tracing import Tracing
from volery.store.access import AuditTable, Tokens
from volery.store.catalog import Catalog
from volery.store.lineage import Traces
from volery.store.notices import Notices
from volery.store.retention import Families
from volery.store.schedules import Schedules
from volery.store.search import Search
from volery.wire.health import Check, Health


class Life:
    """What is open on a home, a database and a storage.

    Args:
        settings: which they are.
        clock: says when.
        health: for whoever asks how it is.
        pool: of the engine: see `embedded`.
        stack: closes what was opened.
        engaged: told of the engine when it is open.

    Attributes:
        store: for whoever asks; the engine has one for itself.
        services: on them.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        health: Callable[[], Health],
        *,
        pool: str,
        stack: ExitStack,
        engaged: Callable[[Engine], None] = lambda _: None,
    ) -> None:
        self._engaged = engaged
        self._settings = settings
        self._clock = clock
        self._pool = pool
        self._stack = stack
        self._opening = Lock()
        self._engine: Engine | None = None
        self._home = Home(settings.home, settings.database)
        self._home.make()
        self._storage = self._home.storage(settings.storage)
        self.store = self._home.open()
        stack.callback(self.store.close)
        self.services = self._services(health)
        stack.callback(self.services.stopped.set)

    def engine(self) -> Engine:
        """The engine that drives what begins here; it is opened when it is needed first."""
        with self._opening:
            if self._engine is None:
                settings = self._settings
                self._engine = self._stack.enter_context(
                    embedded(
                        settings.home,
                        database=settings.database,
                        storage=self._storage,
                        workers=settings.workers,
                        pool=self._pool,
                        bounds=Bounds(settings.dynamic_depth, settings.dynamic_nodes),
                        clock=self._clock,
                        vault=Secrets(settings),
                    )
                )
                self._engaged(self._engine)
            return self._engine

    def retain(self) -> None:
        """Remove what ended long ago, and what nothing refers to any more, if that is wanted."""
        age = self._settings.retain
        if age is not None:
            retention = Retention(
                Families(self.store.database), self._storage, self._home, self._clock
            )
            retention.retain(age)
            if retention.is_alone():
                retention.collect_garbage()

    def checks(self) -> tuple[Check, ...]:
        """What it needs, one by one."""
        return (
            _tried("database", self.store.owners),
            _tried("storage", lambda: self._storage.has("0" * 64)),
        )

    def _services(self, health: Callable[[], Health]) -> Services:
        """Every noun's service, over one store."""
        store, storage, clock = self.store, self._storage, self._clock
        database = store.database
        audit = Audit(AuditTable(database), clock)
        packages = Packages(self._home, storage)
        settings = self._settings
        means = Means(Secrets(settings).get, settings.smtp, settings.webhook_secret)
        registration = Registration(Catalog(database), packages, store, clock, audit)
        launching = Launching(
            store,
            registration,
            storage,
            owner=lambda: self.engine().owner,
            clock=clock,
            audit=audit,
        )
        scheduling = Scheduling(
            Schedules(database), registration, launching.start, clock=clock, audit=audit
        )
        registration.on_activation.append(scheduling.activated)
        delivering = Delivering(Notices(database), store, means, clock)
        self._stack.callback(delivering.close)
        return Services(
            registration=registration,
            launching=launching,
            browsing=Browsing(Search(database), store, self._home, storage),
            scheduling=scheduling,
            delivering=delivering,
            tracing=Tracing(Traces(database), store, self._home, storage),
            access=Access(Tokens(database), audit, clock),
            logs=Logs(self._home, storage, store),
            storage=storage,
            health=health,
            stopped=Event(),
        )


def _tried(name: str, look: Callable[[], object]) -> Check:
    try:
        look()
    except VoleryError as error:
        return Check(name, ok=False, detail=error.message, hint=error.hint or "")
    return Check(name, ok=True)
