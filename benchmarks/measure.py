"""What the scripts under ours/ and peers/ share. It imports nothing that is measured."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def timed(call: Callable[[], object], expected: object = None) -> float:
    """Seconds that `call` takes; a wrong result is no measurement."""
    seconds, result = clocked(call)
    refuse(result != expected, f"expected {expected!r:.200}, got {result!r:.200}")
    return seconds


def clocked(call: Callable[[], T]) -> tuple[float, T]:
    """Seconds that `call` takes, and its result."""
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def settled(call: Callable[[], T]) -> tuple[float, T]:
    """The same once the disk has caught up with what was written before."""
    os.sync()
    return clocked(call)


def refuse(wrong: bool, message: str) -> None:
    """Raise AssertionError if something went wrong."""
    if wrong:
        raise AssertionError(message)


def peak_memory() -> float:
    """The most megabytes that this process held so far."""
    # VmHWM is this program's own; ru_maxrss also remembers the process that started it.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) * 1_024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def report(measured: dict[str, list[float]]) -> None:
    """Print the one line that the driver reads: what was measured, with a value per repetition."""
    print(json.dumps(measured))
