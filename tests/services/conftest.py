from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from volery.services.engine import Engine, embedded

ROOT = str(Path(__file__).parents[2])
"""Where workers find the workflows of the tests."""


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One engine for many tests: its workers stay warm."""
    home = tmp_path_factory.mktemp("warm-home")
    with embedded(home, workers=2, import_roots=[ROOT]) as engine:
        yield engine
