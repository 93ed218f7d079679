"""What has happened on the server that the tests look at: one of all that a page can show."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.servers.volery import VoleryServer, register, volery_server

from volery.client.options import Options
from volery.client.remote import Remote

PROJECT = Path(__file__).with_name("project")
PATIENCE = 120.0
LONG = 3600.0
"""Seconds that what goes on while tests look at it would take."""
HOURS = 24
"""Executions of a workflow that runs every hour."""


class Scenario(NamedTuple):
    """Ids of executions, by what became of them."""

    succeeded: str
    cached: str
    failed: str
    waiting: str
    parent: str
    running: str
    aborted: str


@contextmanager
def serving(project: str, folder: Path, *options: object) -> Iterator[VoleryServer]:
    """A server on which one of the projects beside this file is registered.

    Args:
        project: its name.
        folder: for the server's home.
        options: of `volery serve`.
    """
    with volery_server(folder / "home", *options) as server:
        where = ("--server", server.url, "--version", "v1")
        register(PROJECT.with_name(project), folder, *where)
        yield server


def play(url: str, folder: Path) -> Scenario:
    """Register two versions of the project, and have everything happen once.

    All has ended then but what waits and what runs.

    Args:
        url: of a server.
        folder: with the server's home, and for copies of the project.
    """
    _register(url, folder)
    with Remote(url) as remote:
        _have_history(remote, folder / "home")

        def start(workflow: str, name: str, team: str, **inputs: object) -> str:
            labels = Options(labels={"team": team})
            return remote.execute(f"retail.{workflow}", inputs, name=name, options=labels).id

        # The second one finds in the cache what the first one has left there.
        succeeded = start("train_and_score", "brave-fox", "sales")
        remote.wait(succeeded, PATIENCE)
        found = Scenario(
            succeeded=succeeded,
            cached=start("train_and_score", "calm-owl", "sales", factor=2.0),
            failed=start("solve", "sad-heron", "maths", matrix=[[1.0, 2.0], [2.0, 4.0]]),
            parent=start("year", "long-year", "sales"),
            waiting=start("announce", "patient-crane", "sales", draft="New prices"),
            running=start("watch_shop", "busy-wren", "shop", seconds=LONG),
            aborted=start("watch_shop", "late-lark", "shop", seconds=LONG),
        )
        remote.abort(found.aborted, "it is not needed any more")
        for each in (found.cached, found.failed, found.parent, found.aborted):
            remote.wait(each, PATIENCE)
        _await(lambda: remote.backend.gates(found.waiting))
    return found


def _register(url: str, folder: Path) -> None:
    where = ("--server", url, "--version")
    older = shutil.copytree(PROJECT, folder / "edited" / PROJECT.name)
    flow = older / "retail.py"
    flow.write_text(flow.read_text().replace("factor: float = 1.5", "factor: float = 1.0"))
    register(older, folder / "older", *where, "v1")
    register(PROJECT, folder / "newer", *where, "v2", "--activate", "nightly")


def _have_history(remote: Remote, home: Path) -> None:
    """A day in which something has run every hour."""
    team = Options(labels={"team": "shop"})
    ids = [
        remote.execute("retail.refresh", {"hour": hour}, name=f"refresh-{hour:02}", options=team).id
        for hour in range(HOURS)
    ]
    for each in ids:
        remote.wait(each, PATIENCE)
    _move_back(home / "volery.db", ids)


def _move_back(database: Path, ids: Sequence[str]) -> None:
    """As if what has just run had been started an hour after the other, the last an hour ago."""
    with closing(sqlite3.connect(database)) as connection, connection:
        for place, each in enumerate(ids):
            back = (len(ids) - place) * 3600.0
            for table, key in (("executions", "id"), ("nodes", "execution")):
                connection.execute(
                    f"UPDATE {table} SET created = created - ?, ended = ended - ? WHERE {key} = ?",
                    (back, back, each),
                )
            connection.execute(
                "UPDATE marks SET created = created - ?"
                " WHERE serial = (SELECT serial FROM executions WHERE id = ?)",
                (back, each),
            )


def _await(seen: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)
