"""A server that is told to end in the middle of attempts: none is lost, and none is run twice."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest
from tests.e2e.leftovers import await_ends
from tests.e2e.storm import PROJECT
from tests.servers.volery import VoleryServer, register

from volery.client.http import HttpBackend
from volery.wire.entities import EntityKey
from volery.wire.executions import NewExecution

STEPS = EntityKey("workflow", "errands.steps")
PATHS = ("n0", "n1")


@pytest.fixture
def folder(volery_home, tmp_path):
    """Where the tasks of `steps` leave lines and wait."""
    register(PROJECT, tmp_path, "--home", volery_home)
    for path in PATHS:
        os.mkfifo(tmp_path / path)
    yield tmp_path
    await_ends(volery_home)


def begin(server: VoleryServer, folder: Path) -> None:
    """Start a server and an execution, and return when its first attempt waits."""
    server.start()
    server.await_ready()
    with closing(HttpBackend(server.url)) as backend:
        backend.execute(NewExecution(STEPS, {"folder": str(folder)}, name="mine"))
        for event in backend.watch("mine"):
            if event.attempt and event.event == "RUNNING":
                break
    while not ran(folder):
        assert server.outlives(0.01)


def end(server: VoleryServer) -> None:
    """Tell it to end, and return when it begins nothing any more."""
    server.send(signal.SIGTERM)
    while "ending: " not in server.log.read_text():
        assert server.outlives(0.01)


def go_on(server: VoleryServer, folder: Path, *paths: str) -> dict[str, list[str]]:
    """Start it again and let tasks go on; phases of the attempts of each node, in the end."""
    server.start()
    server.await_ready()
    for path in paths:
        let_go(folder, path)
    with closing(HttpBackend(server.url)) as backend:
        assert [event.event for event in backend.watch("mine")][-1] == "SUCCEEDED"
        assert backend.outputs("mine").values == {"o0": 2}
        return {path: [each.phase for each in backend.attempts("mine", path)] for path in PATHS}


def let_go(folder: Path, path: str) -> None:
    """Return when the task that waits has been told."""
    (folder / path).write_text("1")


def ran(folder: Path) -> list[str]:
    file = folder / "ran"
    return file.read_text().splitlines() if file.exists() else []


def test_what_runs_comes_to_its_end_and_nothing_else_begins(volery_home, folder):
    with closing(VoleryServer(volery_home, "--grace", 60)) as server:
        begin(server, folder)
        end(server)
        let_go(folder, "n0")
        assert server.await_end() == 0
        assert ran(folder) == ["n0"]

        assert go_on(server, folder, "n1") == {"n0": ["SUCCEEDED"], "n1": ["SUCCEEDED"]}
        assert ran(folder) == ["n0", "n1"]


def test_what_does_not_end_in_time_is_stopped_and_run_again(volery_home, folder):
    with closing(VoleryServer(volery_home, "--grace", 0.1)) as server:
        begin(server, folder)
        assert server.stop() == 0
        await_ends(volery_home)

        assert go_on(server, folder, *PATHS) == {"n0": ["LOST", "SUCCEEDED"], "n1": ["SUCCEEDED"]}
        assert ran(folder) == ["n0", "n0", "n1"]
