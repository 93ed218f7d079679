"""The SQL store on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from volery.store.base import Store
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store import StoreConformance


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "volery.db")) as opened:
        yield opened


@pytest.fixture
def other(store: Store, tmp_path: Path) -> Iterator[Store]:
    with closing(open_sqlite(tmp_path / "volery.db")) as opened:
        yield opened


class TestSqliteStore(StoreConformance):
    pass
