"""The store in memory."""

from __future__ import annotations

import pytest

from volery.store.base import Store
from volery.store.memory import MemoryStore
from volery.testing.conformance.store import StoreConformance


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def other(store: Store) -> Store:
    return store


class TestMemoryStore(StoreConformance):
    pass
