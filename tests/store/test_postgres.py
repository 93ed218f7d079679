"""The SQL store on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.servers.postgres import Postgres

from volery.store.base import Store
from volery.store.postgres import open_postgres
from volery.testing.conformance.store import StoreConformance


@pytest.fixture
def url(postgres: Postgres) -> str:
    return postgres.store()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(open_postgres(url)) as opened:
        yield opened


@pytest.fixture
def other(store: Store, url: str) -> Iterator[Store]:
    with closing(open_postgres(url)) as opened:
        yield opened


class TestPostgresStore(StoreConformance):
    pass
