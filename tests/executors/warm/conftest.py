"""Executors whose hosts are processes of this machine."""

from __future__ import annotations

import pytest

from volery.executors.warm.local import LocalWarmExecutor
from volery.ir.placement import Reuse


@pytest.fixture
def start():
    """A function that makes executors, which are closed at the end."""
    made = []

    def make(roots=(), *, replicas=(0, 1), idle_ttl=300.0, concurrency=2, **more):
        reuse = Reuse(replicas, idle_ttl, concurrency)
        made.append(LocalWarmExecutor(roots, reuse=reuse, **more))
        return made[-1]

    yield make
    for executor in made:
        executor.close()


@pytest.fixture
def executor(start):
    return start()
