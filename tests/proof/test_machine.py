"""Any sequence of what engines and people do, on every store: what always holds, holds."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.engine import corpus
from tests.servers.postgres import Postgres

from volery.engine.model import Phase
from volery.ids import ROOT
from volery.sdk.compile import compile_entity
from volery.services.lease import LEASE
from volery.store.base import Store
from volery.store.memory import MemoryStore
from volery.store.postgres import open_postgres
from volery.store.sqlite import open_sqlite
from volery.testing import pictures
from volery.testing.simulate import CALM, World

EXAMPLES = int(os.environ.get("VOLERY_EXAMPLES", "1"))
"""As many times as many examples as by default."""
FLOWS = [corpus.everything, corpus.cached, corpus.queueing, corpus.failing_in_a_child]
SERVICES = ["adopt", "lease", "time", "advance", "stop", "launch", "collect", "reap"]
REPLICAS = 2
MOST_FAMILIES = 3

REPLICA = st.integers(0, REPLICAS - 1)


class Machine(RuleBasedStateMachine):
    """Replicas and people, over a store that `made` opens."""

    made: functools.partial[object]

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.store: Store = self.stack.enter_context(self.made())

    def teardown(self) -> None:
        try:
            self.world.finish()
            self.what_always_holds_holds()
        finally:
            self.stack.close()

    @initialize(flow=st.sampled_from(FLOWS), seed=st.integers(0, 1000))
    def begin(self, flow, seed: int) -> None:
        self.flow = flow
        self.world = World(
            compile_entity(flow),
            seed,
            chances=CALM,
            replicas=REPLICAS,
            store=self.store,
            signals=corpus.SIGNALS,
        )

    def family(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.world.roots))

    # -- people -----------------------------------------------------------------------------

    @precondition(lambda self: len(self.world.roots) < MOST_FAMILIES)
    @rule(most=st.none() | st.integers(1, 3), priority=st.integers(-1, 1))
    def submit(self, most: int | None, priority: int) -> None:
        name = f"family{len(self.world.roots)}"
        self.world.submit(name, self.flow.ref, max_parallelism=most, priority=priority)

    @precondition(lambda self: self.world.roots)
    @rule(data=st.data())
    def abort(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(pictures.family(self.store, self.family(data))))
        ended = self.world.record(name).phase.terminal
        assert self.store.abort(name, "enough", self.world.clock.now()) is not ended

    @precondition(lambda self: self.world.roots)
    @rule(data=st.data())
    def signal(self, data: st.DataObject) -> None:
        self.world.signal_one(self.family(data))

    # -- replicas ---------------------------------------------------------------------------

    @precondition(lambda self: self.world.roots)
    @rule(replica=REPLICA, services=st.lists(st.sampled_from(SERVICES), min_size=1, max_size=12))
    def tick(self, replica: int, services: list[str]) -> None:
        for service in services:
            self.world.step(replica, [], service)

    @rule(replica=REPLICA)
    def die(self, replica: int) -> None:
        self.world.bury(replica)

    @rule(replica=REPLICA)
    def be_taken_for_dead(self, replica: int) -> None:
        self.world.doubt(replica)

    # -- time -------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.1, LEASE / 4, 2 * LEASE]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.skip(self.world.clock.now() + seconds)

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def what_always_holds_holds(self) -> None:
        for root in self.world.roots:
            pictures.check(self.store, root)

    @invariant()
    def what_has_ended_stays_as_it_is(self) -> None:
        for root in self.world.roots:
            record = self.world.record(root)
            if record.phase is Phase.SUCCEEDED:
                assert self.store.outputs(root, [ROOT])


@contextmanager
def in_memory() -> Iterator[Store]:
    yield MemoryStore()


@contextmanager
def on_sqlite() -> Iterator[Store]:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_sqlite(Path(folder) / "volery.db")) as store,
    ):
        yield store


@contextmanager
def on_postgresql(server: Postgres) -> Iterator[Store]:
    with closing(open_postgres(server.store())) as store:
        yield store


def prove(made: object, examples: int, steps: int = 40) -> None:
    """Run the machine with stores that `made` opens."""
    machine = type("MachineOnOneStore", (Machine,), {"made": staticmethod(made)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples * EXAMPLES, stateful_step_count=steps, deadline=None
        ),
    )


@pytest.mark.timeout(600)
def test_what_always_holds_holds_in_memory() -> None:
    prove(in_memory, 40)


@pytest.mark.timeout(600)
def test_what_always_holds_holds_on_sqlite() -> None:
    prove(on_sqlite, 10)


@pytest.mark.timeout(600)
def test_what_always_holds_holds_on_postgresql(postgres: Postgres) -> None:
    prove(functools.partial(on_postgresql, postgres), 3)
