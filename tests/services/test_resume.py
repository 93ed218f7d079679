"""What is left when the process that drives an execution dies, and how it goes on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from tests.engine import corpus
from tests.services import flows
from tests.services.conftest import ROOT

from volery.engine.model import Phase
from volery.errors import ConfigError, LeaseLost
from volery.executors.base import Event, Executor
from volery.ir.values import pack
from volery.ir.work import Result
from volery.sdk.compile import compile_entity
from volery.services import records
from volery.services.engine import embedded
from volery.services.home import Home
from volery.services.lease import STANDSTILL
from volery.services.owners import Owner, is_alive, sweep
from volery.store.base import Store
from volery.testing import pictures
from volery.testing.clock import FakeClock

DRIVER = """
import sys
from pathlib import Path
from tests.services import flows
from volery.ir.values import pack
from volery.sdk.compile import compile_entity
from volery.services.engine import embedded

home, folder = map(Path, sys.argv[1:])
with embedded(home, import_roots=[{root!r}]) as engine:
    program = compile_entity(flows.interrupted)
    inputs = pack({{"folder": str(folder)}})
    engine.submit(program, flows.interrupted.ref, inputs, name="interrupted")
    engine.drain("interrupted")
"""


@pytest.fixture
def killed(tmp_path: Path, volery_home: Path) -> Path:
    """A home in which an execution was driven by a process that died in its second node."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER.format(root=ROOT), volery_home, tmp_path], cwd=ROOT
    )
    with pipe.open("w"):  # opens when the second node does
        driver.kill()
        driver.wait()
    return volery_home


def test_an_interrupted_execution_goes_on_without_repeating_what_committed(killed, tmp_path):
    with embedded(killed, import_roots=[ROOT]) as engine:
        # Regular from now on, so that the second try of the waiting task reads it at once.
        (tmp_path / "pipe").unlink()
        (tmp_path / "pipe").write_text("through")
        record = engine.resume("interrupted")
        assert record.phase is Phase.SUCCEEDED
        attempts = {each.path: each.number for each in engine.store.attempts("interrupted")}
        assert attempts == {"n0": 1, "n1": 2}
        pictures.check(engine.store, "interrupted")
    assert (tmp_path / "first").read_text() == "ran\n"


def test_the_record_says_that_its_driver_is_gone(killed):
    with embedded(killed) as engine:
        record = engine.store.execution("interrupted")
        assert record.phase is Phase.RUNNING
        assert not is_alive(engine.home, record.owner)


def test_an_execution_that_somebody_drives_is_not_taken_over(volery_home, tmp_path):
    with embedded(volery_home) as one, embedded(volery_home) as other:
        execution = one.submit(compile_entity(corpus.chain), corpus.chain.ref)
        with pytest.raises(ConfigError, match="living process"):
            other.resume(execution)
        assert one.drain(execution).phase is Phase.SUCCEEDED


def test_an_owner_lives_as_long_as_it_is_open(volery_home):
    home = Home(volery_home)
    home.make()
    with Owner(home) as owner:
        assert is_alive(home, owner.id)
    assert not is_alive(home, owner.id)


def test_what_a_dead_owner_left_is_removed_by_the_next_engine_and_by_no_reader(volery_home):
    home = Home(volery_home)
    home.make()
    left = [home.owners / "123-dead", home.scratch / "123-dead"]
    left[0].touch()
    left[1].mkdir()
    assert not is_alive(home, "123-dead")
    assert all(each.exists() for each in left)
    with Owner(home) as living, embedded(volery_home):
        assert not any(each.exists() for each in left)
        assert is_alive(home, living.id)
        assert living.scratch.exists()


class Dozing:
    """An executor whose process is taken for dead while the first result is on its way."""

    def __init__(self, inner: Executor, store: Store, clock: FakeClock) -> None:
        self._inner = inner
        self._store = store
        self._clock = clock
        self._late: list[Event] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        if self._late:
            return self._late
        events = self._inner.poll(timeout, news)
        if not any(isinstance(each, Result) for each in events):
            return events
        self._late = events
        self._clock.advance(STANDSTILL)
        self._store.bury(self._clock.now())
        return []


