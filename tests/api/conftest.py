"""A server for all tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.api.served import Served, served


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that asks nobody who they are."""
    with served(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that asks everybody for a token."""
    with served(tmp_path_factory.mktemp("home"), asks=True) as running:
        yield running
