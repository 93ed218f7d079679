"""Outputs at hand: few enough of them, and none that cannot be had again."""

from __future__ import annotations

import tracemalloc

from tests.engine import corpus

from volery.ir.values import pack, unpack
from volery.sdk.compile import compile_entity
from volery.services.values import KEPT_BYTES, Outputs
from volery.store.memory import MemoryStore
from volery.testing.simulate import Chances, World

MEBIBYTE = 1024 * 1024


def large(outputs: Outputs, *, times: int) -> None:
    """Keep so many outputs of a mebibyte each."""
    record = bytearray(pack({"o0": bytes(MEBIBYTE)}))
    for number in range(times):
        outputs.keep("large", f"n{number}", bytes(record))


def test_many_large_outputs_do_not_stay_in_memory():
    outputs = Outputs(MemoryStore())
    tracemalloc.start()
    try:
        large(outputs, times=3 * KEPT_BYTES // MEBIBYTE)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most <= KEPT_BYTES + 8 * MEBIBYTE


def test_outputs_that_are_no_longer_at_hand_are_read_again():
    calm = Chances(death=0.0, crash=0.0)
    world = World(compile_entity(corpus.chain), 0, chances=calm)
    world.run(corpus.chain.ref)
    outputs = Outputs(world.store)
    outputs.keep(world.name, "n0", pack({"o0": "from memory"}))
    assert unpack(outputs.get(world.name, "n0")["o0"]) == "from memory"
    large(outputs, times=KEPT_BYTES // MEBIBYTE)
    assert unpack(outputs.get(world.name, "n0")["o0"]) == 1
