"""The audit has a line of each change, wherever whoever makes it dies."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.services import registered

from volery.data.package import pack
from volery.engine.model import Phase
from volery.errors import AlreadyExists
from volery.ir.codec import canonical
from volery.ir.values import EMPTY
from volery.sdk.compile import compile_entity
from volery.services.access import Access, Audit
from volery.services.firing import Start
from volery.services.home import Home
from volery.services.launching import Launching
from volery.services.packages import Packages
from volery.services.registration import Registration
from volery.services.retention import Retention
from volery.store.access import NEWEST, AuditTable, Tokens
from volery.store.catalog import Catalog
from volery.store.creations import Creations
from volery.store.retention import Families
from volery.store.sql import SqlStore
from volery.testing.clock import FakeClock
from volery.testing.conformance.store_driver import Driver
from volery.testing.crashes import WatchedDatabase
from volery.wire import entities
from volery.wire.access import LOCAL, NewToken
from volery.wire.entities import EntityKey
from volery.wire.executions import NewExecution
from volery.wire.projects import NewProject

PLAN = EntityKey("launch_plan", registered.by_hand.name, "v1")
FLOW = EntityKey("workflow", registered.doubled.name, "v1")


class Services:
    """What changes something, on a database."""

    def __init__(self, home: Home, database: Any) -> None:
        clock, storage = FakeClock(1e9), home.storage()
        self.store = SqlStore(database)
        self.lines = AuditTable(database)
        self.catalog = Catalog(database)
        self.tokens = Tokens(database)
        audit = Audit(self.lines, clock)
        packages = Packages(home, storage)
        self.registration = Registration(self.catalog, packages, self.store, clock, audit)
        self.access = Access(self.tokens, audit, clock)
        self.launching = Launching(
            self.store,
            self.registration,
            storage,
            owner=lambda: "owner",
            clock=clock,
            audit=audit,
            creations=Creations(database),
        )
        self.retention = Retention(Families(database), storage, home, clock, audit=audit, who=LOCAL)

    def register(self, *active: str) -> None:
        bundle = canonical(compile_entity(registered.by_hand).bundle)
        self.registration.register(
            LOCAL, entities.Registration(bundle, version="v1", activate=active)
        )

    def put_package(self) -> None:
        archive = io.BytesIO()
        digest = pack(Path(registered.__file__).parent / "folder", archive).digest
        archive.seek(0)
        self.registration.put_package(LOCAL, digest, archive)

    @property
    def said(self) -> set[str]:
        """What the audit says was done."""
        return {each.what for each in self.lines.lines(NEWEST, 100)}


class Change(NamedTuple):
    """Something that is done once.

    Attributes:
        what: is in the audit then.
        act: does it.
        done: whether it is done.
        before: what has to be there for it.
    """

    what: str
    act: Callable[[Services], object]
    done: Callable[[Services], bool]
    before: Callable[[Services], object] = lambda _: None


def is_active(services: Services) -> bool:
    return bool(services.catalog.active())


def executed(services: Services) -> None:
    services.launching.execute(LOCAL, NewExecution(FLOW, {"value": 1}, name="run"))


def fired(services: Services) -> None:
    services.launching.start(Start(PLAN, "run", 3_600.0, EMPTY))


def ended(services: Services) -> None:
    driver = Driver(services.store)
    driver.begin()
    driver.finish(Phase.SUCCEEDED)


def made_token(services: Services) -> None:
    services.access.create(LOCAL, NewToken("ada"))


def ready_to_execute(services: Services) -> None:
    services.register()
    Driver(services.store)  # has owners that live


CHANGES = [
    Change(
        "projects.create",
        lambda its: its.registration.create_project(LOCAL, NewProject("birds")),
        lambda its: len(its.catalog.projects()) == 2,
    ),
    Change(
        "packages.put",
        Services.put_package,
        lambda its: bool(its.catalog._all("SELECT 1 FROM packages")),
    ),
    Change(
        "entities.register",
        Services.register,
        lambda its: its.catalog.find(FLOW) is not None,
    ),
    Change(
        "launch_plans.activate",
        lambda its: its.register(PLAN.name),
        is_active,
    ),
    Change(
        "launch_plans.activate",
        lambda its: its.registration.activate(LOCAL, PLAN),
        is_active,
        Services.register,
    ),
    Change(
        "launch_plans.deactivate",
        lambda its: its.registration.deactivate(LOCAL, PLAN),
        lambda its: not is_active(its),
        lambda its: its.register(PLAN.name),
    ),
    Change("tokens.create", made_token, lambda its: bool(its.tokens.all())),
    Change(
        "tokens.revoke",
        lambda its: its.access.revoke(LOCAL, "ada"),
        lambda its: its.tokens.all()[0].revoked is not None,
        made_token,
    ),
    Change(
        "executions.create",
        executed,
        lambda its: its.store.execution("run") is not None,
        ready_to_execute,
    ),
    Change(
        "executions.create",
        fired,
        lambda its: its.store.execution("run") is not None,
        ready_to_execute,
    ),
    Change(
        "executions.abort",
        lambda its: its.launching.abort(LOCAL, "run", "enough"),
        lambda its: bool(its.store.load("run", "", -1).aborts),
        lambda its: (ready_to_execute(its), executed(its)),
    ),
    Change(
        "executions.retain",
        lambda its: its.retention.retain(1.0),
        lambda its: its.store.execution("run") is None,
        ended,
    ),
]


class Death(BaseException):
    """The process dies."""


@contextmanager
def services(folder: Path, befall: Callable[[Any, Any], None] | None = None) -> Iterator[Services]:
    """All of them, on a home; `befall` may happen at each statement that writes."""
    home = Home(folder)
    home.make()
    with closing(home.open()) as store:
        database: Any = store.database
        yield Services(home, WatchedDatabase(database, befall) if befall else database)


@pytest.mark.parametrize("change", CHANGES, ids=[each.what for each in CHANGES])
def test_a_change_has_its_line_wherever_somebody_dies_over_it(tmp_path, change):
    for dies_at in count():
        folder = tmp_path / str(dies_at)
        statements = count()

        def befall(point: Any, answer: Any) -> None:
            if next(statements) == dies_at:  # noqa: B023 - called before the next round
                raise Death(str(point))

        with services(folder) as before:
            change.before(before)
        died = False
        with services(folder, befall) as mortal:
            try:
                change.act(mortal)
            except Death:
                died = True
        with services(folder) as survivor:
            assert change.what in survivor.said or not change.done(survivor)
            with suppress(AlreadyExists):
                change.act(survivor)
            assert change.done(survivor)
            assert change.what in survivor.said
        if not died:
            break
    assert dies_at > 1