def test_a_lease_that_ran_out_while_nothing_was_driven_is_taken_up_again(volery_home):
    clock = FakeClock()
    program = compile_entity(corpus.chain)
    with embedded(volery_home, workers=1, clock=clock) as engine:
        execution = engine.submit(program, corpus.chain.ref)
        clock.advance(60)
        engine.finish()
        assert engine.store.execution(execution).phase is Phase.SUCCEEDED


def test_who_takes_over_after_its_lease_ran_out_is_not_among_the_dead(volery_home):
    clock = FakeClock()
    with embedded(volery_home) as gone:
        execution = gone.submit(compile_entity(corpus.chain), corpus.chain.ref)
    with embedded(volery_home, workers=1, clock=clock) as engine:
        clock.advance(60)
        assert engine.resume(execution).phase is Phase.SUCCEEDED


@pytest.fixture
def buried(volery_home):
    """An engine that did nothing for so long that another one has buried it."""
    clock = FakeClock()
    with embedded(volery_home, workers=1, clock=clock) as idle:
        yield idle, partial(_outlive, volery_home, clock)


def _outlive(home: Path, clock: FakeClock) -> None:
    """Let time pass, and an engine that begins then look for the dead."""
    clock.advance(60)
    with embedded(home, workers=1, clock=clock) as other:
        other.finish()


class TestBuried:
    """Others may have gone on with what an engine had; it may have had nothing."""

    def test_an_engine_that_had_nothing_takes_up_more(self, buried):
        idle, outlive = buried
        outlive()
        assert idle.store.owner(idle.owner).gone
        assert idle.run(corpus.chain).phase is Phase.SUCCEEDED
        outlive()
        idle.finish()
        assert not idle.store.owner(idle.owner).gone

    def test_an_engine_that_had_something_has_lost_it(self, buried):
        idle, outlive = buried
        execution = idle.submit(compile_entity(corpus.chain), corpus.chain.ref)
        outlive()
        for going_on in (
            idle.finish,
            partial(idle.drain, execution),
            partial(idle.run, corpus.chain),
            partial(idle.take_over, execution),
        ):
            with pytest.raises(LeaseLost):
                going_on()
        with embedded(idle.home.folder, workers=1) as other:
            assert other.resume(execution).phase is Phase.SUCCEEDED
        assert idle.run(corpus.chain).phase is Phase.SUCCEEDED


def test_a_result_that_comes_after_the_lease_is_in_the_journal(volery_home):
    clock = FakeClock()
    program = compile_entity(flows.same)
    with embedded(
        volery_home,
        import_roots=[ROOT],
        clock=clock,
        around=lambda inner, store: Dozing(inner, store, clock),
    ) as engine:
        engine.submit(program, flows.same.ref, pack({"x": 1}), name="late")
        with pytest.raises(LeaseLost):
            engine.drain("late")
        last = pictures.lines(engine.store, "late")[-1]
        assert (last.path, last.attempt, last.event, last.detail) == (
            "same",
            1,
            "STALE",
            "SUCCEEDED",
        )


def test_an_owner_is_alive_however_often_others_sweep(volery_home):
    home = Home(volery_home)
    home.make()
    over = threading.Event()

    def sweep_all_the_time() -> None:
        while not over.is_set():
            sweep(home)

    with ThreadPoolExecutor(1) as pool:
        sweeper = pool.submit(sweep_all_the_time)
        try:
            for _ in range(500):
                with Owner(home) as owner:
                    assert is_alive(home, owner.id)
                    assert owner.scratch.exists()
        finally:
            over.set()
        sweeper.result()


def test_a_record_that_was_read_before_its_execution_ended_is_not_called_interrupted(volery_home):
    with embedded(volery_home) as engine:
        execution = engine.submit(compile_entity(corpus.chain), corpus.chain.ref)
        record = engine.store.execution(execution)
        engine.drain(execution)
    with records.opened(engine.home) as store:
        assert record.phase is Phase.RUNNING
        assert not records.is_interrupted(engine.home, store, record)


def test_a_path_too_long_for_the_name_of_a_file_has_a_log(volery_home):
    home = Home(volery_home)
    paths = ["/".join(["station"] * 40), "/".join(["station"] * 41)]
    logs = {home.log("execution", path, 1) for path in paths}
    assert len(logs) == 2
    assert all(len(each.name) < 255 for each in logs)
