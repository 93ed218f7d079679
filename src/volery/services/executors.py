"""Executors of an engine: which it has, and where each of them is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from volery.clock import Clock
from volery.config import Settings
from volery.data.storage import Storage
from volery.errors import ConfigError
from volery.executors import known
from volery.executors.base import Executor
from volery.executors.known import PROCESS, Site
from volery.executors.placed import PlacedExecutor
from volery.services.home import Home
from volery.services.owners import Owner
from volery.store.base import Claim
from volery.store.sql import SqlStore

Tables = Mapping[str, Mapping[str, Any]]


class Executors(msgspec.Struct, frozen=True):
    """Which executors an engine has.

    Attributes:
        default: carries out what names none.
        names: all that it has; empty: whatever is known.
        tables: settings of each, by its name.
    """

    default: str = PROCESS
    names: tuple[str, ...] = ()
    tables: Tables = {}


def executors_of(settings: Settings) -> Executors:
    """Those that settings choose."""
    tables = {"docker": settings.docker, "kubernetes": settings.kubernetes}
    return Executors(settings.executor, settings.executors, tables)


def placed(
    wanted: Executors, process: Executor, site: Callable[[str], Site], home: Home
) -> PlacedExecutor:
    """The executors of an engine, as one. Each but `process` is opened when it is needed.

    Those may have left containers or pods that the settings name, or that were opened from this
    home before: a file says so.

    Args:
        wanted: which it has.
        process: that of its worker processes, which is open.
        site: where one of a name is opened.
        home: of the engine.

    Raises:
        ConfigError: there is none of a name, or the default one is not among them.
    """
    known.check([wanted.default, *wanted.names])
    names = wanted.names or known.names()
    if wanted.default not in names:
        raise ConfigError(
            f"attempts are to run on the executor {wanted.default}, and the setting executors has"
            f" {', '.join(names)} alone",
            hint="add it there",
        )
    marks = home.folder / "executors"
    openers: dict[str, Callable[[], Executor]] = {
        name: (lambda: process) if name == PROCESS else partial(_open, name, site, marks)
        for name in names
    }
    used = {wanted.default, *wanted.names, *_marked(marks)} - {PROCESS}
    return PlacedExecutor(openers, wanted.default, used)


def sites(
    home: Home, storage: Storage, store: SqlStore, owner: Owner, *, tables: Tables, clock: Clock
) -> Callable[[str], Site]:
    """Where the executors of an engine are opened, by their names."""

    def site(name: str) -> Site:
        from volery.store.retention import Families

        return Site(
            home=home.folder,
            scratch=owner.scratch,
            storage=storage,
            owner=owner.id,
            identity=Families(store.database).database(),
            settings=tables.get(name, {}),
            wanted=partial(_is_wanted, store),
            clock=clock,
        )

    return site


def _open(name: str, site: Callable[[str], Site], marks: Path) -> Executor:
    executor = known.open_executor(name, site(name))
    if executor.lasts:
        marks.mkdir(exist_ok=True)
        (marks / name).touch()
    return executor


def _marked(marks: Path) -> list[str]:
    """The executors that were opened before."""
    try:
        return [each.name for each in marks.iterdir()]
    except FileNotFoundError:
        return []


def _is_wanted(store: SqlStore, execution: str, path: str, attempt: int) -> bool:
    found = store.attempt(Claim(execution, path, attempt))
    return found is not None and not found.phase.terminal
