"""Very much of everything, on one server: what the UI has to be fast with."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.servers.volery import register, volery_server
from tests.store.many import SECONDS, fill

from volery.client.remote import Remote
from volery.store.sqlite import open_sqlite

PROJECT = Path(__file__).with_name("large")
PATIENCE = 300.0
NODES = 10_000
ELEMENTS = 100_000
TURNS, RUNS = 4, 100
"""Executions of the fleet's workflow, of 200 nodes each: those that are carried out, and all."""
TICK = 0.02
"""Seconds of a task of the execution that is live: a worker has fifty of them a second."""

LAYERED, MAPPED, TICKING, FLEET = "layered", "mapped", "ticking", "large.checked"
"""Executions, and the entity of which there are many."""
USUAL = "usual"
"""An execution as most are."""


@contextmanager
def large_server(folder: Path, executions: int) -> Iterator[str]:
    """The address of a server with so many executions, of which some are large themselves."""
    home = folder / "home"
    with closing(open_sqlite(home / "volery.db")) as store:
        fill(store, executions, since=time.time() - (executions + 1) * SECONDS)
    with volery_server(home, "--workers", 4) as server:
        register(PROJECT, folder, "--server", server.url, "--version", "v1")
        with Remote(server.url) as remote:
            play(remote, home / "volery.db")
        yield server.url


def play(remote: Remote, database: Path) -> None:
    """Have it all happen, but for what goes on while somebody looks."""
    turns = [remote.execute(FLEET, {"turn": turn}).id for turn in range(TURNS)]
    ids = [
        remote.execute("large.layered", {}, name=LAYERED).id,
        remote.execute("large.usual", {}, name=USUAL).id,
        remote.execute("large.mapped", {"count": ELEMENTS}, name=MAPPED).id,
        *turns,
    ]
    for each in ids:
        assert remote.wait(each, PATIENCE).phase == "SUCCEEDED"
    with closing(sqlite3.connect(database)) as connection, connection:
        for id in turns:
            _repeat(connection, id, RUNS // TURNS - 1)


def _repeat(connection: sqlite3.Connection, id: str, times: int) -> None:
    """As if an execution had been carried out more often, each time an hour before the other."""
    another, before = "? || '-' || i", "{} - 3600.0 * i"
    changes = dict.fromkeys(("id", "execution", "root"), another)
    changes |= {name: before.format(name) for name in ("created", "ended")}
    for table, key in (("executions", "id"), ("nodes", "execution")):
        about = connection.execute(f"PRAGMA table_info({table})").fetchall()
        columns = [name for _, name, *_ in about if name != "serial"]
        values = [changes.get(name, name) for name in columns]
        ids = [id] * sum(value == another for value in values)
        connection.execute(
            f"""WITH RECURSIVE numbers (i) AS (
                    SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < {times}
                )
                INSERT INTO {table} ({", ".join(columns)})
                SELECT {", ".join(values)} FROM {table}, numbers WHERE {key} = ?""",
            [*ids, id],
        )


@contextmanager
def ticking(url: str) -> Iterator[str]:
    """An execution in which about two hundred things happen in a second."""
    with Remote(url) as remote:
        id = remote.execute("large.ticking", {"seconds": TICK}).id
        try:
            yield id
        finally:
            remote.abort(id, "it has been seen")
            remote.wait(id, PATIENCE)
