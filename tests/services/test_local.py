"""A backend on a home outlives its engines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from volery.config import Settings
from volery.errors import VoleryError
from volery.services.local import HomeBackend
from volery.testing.conformance.backend_driver import Driver
from volery.testing.conformance.backend_flows import gated
from volery.wire.executions import Execution, Signal


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[HomeBackend]:
    with closing(HomeBackend(Settings(home=tmp_path, workers=1))) as opened:
        yield opened


def ended(backend: HomeBackend, id: str) -> Execution:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            found = backend.execution(id)
        except VoleryError:  # nobody is there for a moment
            continue
        if found.ended is not None:
            return found
    raise TimeoutError(id)


def test_a_new_engine_goes_on_with_what_the_lost_one_drove(backend, caplog):
    started = Driver(lambda _: backend).start(gated)
    first = backend._life.engine().owner
    watching = backend.watch(started.id)
    assert next(watching).event == "RUNNING"
    backend._life.store.retire(first)  # somebody took it for dead
    with pytest.raises(VoleryError):
        list(watching)
    assert "begins anew" in caplog.text
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            backend.signal(started.id, Signal("ship", value=True))
            break
        except VoleryError:
            continue
    assert ended(backend, started.id).phase == "SUCCEEDED"
    assert backend._life.engine().owner != first
