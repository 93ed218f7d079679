"""Executions over HTTP: from the request to the first task, and how many are accepted a second.

    python ours/server_create.py LATENCIES CREATIONS

Latencies are of one at a time, with a warm worker. Creations come over many connections at once,
while the server carries out what was created; then it is killed, and none may be missing.
"""

import json
import selectors
import signal
import socket
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, time

from measure import refuse, report
from serving import Served, answer, create, register, serving

CLIENTS = 16


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
    """How many are accepted a second.

    The sockets are served by hand, in one thread: a client must not take what the server needs.
    """
    began = perf_counter()
    with selectors.DefaultSelector() as selector:
        names = iter(range(count))
        for _ in range(CLIENTS):
            client = socket.create_connection(("127.0.0.1", served.port))
            client.sendall(request(next(names)))
            selector.register(client, selectors.EVENT_READ, bytearray())
        while selector.get_map():
            for key, _ in selector.select():
                client = key.fileobj
                told = key.data
                told += client.recv(65536)
                refuse(not told.startswith(b"HTTP/1.1 201 "), f"{told!r:.500}")
                if not told.endswith(b"}"):
                    continue
                told.clear()
                name = next(names, None)
                if name is None:
                    selector.unregister(client)
                    client.close()
                else:
                    client.sendall(request(name))
    return count / (perf_counter() - began)


def request(number: int) -> bytes:
    """A request for an execution."""
    entity = {"kind": "workflow", "name": "served.doubled"}
    body = json.dumps({"entity": entity, "name": f"many-{number}", "inputs": {"x": number}})
    return (
        "POST /api/v1/executions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


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
