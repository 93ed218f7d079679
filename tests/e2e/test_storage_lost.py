"""The storage is gone for a while, or hangs: the server says so, and keeps nothing by half."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from msgspec import to_builtins
from tests.e2e.storm import PROJECT
from tests.servers.gate import Gate, gate
from tests.servers.volery import VoleryServer, register, volery_server
from urllib3 import BaseHTTPResponse

from volery.client.http import HttpBackend
from volery.data.hashing import digest_of
from volery.errors import StorageError, Unavailable
from volery.wire.entities import EntityKey
from volery.wire.executions import NewExecution

pytestmark = pytest.mark.keeps_running("the S3 server of all tests")

DOUBLED = EntityKey("workflow", "errands.doubled")
CONTENT = b"x" * 100_000


@pytest.fixture
def way(s3) -> Iterator[Gate]:
    """What stands between the server and its storage."""
    port = urlsplit(s3.options["endpoint"]).port
    assert port
    with gate(port) as before:
        yield before


@pytest.fixture
def options(s3, way, request, monkeypatch) -> list[object]:
    """What a server is started with, for its storage to be behind the way."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{way.port}")
    monkeypatch.setenv("VOLERY_STORAGE_OPTIONS", '{"s3": {"retry_timeout": "1"}}')
    return ["--storage", f"{s3.url}/{request.node.name}", "--workers", 1]


@pytest.fixture
def server(volery_home, options) -> Iterator[VoleryServer]:
    with volery_server(volery_home, *options) as server:
        yield server


def asked(server: VoleryServer, method: str, path: str, **more: Any) -> BaseHTTPResponse:
    with urllib3.PoolManager() as http:
        return http.request(method, f"{server.url}{path}", retries=False, **more)


def readiness(server: VoleryServer) -> tuple[int, set[str]]:
    """The status of /readyz, and the checks that fail."""
    answer = asked(server, "GET", "/readyz")
    return answer.status, {each["name"] for each in answer.json()["checks"] if not each["ok"]}


def await_ready(server: VoleryServer) -> None:
    while readiness(server)[0] != 200:
        pass


def test_a_server_that_starts_without_it_is_ready_when_it_is_there(
    way, options, volery_home, tmp_path
):
    way.shut()
    with volery_server(volery_home, *options) as server:
        assert asked(server, "GET", "/healthz").status == 200
        ready = asked(server, "GET", "/readyz")
        assert ready.status == 503
        assert any(each["detail"] for each in ready.json()["checks"] if not each["ok"])
        started = asked(
            server,
            "POST",
            "/api/v1/executions",
            json={"entity": to_builtins(DOUBLED), "inputs": {"x": 4}},
        )
        assert started.status == 503
        put = asked(server, "PUT", f"/api/v1/content/{digest_of(CONTENT)}", body=CONTENT)
        assert put.status == 503

        way.open()
        register(PROJECT, tmp_path, "--server", server.url)
        await_ready(server)
        with closing(HttpBackend(server.url, patience=60)) as backend:
            assert not backend.has_content(digest_of(CONTENT))
            id = backend.execute(NewExecution(DOUBLED, {"x": 4})).id
            assert [each.event for each in backend.watch(id)][-1] == "SUCCEEDED"


@pytest.mark.parametrize("how", ["shut", "hold"])
def test_what_cannot_be_kept_is_refused_until_the_storage_is_back(server, way, tmp_path, how):
    register(PROJECT, tmp_path, "--server", server.url)
    getattr(way, how)()
    status, failing = readiness(server)
    assert status == 503
    assert failing in ({"storage"}, {"answers"})
    if how == "shut":
        with (
            closing(HttpBackend(server.url, patience=1)) as impatient,
            pytest.raises((StorageError, Unavailable)),
        ):
            impatient.put_content(digest_of(CONTENT), io.BytesIO(CONTENT))
    way.open()
    await_ready(server)
    with closing(HttpBackend(server.url, patience=60)) as backend:
        assert not backend.has_content(digest_of(CONTENT))
        backend.put_content(digest_of(CONTENT), io.BytesIO(CONTENT))
        with backend.open_content(digest_of(CONTENT)) as file:
            assert file.read() == CONTENT
        id = backend.execute(NewExecution(DOUBLED, {"x": 4})).id
        assert [each.event for each in backend.watch(id)][-1] == "SUCCEEDED"
