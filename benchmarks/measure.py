"""What the scripts under ours/ and peers/ share. It imports nothing that is measured."""

import json
import time
from collections.abc import Callable


def timed(call: Callable[[], object], expected: object = None) -> float:
    """Seconds that `call` takes; a wrong result is no measurement."""
    started = time.perf_counter()
    result = call()
    seconds = time.perf_counter() - started
    if result != expected:
        message = f"expected {expected!r}, got {result!r}"
        raise AssertionError(message)
    return seconds


def report(measured: dict[str, list[float]]) -> None:
    """Print the one line that the driver reads: what was measured, with a value per repetition."""
    print(json.dumps(measured))
