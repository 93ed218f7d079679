"""Leases of owners that are busy for long."""

from __future__ import annotations

import time
from threading import Event

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


def test_nobody_else_keeps_it_for_who_keeps_it_in_time(held):
    store, clock, lease = held
    before = expires(store)
    clock.at += RENEWAL
    lease.keep_late(clock.now())
    assert expires(store) == before


def test_who_stands_still_for_very_long_is_not_taken_for_alive(held):
    store, clock, lease = held
    before = expires(store)
    clock.at += STANDSTILL
    lease.keep_late(clock.now())
    assert expires(store) == before


def test_who_was_given_up_meanwhile_is_told_when_it_comes_back(held):
    store, clock, lease = held
    store.retire("me")
    clock.at += 2 * RENEWAL
    lease.keep_late(clock.now())
    with pytest.raises(LeaseLost):
        lease.keep(clock.now())


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
