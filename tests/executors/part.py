"""Parts of the suite for executors, where all of it is run on something like it."""

from __future__ import annotations


def part_of(suite: type, *names: str) -> type:
    """A class with some tests of a suite."""
    tests = {f"test_{name}": getattr(suite, f"test_{name}") for name in names}
    return type(suite.__name__, (), tests)
