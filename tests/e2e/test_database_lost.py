"""The database is gone for a while: the server says so, clients wait, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest
import urllib3
from tests.e2e.storm import PROJECT
from tests.servers.postgres import INSTALL, Postgres, postgres_server, programs
from tests.servers.volery import VoleryServer, register, volery_server

from volery.client.http import HttpBackend
from volery.wire.entities import EntityKey
from volery.wire.executions import NewExecution, Signal

GATED = EntityKey("workflow", "errands.gated")
DOUBLED = EntityKey("workflow", "errands.doubled")


@pytest.fixture
def database() -> Iterator[Postgres]:
    """One that may be stopped: nobody else uses it."""
    if programs() is None:
        pytest.skip(INSTALL)
    with postgres_server() as server:
        yield server


@pytest.fixture
def server(database, volery_home) -> Iterator[VoleryServer]:
    with volery_server(volery_home, "--database", database.url(), "--workers", 1) as server:
        yield server


def answer(server: VoleryServer, path: str) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager() as http:
        return http.request("GET", server.url + path, retries=False)


def test_requests_are_refused_until_it_is_back_and_then_done(database, server, tmp_path):
    register(PROJECT, tmp_path, "--server", server.url)
    with (
        ThreadPoolExecutor() as pool,
        closing(HttpBackend(server.url, patience=60)) as backend,
    ):
        backend.execute(NewExecution(GATED, {"x": 1}, name="before"))
        lines = backend.watch("before")
        seen = [next(lines)]
        while seen[-1].path != "n0":
            seen.append(next(lines))

        database.stop()
        unready = answer(server, "/readyz")
        assert unready.status == 503
        [broken] = [each for each in unready.json()["checks"] if not each["ok"]]
        assert broken["name"] in {"database", "engine"}
        assert "postgres" in broken["detail"]
        refused = answer(server, "/api/v1/executions")
        assert (refused.status, refused.json()["status"]) == (503, 503)
        asked = pool.submit(backend.execute, NewExecution(DOUBLED, {"x": 4}, name="meanwhile"))

        database.start()
        assert asked.result().id == "meanwhile"
        assert [each.event for each in backend.watch("meanwhile")][-1] == "SUCCEEDED"
        assert backend.outputs("meanwhile").values == {"o0": 8}
        backend.signal("before", Signal("go", 5))
        seen += lines
        assert seen == list(backend.events("before"))
        assert backend.outputs("before").values == {"o0": sum(range(1, 9)) + 10}
        assert backend.health().ok


def test_while_it_hangs_the_server_still_says_how_it_is(database, server):
    with ThreadPoolExecutor(40) as pool, psycopg.connect(database.url()) as other:
        other.execute("SET search_path TO volery")
        other.execute("LOCK TABLE owners, executions")
        asked = [pool.submit(answer, server, "/api/v1/executions") for _ in range(30)]

        unready = answer(server, "/readyz")
        assert unready.status == 503
        assert [each["name"] for each in unready.json()["checks"]] == ["answers"]
        assert answer(server, "/healthz").status == 200

        other.rollback()
        assert {each.result().status for each in asked} == {200}
        assert answer(server, "/readyz").status == 200


def test_a_server_that_starts_without_it_is_ready_when_it_is_there(database, volery_home, tmp_path):
    database.stop()
    with volery_server(volery_home, "--database", database.url(), "--workers", 1) as server:
        assert answer(server, "/readyz").status == 503
        assert answer(server, "/healthz").status == 200

        database.start()
        register(PROJECT, tmp_path, "--server", server.url)
        with closing(HttpBackend(server.url, patience=60)) as backend:
            id = backend.execute(NewExecution(DOUBLED, {"x": 4})).id
            assert [each.event for each in backend.watch(id)][-1] == "SUCCEEDED"
