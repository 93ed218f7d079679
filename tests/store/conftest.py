"""A database for classes of tables, SQLite and PostgreSQL in turn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.servers.postgres import Postgres

from volery.store.database import Database
from volery.store.postgres import open_postgres
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest) -> Postgres | None:
    """The server of PostgreSQL; None: SQLite needs none."""
    return request.getfixturevalue("postgres") if request.param == "postgres" else None


@pytest.fixture
def sql_store(server: Postgres | None, tmp_path: Path) -> Iterator[SqlStore]:
    """A store with nothing in it but what is always there."""
    opened = open_postgres(server.store()) if server else open_sqlite(tmp_path / "volery.db")
    with closing(opened):
        yield opened


@pytest.fixture
def database(sql_store: SqlStore) -> Database:
    """The database of this store."""
    return sql_store.database
