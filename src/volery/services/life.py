"""A life: everything that is open between opening a database and closing or losing it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from threading import Event, Lock

from volery.clock import Clock
from volery.config import Settings
from volery.errors import ConfigError, VoleryError
from volery.notify.channel import Means
from volery.services import records
from volery.services.access import Access, Audit
from volery.services.artifacts import ArtifactViews
from volery.services.backend import Services
from volery.services.browsing import Browsing
from volery.services.comparing import Comparing
from volery.services.decks import Decks
from volery.services.delivering import Delivering
from volery.services.differing import Differing
from volery.services.engine import Engine, embedded
from volery.services.executors import executors_of
from volery.services.failing import Failing
from volery.services.fleet import FleetViews
from volery.services.following import Following
from volery.services.glance import Glances
from volery.services.graphs import Graphs
from volery.services.home import Home
from volery.services.launching import Launching
from volery.services.logs import Logs
from volery.services.openings import Openings
from volery.services.orchestrator import Bounds
from volery.services.overview import Overview
from volery.services.packages import Packages
from volery.services.registration import Registration
from volery.services.retention import RETENTION, Retention
from volery.services.scheduling import Scheduling
from volery.services.secrets import Secrets
from volery.services.system import SystemView
from volery.services.tracing import Tracing
from volery.services.views import ViewServices
from volery.store.access import AuditTable, Tokens
from volery.store.artifacts import Artifacts
from volery.store.catalog import Catalog
from volery.store.creations import Creations
from volery.store.lineage import Traces
from volery.store.notices import Notices
from volery.store.progress import Progress
from volery.store.retention import Families
from volery.store.schedules import Schedules
from volery.store.search import Search
from volery.wire.health import Check, Health, failed


class Life:
    """What is open on a home, a database and a storage.

    Args:
        settings: which they are.
        clock: says when.
        health: for whoever asks how it is.
        pool: of the engine: see `embedded`.
        stack: closes what was opened.
        reading: nothing is made and nothing changed: the home may be somebody else's.
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
        reading: bool = False,
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
        self._storage = self._home.storage(settings.storage)
        if not reading:
            self._home.make()
        opened = records.opened(self._home) if reading else closing(self._home.open())
        self.store = stack.enter_context(opened)
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
                        import_roots=(),  # code comes from packages, and not from where we stand
                        pool=self._pool,
                        bounds=Bounds(settings.dynamic_depth, settings.dynamic_nodes),
                        clock=self._clock,
                        vault=Secrets(settings),
                        executors=executors_of(settings),
                    )
                )
                self._engaged(self._engine)
            return self._engine

    def retain(self) -> None:
        """Remove what ended long ago, and what nothing refers to any more, if that is wanted.

        Where other databases have values in the storage, only the first is done.
        """
        age = self._settings.retain
        if age is None:
            return
        # By a store of its own: a large family takes a while, and nobody who asks waits for it.
        with closing(self._home.open()) as store:
            retention = Retention(
                Families(store.database),
                self._storage,
                self._home,
                self._clock,
                audit=Audit(AuditTable(store.database), self._clock),
                who=RETENTION,
            )
            retention.retain(age)
            try:
                retention.collect_garbage()
            except ConfigError as error:
                import logging  # it takes long to load

                logging.getLogger("volery.retention").warning("%s", error)

    def checks(self) -> tuple[Check, ...]:
        """What it needs, one by one."""
        return (
            _tried("database", self.store.owners),
            _tried("storage", lambda: self._storage.has("0" * 64)),
            self.services.scheduling.check(),
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
            creations=Creations(database),
        )
        scheduling = Scheduling(
            Schedules(database), registration, launching.start, clock=clock, audit=audit
        )
        registration.on_activation.append(scheduling.activated)
        browsing = Browsing(Search(database), store, self._home, storage)
        sight, progress = browsing.sight, Progress(database)
        delivering = Delivering(Notices(database), store, means, clock, settings.public_url)
        self._stack.callback(delivering.close)
        tracing = Tracing(Traces(database), store, self._home, storage, sight.definitions)
        graphs = Graphs(sight, registration, progress)
        following = Following(sight, progress, clock)
        failing = Failing(sight, packages)
        decks = Decks(self._home, storage, store)
        overview = Overview(sight, database, clock)
        system = self._system(health)
        views = ViewServices(
            overview=overview,
            glances=Glances(overview, browsing, scheduling, system, clock),
            fleet=FleetViews(sight, database, clock),
            comparing=Comparing(sight),
            differing=Differing(registration, packages, store),
            artifacts=ArtifactViews(Artifacts(database), tracing),
            system=system,
        )
        return Services(
            registration=registration,
            launching=launching,
            browsing=browsing,
            graphs=graphs,
            following=following,
            failing=failing,
            openings=Openings(browsing, graphs, following, failing, decks),
            scheduling=scheduling,
            delivering=delivering,
            tracing=tracing,
            views=views,
            access=Access(Tokens(database), audit, clock),
            audit=audit,
            logs=Logs(self._home, storage, store, clock),
            decks=decks,
            storage=storage,
            health=health,
            stopped=Event(),
        )

    def _system(self, health: Callable[[], Health]) -> SystemView:
        return SystemView(
            self._settings,
            self._home,
            self.store,
            clock=self._clock,
            health=health,
            owner=lambda: "" if self._engine is None else self._engine.owner,
        )


def _tried(name: str, look: Callable[[], object]) -> Check:
    try:
        look()
    except VoleryError as error:
        return failed(name, error)
    return Check(name, ok=True)
