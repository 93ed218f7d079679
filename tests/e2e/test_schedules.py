"""Two servers that follow one schedule, and are killed: each instant has one execution."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from tests.servers.hooks import Hooks, hooks
from tests.servers.postgres import Postgres
from tests.servers.volery import VoleryServer, register

from volery.client.http import HttpBackend
from volery.services.delivering import SENDERS
from volery.wire.backend import Backend
from volery.wire.entities import EntityKey
from volery.wire.executions import Execution, ExecutionFilter
from volery.wire.page import everything

PROJECT = Path(__file__).parent / "ticking"
TICKING = EntityKey("launch_plan", "ticking")
KILLS = 30 if "VOLERY_PROOF" in os.environ else 3
SEED = int(os.environ.get("VOLERY_SEED", "20"))
LONGEST = 2.5
"""Most seconds between two deaths."""

Two = tuple[VoleryServer, VoleryServer]


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hooks]:
    with hooks() as started:
        monkeypatch.setenv("LISTENER", f"{started.url}/")
        yield started


@pytest.fixture
def servers(postgres_or_not: Postgres | None, tmp_path: Path, listener: Hooks) -> Iterator[Two]:
    """Two servers on one home, or on one PostgreSQL and one storage with a home for each."""
    homes, shared = ("home", "home"), ()
    if postgres_or_not:
        homes = ("one", "two")
        storage = (tmp_path / "storage").as_uri()
        shared = ("--database", postgres_or_not.database(), "--storage", storage)
    one, two = (VoleryServer(tmp_path / home, "--workers", 1, *shared) for home in homes)
    try:
        yield one, two
    finally:
        one.close()
        two.close()


@pytest.mark.timeout(60 + 5 * KILLS)
def test_each_instant_has_one_execution_whichever_server_is_killed(servers, listener, tmp_path):
    print(f"VOLERY_SEED={SEED}")
    for each in servers:
        each.start()
        each.await_ready()
    register(PROJECT, tmp_path, "--server", servers[0].url, "--activate")
    kill_in_turns(servers, random.Random(SEED))
    with closing(HttpBackend(servers[1].url)) as backend:
        backend.deactivate(TICKING)
        found = ended(backend)
        seconds = [each.scheduled for each in found]
        assert all(second - first == 1.0 for first, second in pairwise(seconds))
        assert len(seconds) > KILLS
        for each in found:
            assert each.phase == "SUCCEEDED"
            assert backend.outputs(each.id).values == {"o0": each.scheduled}
            await_that(lambda each=each: is_told(backend, each.id))
    keys = {each.headers["Webhook-Id"] for each in listener.received}
    assert keys <= {f"{each.id}/1" for each in found}
    assert len(keys) >= len(found) - KILLS * SENDERS
    links = {each.json["data"]["link"].rpartition("/")[0] for each in listener.received}
    assert links <= {f"{each.url}/executions" for each in servers}
    assert [each.stop() for each in servers] == [0, 0]


def kill_in_turns(servers: Two, draw: random.Random) -> None:
    """Kill now the one, now the other, and start it again; in the end both are ready."""
    for number in range(KILLS):
        one = servers[number % 2]
        assert one.outlives(draw.uniform(0.5, LONGEST))
        one.kill()
        one.start()
        one.await_ready()


def ended(backend: Backend) -> list[Execution]:
    """The executions of the launch plan when all have ended, by their instants."""
    pages = everything(lambda cursor: backend.executions(ExecutionFilter(), 100, cursor))
    ids = [each.id for each in pages]
    for id in ids:
        for _ in backend.watch(id):
            pass
    return sorted((backend.execution(id) for id in ids), key=lambda each: each.scheduled or 0.0)


def is_told(backend: Backend, execution: str) -> bool:
    """Whether its notice was sent, or is with a server that was killed."""
    (notice,) = backend.notices(execution) or [None]
    return notice is not None and (notice.phase == "sent" or notice.attempts > 0)


def await_that(holds: Callable[[], bool]) -> None:
    """Return when it holds; a test has a limit of time."""
    while not holds():
        time.sleep(0.05)
