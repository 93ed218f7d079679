"""What a list of floats takes in memory on its way through a task boundary, beside the list itself.

Times the size of the same numbers as a numpy array. Each direction is a process of its own, as the
two tasks are, in which a short list went through before, so that libraries are loaded. What counts
is by how much the most memory that the process ever held grows: in the producer while it packs the
list that it holds, in the consumer while it unpacks, less what that list took in the producer.
"""

import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from boundaries import storage, through
from measure import peak_memory, refuse, report
from samples import floats
from volery import task
from volery.data.current import using
from volery.data.storage import Storage

SHORT = 20_000
"""Elements that are enough to be stored."""


@task
def passed(o0: list[float]) -> list[float]:
    return o0


def growth(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call returns, and by how many megabytes the peak grew."""
    before = peak_memory()
    result = call()
    return result, peak_memory() - before


def pack(n: int, url: str) -> tuple[bytes, float, float]:
    with using(Storage(url)):
        through(passed, floats(SHORT))
        values, held = growth(lambda: floats(n))
        record, taken = growth(lambda: passed.pack(values))
    return record, held, taken


def unpack(n: int, url: str, record: bytes) -> float:
    with using(Storage(url)):
        through(passed, floats(SHORT))
        values, taken = growth(lambda: passed.unpack(record)["o0"])
    refuse(values != floats(n), "the list did not come back as it was")
    return taken


def alone(function: Callable[..., Any], *arguments: object) -> Any:
    """What a function returns in a new process."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def main(n: int) -> None:
    array = np.array(floats(n)).nbytes / 1e6
    with storage() as kept:
        record, held, packing = alone(pack, n, kept.url)
        unpacking = alone(unpack, n, kept.url, record) - held
    report({"pack": [packing / array], "unpack": [unpacking / array]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
