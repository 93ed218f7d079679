"""Executions over HTTP: from the request to the first task, and how many are accepted a second.

    python ours/server_create.py LATENCIES CREATIONS

Latencies are of one at a time, with a warm worker. Creations come from eight connections at once,
while the server carries out what was created; then it is killed, and none may be missing.
"""

import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter, time

from measure import refuse, report
from serving import Served, answer, create, register, serving

CLIENTS = 8


def latency(served: Served, count: int) -> float:
    """The median of milliseconds from before the request until the task's code begins."""
    connection = served.connection()
    taken: list[float] = []
    for number in range(count + 10):
        asked = time()
        id = create(connection, f"latency-{number}")
        taken.append((started(connection, id) - asked) * 1000)
    return median(taken[10:])


def started(connection: object, id: str) -> float:
    """When the first attempt of an execution began, once it has ended."""
    path = f"/api/v1/executions/{id}"
    while answer(connection, "GET", path)["phase"] == "RUNNING":
        pass
    return answer(connection, "GET", f"{path}/attempts?path=n0")[0]["started"]


def creations(served: Served, count: int) -> float:
    """How many are accepted a second."""

    def some(first: int) -> None:
        connection = served.connection()
        for number in range(first, count, CLIENTS):
            create(connection, f"many-{number}")

    began = perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(some, range(CLIENTS)))
    return count / (perf_counter() - began)


def count_of(served: Served) -> int:
    """How many executions there are."""
    connection, cursor, found = served.connection(), "", 0
    while cursor is not None:
        after = f"&cursor={cursor}" if cursor else ""
        page = answer(connection, "GET", f"/api/v1/executions?limit=1000{after}")
        found += len(page["items"])
        cursor = page["next"]
    return found


def main(latencies: int, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        register(home)
        with serving(home) as served:
            waited = latency(served, latencies)
            rate = creations(served, count)
            served.process.send_signal(signal.SIGKILL)
        with serving(home) as served:
            there = count_of(served)
            refuse(there != count + latencies + 10, f"{there} executions are there")
    report({"latency": [waited], "creations": [rate]})


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
