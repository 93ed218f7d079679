"""The doctor: looks whether everything that Volery needs here is there and works.

It leaves nothing behind but a few bytes in the storage.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from volery.config import Settings
from volery.errors import ConfigError, StorageError, VoleryError
from volery.executors.base import Executor
from volery.ir.specs import Loader
from volery.ir.values import EMPTY
from volery.ir.work import Result, Work
from volery.notify.message import iso
from volery.services import records
from volery.services.home import Home
from volery.services.sharing import Sharing
from volery.store.retention import Families
from volery.wire.health import Check, failed

PATIENCE = 20.0
"""Seconds that a worker may take to start."""
ENOUGH = 1 << 30
"""Bytes that should be free on the disk of the home."""
_EXTRAS = {
    "yaml": ("yaml", "inputs from YAML files"),
    "frames": ("pyarrow", "pandas, Arrow and datasets"),
    "postgres": ("psycopg", "PostgreSQL as the database"),
    "keyring": ("keyring", "secrets from the keyring"),
    "pickle": ("cloudpickle", "objects of any class"),
}


def examine(settings: Settings) -> Iterator[Check]:
    """Look at one thing after the other.

    Args:
        settings: which home, database and storage.
    """
    home = Home(settings.home, settings.database)
    yield _told("python", lambda: f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    yield _told("home", lambda: _home(home))
    yield _told("disk", lambda: _disk(home.folder))
    yield (database := _told("database", lambda: _database(home)))
    yield (storage := _told("storage", lambda: _storage(home, settings)))
    if database.ok and storage.ok:
        yield _told("content", lambda: _content(home, settings))
    yield _told("workers", lambda: _workers(home, settings))
    yield _told("executors", lambda: _executors(settings))
    yield from _extras()


def _told(name: str, look: Callable[[], str]) -> Check:
    """What a look has found, or why it could not look."""
    try:
        return Check(name, ok=True, detail=look())
    except VoleryError as error:
        return failed(name, error)
    except OSError as error:
        return Check(name, ok=False, detail=error.strerror or str(error))


def _home(home: Home) -> str:
    home.make()
    return str(home.folder)


def _disk(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free < ENOUGH:
        raise ConfigError(
            f"{free >> 20:,} MiB are free where the home is",
            hint="free some space, or choose another folder with --home or VOLERY_HOME",
        )
    return f"{free >> 30:,} GiB free"


def _database(home: Home) -> str:
    if not home.has_database():
        return f"{home.place}: nothing was run yet"
    store = home.open()
    try:
        store.database.examine()
        owners = len(store.owners())
    finally:
        store.close()
    return f"{home.place}: sound, {owners} engine{'' if owners == 1 else 's'} at work"


def _storage(home: Home, settings: Settings) -> str:
    storage = home.storage(settings.storage)
    probe = b"volery doctor"
    digest = storage.put(probe)
    if bytes(storage.get(digest, len(probe))) != probe:
        raise StorageError(f"{storage.url} gives back something else than it was given")
    return storage.url


def _content(home: Home, settings: Settings) -> str:
    """What the last look through all that is stored has found."""
    if not home.has_database():
        return "nothing was stored yet"
    with records.opened(home) as store:
        id = Families(store.database).database()
    note = Sharing(home, home.storage(settings.storage), id).note()
    if note is None or not note.swept:
        return "volery retain has not looked through it yet"
    when = iso(note.swept)
    if note.damaged:
        some = ", ".join(list(note.damaged)[:_NAMED])
        count = len(note.damaged)
        raise StorageError(
            f"on {when}, {count} object{'s were' if count > 1 else ' was'} damaged: {some}",
            hint="take them from a backup, or run again what has made them:"
            f" volery lineage {next(iter(note.damaged))}",
        )
    return f"whole on {when}"


_NAMED = 5
"""So many damaged objects are named."""


def _workers(home: Home, settings: Settings) -> str:
    """A worker process is started, and answers."""
    from volery.executors.process import ProcessExecutor

    scratch = home.scratch / "doctor"
    executor = ProcessExecutor(
        sys.path, scratch=scratch, storage=home.storage(settings.storage), workers=1
    )
    try:
        executor.launch([Work(1, "doctor", "", 1, "nothing", Loader("volery", "__name__"), EMPTY)])
        found = _result(executor, monotonic() + PATIENCE)
    finally:
        executor.close()
        shutil.rmtree(scratch, ignore_errors=True)
    # There is no such task: whoever says so is alive.
    if found is None or (found.failure is not None and found.failure.kind == "SYSTEM"):
        reason = (
            "none has answered" if found is None else str(found.failure and found.failure.message)
        )
        raise ConfigError(f"worker processes do not start: {reason}")
    return "start and answer"


def _executors(settings: Settings) -> str:
    """Those that the settings name are known."""
    from volery.executors import known

    known.check([settings.executor, *settings.executors])
    names = settings.executors or known.names()
    return f"{', '.join(names)}; {settings.executor} where nothing is said"


def _result(executor: Executor, until: float) -> Result | None:
    while monotonic() < until:
        for event in executor.poll(until - monotonic()):
            if isinstance(event, Result):
                return event
    return None


def _extras() -> Iterator[Check]:
    for name, (module, purpose) in _EXTRAS.items():
        there = find_spec(module) is not None
        yield Check(
            f"extra {name}",
            ok=True,
            detail=purpose if there else f"not installed: {purpose}",
            hint="" if there else f"pip install 'volery[{name}]'",
        )
