"""Every backend does the same: in this process on both databases, and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from tests.api.served import served
from tests.servers.postgres import Postgres

from volery.client.http import HttpBackend
from volery.config import Settings
from volery.services.backend import LocalBackend
from volery.services.local import HomeBackend
from volery.testing.conformance.backend import BackendConformance
from volery.testing.conformance.backend_driver import Speaking
from volery.wire.access import LOCAL, Identity
from volery.wire.backend import Backend

pytestmark = pytest.mark.keeps_running("the workers of an engine that lives as long as this module")


def _in_process(settings: Settings) -> Iterator[Speaking]:
    with closing(HomeBackend(settings)) as home:
        yield lambda who: LocalBackend(home._services, who)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speaking]:
    yield from _in_process(Settings(home=tmp_path_factory.mktemp("home"), workers=1))


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Speaking]:
    home = tmp_path_factory.mktemp("home")
    yield from _in_process(Settings(home=home, database=postgres.store(), workers=1))


@pytest.fixture(scope="module")
def over_http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speaking]:
    with served(tmp_path_factory.mktemp("home"), asks=True) as server, ExitStack() as stack:
        clients: dict[str, HttpBackend] = {}

        def speaking(who: Identity) -> Backend:
            """With a token of their own."""
            if who.name not in clients:
                name = "administrator" if who == LOCAL else who.name
                secret = server.token(name, who.role, who.projects)
                clients[who.name] = HttpBackend(server.url, secret)
                stack.callback(clients[who.name].close)
            return clients[who.name]

        yield speaking


class TestOnSqlite(BackendConformance):
    @pytest.fixture
    def speaking(self, on_sqlite: Speaking) -> Speaking:
        return on_sqlite


class TestOnPostgres(BackendConformance):
    @pytest.fixture
    def speaking(self, on_postgres: Speaking) -> Speaking:
        return on_postgres


class TestOverHttp(BackendConformance):
    @pytest.fixture
    def speaking(self, over_http: Speaking) -> Speaking:
        return over_http
