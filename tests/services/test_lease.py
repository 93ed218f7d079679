"""Leases of owners that are busy for long."""

from __future__ import annotations

import time
from threading import Event, Thread

import pytest
from tests.engine import corpus
from tests.services.caching import Wall

from volery.engine.model import Phase
from volery.errors import LeaseLost
from volery.sdk.compile import compile_entity
from volery.services import lease as leases
from volery.services.engine import embedded
from volery.services.lease import LEASE, RENEWAL, STANDSTILL, Lease
from volery.store.memory import MemoryStore


@pytest.fixture
def held() -> tuple[MemoryStore, Wall, Lease]:
    store, clock = MemoryStore(), Wall()
    return store, clock, Lease(store, clock, "me", "mine")


def expires(store: MemoryStore) -> float:
    owner = store.owner("me")
    assert owner is not None
    return owner.expires


def test_a_lease_is_kept_for_who_is_at_something_that_takes_long(held):
    store, clock, lease = held
    while clock.at < 1_000_000.0 + STANDSTILL - 2 * RENEWAL:
        clock.at += 2 * RENEWAL
        lease.keep_late(clock.now())
    assert expires(store) == clock.now() + LEASE


@pytest.mark.parametrize("passed", [RENEWAL, STANDSTILL], ids=["in time", "for very long"])
def test_nobody_else_keeps_it_for_who_keeps_it_in_time_or_stands_still(held, passed):
    store, clock, lease = held
    before = expires(store)
    clock.at += passed
    lease.keep_late(clock.now())
    assert expires(store) == before


def test_who_was_given_up_meanwhile_is_told_when_it_comes_back(held):
    store, clock, lease = held
    store.retire("me")
    clock.at += 2 * RENEWAL
    lease.keep_late(clock.now())
    with pytest.raises(LeaseLost):
        lease.keep(clock.now())


class Slow(MemoryStore):
    """Takes its time for the first word of an owner: until it had the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.next = Event(), Event()

    def renew(self, owner: str, expires: float) -> bool:
        if not self.first.is_set():
            self.first.set()
            self.next.wait(0.5)  # it does not come if words are said one after the other
        said = super().renew(owner, expires)
        self.next.set()
        return said


def test_a_word_that_took_long_does_not_shorten_a_lease():
    store, clock = Slow(), Wall()
    lease = Lease(store, clock, "me", "mine")
    clock.at += 2 * RENEWAL
    late = Thread(target=lease.keep_late, args=[clock.now()])
    late.start()
    assert store.first.wait(20)
    clock.at += RENEWAL
    lease.keep(clock.now())
    late.join()
    assert expires(store) == clock.now() + LEASE


def test_an_engine_keeps_its_lease_while_a_round_takes_longer(tmp_path, monkeypatch):
    monkeypatch.setattr(leases, "RENEWAL", 0.01)
    with embedded(tmp_path, workers=1) as engine:
        execution = engine.submit(compile_entity(corpus.diamond), corpus.diamond.ref)
        kept = []

        def until_kept(_lines):
            """In the thread that drives, which does nothing else meanwhile."""
            before, deadline = engine.store.owner(engine.owner), time.monotonic() + 30.0
            while not kept and engine.store.owner(engine.owner) == before:
                assert time.monotonic() < deadline
                Event().wait(0.01)
            kept.append(before)

        assert engine.drain(execution, until_kept).phase is Phase.SUCCEEDED
