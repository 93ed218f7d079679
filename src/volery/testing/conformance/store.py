"""What every store must do.

Subclass `StoreConformance` in a test module and give it two fixtures: ``store``, a new and empty
store, and ``other``, a second way to the same one (another connection; the store itself where
there is only one way).
"""

from __future__ import annotations

import pytest

from volery.store.base import Store
from volery.testing.conformance.store_attempts import Attempts, Outputs
from volery.testing.conformance.store_cache import Cache, Reservations
from volery.testing.conformance.store_driver import Driver
from volery.testing.conformance.store_ending import Aborting, Finishing
from volery.testing.conformance.store_executions import Bundles, Executions, Queues
from volery.testing.conformance.store_gates import Calls, Gates, Graphs
from volery.testing.conformance.store_owners import Families, Owners
from volery.testing.conformance.store_placing import Inheriting, Placing, ProceedingThere
from volery.testing.conformance.store_planning import Planning, Rules
from volery.testing.conformance.store_proceeding import Proceeding
from volery.testing.conformance.store_reading import Reading
from volery.testing.conformance.store_time import Parallelism, Time


class StoreConformance(
    Bundles,
    Owners,
    Families,
    Inheriting,
    Executions,
    Queues,
    Planning,
    Rules,
    Proceeding,
    Placing,
    ProceedingThere,
    Finishing,
    Aborting,
    Outputs,
    Attempts,
    Time,
    Parallelism,
    Gates,
    Calls,
    Graphs,
    Cache,
    Reservations,
    Reading,
):
    """For every store."""

    @pytest.fixture
    def run(self, store: Store) -> Driver:
        """A store with an execution that has just begun."""
        driver = Driver(store)
        driver.begin()
        return driver
