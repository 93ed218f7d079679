"""Fixtures for pytest, there wherever Volery is installed.

Nothing else of Volery is loaded before a test asks for one of them.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from volery.services.engine import Engine
    from volery.testing.clock import FakeClock
    from volery.testing.local import LocalRun


def isolate(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Have this process use a home, and no setting of the person who runs it."""
    for name in [name for name in os.environ if name.startswith("VOLERY_")]:
        patch.delenv(name)
    patch.setenv("VOLERY_HOME", str(home))


@pytest.fixture
def volery_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home for this test alone, not yet made, and no setting of the person who runs it."""
    home = tmp_path / "volery-home"
    isolate(monkeypatch, home)
    return home


@pytest.fixture
def volery_clock() -> FakeClock:
    """A clock that stands still until the test moves it."""
    from volery.testing.clock import FakeClock

    return FakeClock()


@pytest.fixture
def volery_engine(volery_home: Path) -> Generator[Engine]:
    """An engine on the test's home, with worker processes that end with the test."""
    from volery.services.engine import embedded

    with embedded(volery_home, workers=2) as engine:
        yield engine


@pytest.fixture
def volery_run(volery_clock: FakeClock) -> Callable[..., LocalRun]:
    """`run_locally` with the test's clock."""
    from volery.testing.local import run_locally

    return partial(run_locally, clock=volery_clock)
